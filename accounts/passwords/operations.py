"""What can be done with console passwords."""

from __future__ import annotations

from functools import partial
from typing import Any

from accounts.console_sessions import queries as console_sessions
from accounts.passwords import setting
from accounts.passwords.models import LoginProfile
from accounts.passwords.setting import Chosen
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


def _typed(call: Call) -> bool:
    """People type into the console; what programs send follows the account's rule alone, as AWS's does."""
    return call.door == "console"


def _chosen(call: Call, request: Any, *, exists: bool) -> Chosen | None:
    """The new password, checked and hashed, unless the operation will refuse for another reason."""
    user = users.named_or_calling_user(call, request.user_name)
    if request.password is None or LoginProfile.objects.filter(user=user).exists() != exists:
        return None
    return setting.choose(user, request.password, typed=_typed(call))


def _set(call: Call, user: User, password: str) -> None:
    setting.put(call, user, setting.chosen(call, user, password, typed=_typed(call)))


@operation(
    Access.WRITE,
    on=USER_OR_CALLER,
    rest=Rest("POST", "/users/{user_name}/login-profile", status=201),
    errors=(EntityAlreadyExists, NoSuchEntity, PasswordPolicyViolation, LimitExceeded),
    beforehand=partial(_chosen, exists=False),
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
    _set(call, user, password)
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
    beforehand=partial(_chosen, exists=True),
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
        _set(call, user, password)
        profile.changed = call.time
        console_sessions.end_others(call, user)
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
    setting.remember(call, user)
    console_sessions.end_others(call, user)
    user.set_unusable_password()
    user.save(update_fields=["password"])
    call.emit("login_profile", user.unique_id, "deleted", revokes=True)
