"""What can be done with the account's password policy."""

from __future__ import annotations

from accounts.password_policy import queries
from accounts.password_policy.models import ASVS, AWS, PasswordPolicy
from accounts.password_policy.shapes import (
    GetAccountPasswordPolicyResult,
    GetPasswordProfileResult,
    MaxPasswordAge,
    MinimumPasswordLength,
    PasswordProfile,
    PasswordReusePrevention,
)
from accounts.password_policy.shapes import PasswordPolicy as PasswordPolicyShape
from iamconsole.kernel.call import Call
from iamconsole.kernel.errors import LimitExceeded, MalformedPolicyDocument, NoSuchEntity
from iamconsole.kernel.operation import Access, Rest, operation
from iamconsole.kernel.resources import ANYTHING

DEFAULT_LENGTH = 6  # of a policy that names none; without a policy AWS demands eight
# OWASP ASVS 5.0, 6.2: long, of any characters, never expiring; leaked passwords and words of the context are refused.
ASVS_DEMANDS = {"profile": ASVS, "minimum_length": 15, "users_may_change": True}
REST = "/account/password-policy"


def _existing(call: Call) -> PasswordPolicy:
    found = queries.of(call.account_id)
    if found is None:
        raise NoSuchEntity(f"The Password Policy with domain name {call.account_id} cannot be found.")
    return found


def _replace(call: Call, **demands: object) -> None:
    """No partial update: what is not demanded goes back to its default."""
    PasswordPolicy.objects.filter(account_id=call.account_id).delete()
    PasswordPolicy.objects.create(account_id=call.account_id, **demands)
    call.emit("password_policy", call.account_id, "updated", revokes=True)


@operation(Access.READ, on=ANYTHING, rest=Rest("GET", REST), errors=(NoSuchEntity,))
def get_account_password_policy(call: Call) -> GetAccountPasswordPolicyResult:
    """Show what the account demands of its users' passwords; without a policy AWS's default rule holds."""
    row = _existing(call)
    shown = PasswordPolicyShape(
        minimum_password_length=row.minimum_length,
        require_symbols=row.require_symbols,
        require_numbers=row.require_numbers,
        require_uppercase_characters=row.require_uppercase,
        require_lowercase_characters=row.require_lowercase,
        allow_users_to_change_password=row.users_may_change,
        expire_passwords=row.max_age > 0,
        max_password_age=row.max_age or None,
        password_reuse_prevention=row.reuse_prevention or None,
        hard_expiry=row.hard_expiry,
    )
    return GetAccountPasswordPolicyResult(password_policy=shown)


@operation(
    Access.WRITE,
    on=ANYTHING,
    rest=Rest("PUT", REST, status=204),
    errors=(NoSuchEntity, MalformedPolicyDocument, LimitExceeded),
)
def update_account_password_policy(
    call: Call,
    *,
    minimum_password_length: MinimumPasswordLength | None = None,
    require_symbols: bool = False,
    require_numbers: bool = False,
    require_uppercase_characters: bool = False,
    require_lowercase_characters: bool = False,
    allow_users_to_change_password: bool = False,
    max_password_age: MaxPasswordAge | None = None,
    password_reuse_prevention: PasswordReusePrevention | None = None,
    hard_expiry: bool | None = None,
) -> None:
    """Set what the account demands of its users' passwords; what is left out goes back to its default."""
    _replace(
        call,
        minimum_length=minimum_password_length or DEFAULT_LENGTH,
        require_symbols=require_symbols,
        require_numbers=require_numbers,
        require_uppercase=require_uppercase_characters,
        require_lowercase=require_lowercase_characters,
        users_may_change=allow_users_to_change_password,
        max_age=max_password_age or 0,
        reuse_prevention=password_reuse_prevention or 0,
        hard_expiry=bool(hard_expiry),
    )


@operation(Access.PERMISSIONS, on=ANYTHING, rest=Rest("DELETE", REST, status=204), errors=(NoSuchEntity, LimitExceeded))
def delete_account_password_policy(call: Call) -> None:
    """Take the account's password policy away: AWS's default rule holds again."""
    _existing(call).delete()
    call.emit("password_policy", call.account_id, "deleted", revokes=True)


@operation(Access.READ, on=ANYTHING, service="iamconsole", rest=Rest("GET", "/account/password-profile"))
def get_password_profile(call: Call) -> GetPasswordProfileResult:
    """Tell whether passwords follow OWASP's ASVS or AWS's rules."""
    row = queries.of(call.account_id)
    return GetPasswordProfileResult(profile=row.profile if row else AWS)


@operation(
    Access.WRITE,
    on=ANYTHING,
    service="iamconsole",
    rest=Rest("PUT", "/account/password-profile/{profile}", status=204),
)
def apply_password_profile(call: Call, *, profile: PasswordProfile) -> None:
    """Replace the account's password policy by a profile: ASVS, or AWS for AWS's default rule.

    ASVS (OWASP ASVS 5.0, 6.2) demands 15 characters or more of any kind, no composition and no expiry, lets users
    change their passwords, and refuses leaked passwords and words of the context through every door.
    """
    if profile == ASVS:
        _replace(call, **ASVS_DEMANDS)
    else:
        PasswordPolicy.objects.filter(account_id=call.account_id).delete()
        call.emit("password_policy", call.account_id, "deleted", revokes=True)
