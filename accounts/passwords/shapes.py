"""Login profiles as AWS shows them."""

from __future__ import annotations

from iamconsole.kernel.shapes import Shape, Timestamp, UserName


class LoginProfile(Shape):
    """That a user has a console password, since when, and whether it must be changed at the next sign-in."""

    user_name: UserName
    create_date: Timestamp
    password_reset_required: bool = False


class LoginProfileResult(Shape):
    login_profile: LoginProfile


class PreviewPasswordPolicyResult(Shape):
    """How many passwords users of the account have, and how many of them would have expired."""

    passwords: int
    expired: int
