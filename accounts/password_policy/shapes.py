"""The password policy as AWS shows it, and the profiles AWS does not have."""

from __future__ import annotations

from typing import Annotated

from accounts.password_policy.models import ASVS, AWS
from iamconsole.kernel.shapes import Number, OneOf, Shape

MinimumPasswordLength = Annotated[int, Number(6, 128)]
MaxPasswordAge = Annotated[int, Number(1, 1095)]
PasswordReusePrevention = Annotated[int, Number(1, 24)]
PasswordProfile = Annotated[str, OneOf((AWS, ASVS))]


class PasswordPolicy(Shape):
    """The account's demands; what has no value (an age, a number of old passwords) is not demanded."""

    minimum_password_length: MinimumPasswordLength | None = None
    require_symbols: bool = False
    require_numbers: bool = False
    require_uppercase_characters: bool = False
    require_lowercase_characters: bool = False
    allow_users_to_change_password: bool = False
    expire_passwords: bool = False
    max_password_age: MaxPasswordAge | None = None
    password_reuse_prevention: PasswordReusePrevention | None = None
    hard_expiry: bool | None = None


class GetAccountPasswordPolicyResult(Shape):
    password_policy: PasswordPolicy


class GetPasswordProfileResult(Shape):
    """ASVS, or AWS where AWS's rules hold: the account's own policy or, without one, AWS's default."""

    profile: PasswordProfile
