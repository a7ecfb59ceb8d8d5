"""Setting a password. What takes long, hashing and comparing with old hashes, is done before rows are locked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from django.contrib.auth.hashers import is_password_usable

from accounts.password_policy import queries as password_policy
from accounts.passwords import hashing, rules
from accounts.passwords.models import PreviousPassword
from accounts.users.models import User
from iamconsole.kernel.call import Call
from iamconsole.kernel.errors import PasswordPolicyViolation

REMEMBERED = 24  # passwords, the present one included: the most that a policy can forbid
REUSED = "Policy constraint violation with password reuse prevention during password change."


@dataclass(frozen=True, slots=True)
class Chosen:
    """The hash of a new password that satisfies the rules, and the hash that stood when it was chosen."""

    hash: str = field(repr=False)
    replaces: str = field(repr=False)


def choose(user: User, password: str, *, typed: bool) -> Chosen:
    """Hash a new password, or refuse it (PasswordPolicyViolation). Up to 25 hashes of some 40 ms each."""
    account, policy = user.account, password_policy.of(user.account_id)
    name = user.email if user.is_root else user.name
    rules.check(password, account=account.alias or account.pk, user_name=name or "", policy=policy, typed=typed)
    if policy and any(hashing.matches(password, old) for old in _recent(user, policy.reuse_prevention)):
        raise PasswordPolicyViolation(REUSED)
    return Chosen(hashing.made(password), user.password)


def chosen(call: Call, user: User, password: str, *, typed: bool) -> Chosen:
    """What was prepared for this user; chosen anew where nothing was, or where the password changed in between."""
    prepared = call.prepared
    if isinstance(prepared, Chosen) and prepared.replaces == user.password:
        return prepared
    return choose(user, password, typed=typed)


def put(call: Call, user: User, new: Chosen) -> None:
    """Give the user the password; the old one's hash is remembered."""
    remember(call, user)
    user.password = new.hash
    user.save(update_fields=["password"])


def remember(call: Call, user: User) -> None:
    """Keep the present hash among the previous ones, and no more of those than a policy can ask for."""
    if not is_password_usable(user.password):
        return
    PreviousPassword.objects.create(account_id=user.account_id, user=user, hash=user.password, replaced=call.time)
    kept = PreviousPassword.objects.filter(user=user).order_by("-pk").values_list("pk", flat=True)
    PreviousPassword.objects.filter(user=user, pk__in=list(kept[REMEMBERED - 1 :])).delete()


def _recent(user: User, number: int) -> Iterator[str]:
    """The last `number` hashes of the user, the present one first."""
    if not number:
        return
    if is_password_usable(user.password):
        yield user.password
        number -= 1
    yield from PreviousPassword.objects.filter(user=user).order_by("-pk").values_list("hash", flat=True)[:number]
