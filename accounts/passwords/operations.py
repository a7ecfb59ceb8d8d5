"""What can be done with console passwords."""

from __future__ import annotations

from accounts.passwords import rules
from accounts.passwords.models import LoginProfile
from accounts.passwords.shapes import LoginProfile as LoginProfileShape
from accounts.passwords.shapes import LoginProfileResult
from accounts.users import queries as users
from accounts.users.models import User
from accounts.users.resources import USER_OR_CALLER
from iamconsole.kernel.call import Call
from iamconsole.kernel.errors import (
    EntityAlreadyExists,
    EntityTemporarilyUnmodifiable,
    LimitExceeded,
    NoSuchEntity,
    PasswordPolicyViolation,
)
from iamconsole.kernel.operation import Access, Rest, operation
from iamconsole.kernel.shapes import Password, UserName


def _profile(user: User) -> LoginProfile:
    found: LoginProfile | None = LoginProfile.objects.filter(user=user).first()
    if found is None:
        raise NoSuchEntity(f"Login Profile for User {user.name} cannot be found.")
    return found


def _shown(profile: LoginProfile) -> LoginProfileResult:
    return LoginProfileResult(
        login_profile=LoginProfileShape(
            user_name=profile.user.name,
            create_date=profile.created,
            password_reset_required=profile.reset_required,
        )
    )


def _set(user: User, password: str) -> None:
    rules.check(password, account=user.account_id, user_name=user.name)
    user.set_password(password)
    user.save(update_fields=["password"])


@operation(
    Access.WRITE,
    on=USER_OR_CALLER,
    rest=Rest("POST", "/users/{user_name}/login-profile", status=201),
    errors=(EntityAlreadyExists, NoSuchEntity, PasswordPolicyViolation, LimitExceeded),
)
def create_login_profile(
    call: Call,
    *,
    user_name: UserName | None = None,
    password: Password | None = None,
    password_reset_required: bool = False,
) -> LoginProfileResult:
    """Give a user a console password."""
    user = users.named_or_calling_user(call, user_name, lock=True)
    if LoginProfile.objects.filter(user=user).exists():
        raise EntityAlreadyExists(f"Login Profile for user {user.name} already exists.")
    if password is None:
        raise PasswordPolicyViolation("Password is required to create a login profile")
    _set(user, password)
    profile = LoginProfile.objects.create(
        account_id=call.account_id,
        user=user,
        created=call.time,
        changed=call.time,
        reset_required=password_reset_required,
    )
    call.emit("login_profile", user.unique_id, "created")
    return _shown(profile)


@operation(
    Access.LIST,
    on=USER_OR_CALLER,
    rest=Rest("GET", "/users/{user_name}/login-profile"),
    errors=(NoSuchEntity,),
)
def get_login_profile(call: Call, *, user_name: UserName | None = None) -> LoginProfileResult:
    """Tell whether a user has a console password, since when, and whether it must be changed."""
    return _shown(_profile(users.named_or_calling_user(call, user_name)))


@operation(
    Access.WRITE,
    on=USER_OR_CALLER,
    rest=Rest("PATCH", "/users/{user_name}/login-profile", status=204),
    errors=(EntityTemporarilyUnmodifiable, NoSuchEntity, PasswordPolicyViolation, LimitExceeded),
)
def update_login_profile(
    call: Call,
    *,
    user_name: UserName,
    password: Password | None = None,
    password_reset_required: bool | None = None,
) -> None:
    """Set a user's console password, or whether it must be changed at the next sign-in."""
    user = users.lock(call.account_id, user_name)
    profile = _profile(user)
    if password is not None:
        _set(user, password)
        profile.changed = call.time
    if password_reset_required is not None:
        profile.reset_required = password_reset_required
    profile.save(update_fields=["changed", "reset_required"])
    call.emit("login_profile", user.unique_id, "updated", revokes=True)


@operation(
    Access.WRITE,
    on=USER_OR_CALLER,
    rest=Rest("DELETE", "/users/{user_name}/login-profile", status=204),
    errors=(EntityTemporarilyUnmodifiable, NoSuchEntity, LimitExceeded),
)
def delete_login_profile(call: Call, *, user_name: UserName | None = None) -> None:
    """Take a user's console password away; access keys keep working."""
    user = users.named_or_calling_user(call, user_name, lock=True)
    _profile(user).delete()
    user.set_unusable_password()
    user.save(update_fields=["password"])
    call.emit("login_profile", user.unique_id, "deleted", revokes=True)
