"""Changing one's own password."""

from __future__ import annotations

from typing import Any

from accounts.console_sessions import queries as console_sessions
from accounts.passwords import hashing, lockout, setting, standing
from accounts.passwords.models import LoginProfile
from accounts.passwords.setting import Chosen
from accounts.tokens.resources import CALLER
from accounts.users import queries as users
from accounts.users.models import User
from iamconsole.kernel.call import Call, PrincipalType
from iamconsole.kernel.errors import (
    AccessDenied,
    EntityTemporarilyUnmodifiable,
    InvalidUserType,
    LimitExceeded,
    NoSuchEntity,
    PasswordPolicyViolation,
    TooManyAttempts,
)
from iamconsole.kernel.operation import Access, Rest, operation
from iamconsole.kernel.resources import ANYTHING
from iamconsole.kernel.shapes import Password

SAME = "The new password must differ from the one that has to be replaced."


def _caller(call: Call, *, lock: bool = False) -> User:
    if not call.principal.is_user:
        raise InvalidUserType("Only IAM Users can change their own password")
    user = users.named_or_caller(call, None, lock=lock)
    if not LoginProfile.objects.filter(user=user).exists():
        raise NoSuchEntity(f"Login Profile for User {user.name} cannot be found.")
    return user


def _prove(call: Call, user: User, password: str) -> None:
    """Demand the present password; wrong ones count like those of sign-in, so this door tells guessers no more."""
    account, name = ("", user.email or "") if user.is_root else (user.account_id, user.name)
    address = call.origin.source_ip or ""
    try:
        lockout.demand_free(account, name, address)
        right = hashing.matches(password, user.password)
    except TooManyAttempts as wait:
        raise EntityTemporarilyUnmodifiable(wait.message) from wait
    if not right:
        lockout.failed(account, name, address)
        raise AccessDenied("The old password was incorrect.")


def _choose(call: Call, user: User, old: str, new: str) -> Chosen:
    _prove(call, user, old)
    if new == old and standing.of(user, call.time) in standing.MUST_CHANGE:
        raise PasswordPolicyViolation(SAME)
    return setting.choose(user, new, typed=True)


def _chosen(call: Call, request: Any) -> Chosen:
    return _choose(call, _caller(call), request.old_password, request.new_password)


def _set(call: Call, user: User, new: Chosen) -> None:
    setting.put(call, user, new)
    LoginProfile.objects.filter(user=user).update(changed=call.time, reset_required=False)
    console_sessions.end_others(call, user)
    call.emit("login_profile", user.unique_id, "updated", revokes=True)


@operation(
    Access.WRITE,
    on=CALLER,
    rest=Rest("POST", "/password", status=204),
    errors=(NoSuchEntity, InvalidUserType, LimitExceeded, EntityTemporarilyUnmodifiable, PasswordPolicyViolation),
    beforehand=_chosen,
)
def change_password(call: Call, *, old_password: Password, new_password: Password) -> None:
    """Change the calling IAM user's own console password; its other console sessions end."""
    user, new = _caller(call, lock=True), call.prepared
    if not isinstance(new, Chosen) or new.replaces != user.password:
        new = _choose(call, user, old_password, new_password)
    _set(call, user, new)


def _root(call: Call, old_password: str | None) -> User:
    """The root user, who proves the present password; whoever holds a shell on this host need not."""
    if call.principal.type not in (PrincipalType.ROOT, PrincipalType.OPERATOR):
        raise InvalidUserType("Only the root user can change the root user's password.")
    user = users.root(call.account_id)
    if call.principal.type is PrincipalType.ROOT:
        _prove(call, user, old_password or "")
    return user


def _chosen_root(call: Call, request: Any) -> Chosen:
    return setting.choose(_root(call, request.old_password), request.new_password, typed=True)


@operation(
    Access.WRITE,
    on=ANYTHING,
    service="iamconsole",
    rest=Rest("POST", "/account/root-password", status=204),
    errors=(InvalidUserType, EntityTemporarilyUnmodifiable, PasswordPolicyViolation, NoSuchEntity),
    beforehand=_chosen_root,
)
def change_root_password(call: Call, *, new_password: Password, old_password: Password | None = None) -> None:
    """Change the root user's password; its other console sessions end.

    The root user gives the present password. The local operator, who can let root in anyway, gives none.
    """
    new, user = call.prepared, users.root(call.account_id)
    if not isinstance(new, Chosen) or new.replaces != user.password:
        new = setting.choose(_root(call, old_password), new_password, typed=True)
    _set(call, user, new)
