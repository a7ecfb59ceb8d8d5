"""Whether a password may still be used: it may have to be changed first, or have expired."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

from accounts.password_policy.models import PasswordPolicy
from accounts.passwords.models import LoginProfile
from accounts.users.models import User

WARNED = timedelta(days=15)  # before a password expires


class Standing(StrEnum):
    """What a password is good for."""

    GOOD = "good"
    RESET_REQUIRED = "reset required"  # somebody else chose it
    EXPIRED = "expired"  # it opens nothing but the choice of a new one
    LOCKED = "locked"  # expired, and only an administrator may set a new one


MUST_CHANGE = frozenset({Standing.RESET_REQUIRED, Standing.EXPIRED})


def of(user: User, now: datetime) -> Standing:
    """The standing of a user's password; load the user with `PARTS`. No policy applies to the root user."""
    profile: LoginProfile | None = getattr(user, "login_profile", None)
    if user.is_root or profile is None:
        return Standing.GOOD
    ends = expires(user)
    if ends is not None and ends <= now:
        policy: PasswordPolicy = user.account.password_policy
        return Standing.LOCKED if policy.hard_expiry else Standing.EXPIRED
    return Standing.RESET_REQUIRED if profile.reset_required else Standing.GOOD


def expires(user: User) -> datetime | None:
    """When the password expires, if it does."""
    profile: LoginProfile | None = getattr(user, "login_profile", None)
    policy: PasswordPolicy | None = getattr(user.account, "password_policy", None)
    if user.is_root or profile is None or policy is None or not policy.max_age:
        return None
    return profile.changed + timedelta(days=policy.max_age)


PARTS = ("account__password_policy", "login_profile")
"""What `select_related` must bring along."""
