"""What an account demands of its users' passwords."""

from __future__ import annotations

from django.db import models

from iamconsole.storage.tenant import TenantRow

AWS, ASVS = "AWS", "ASVS"


class PasswordPolicy(TenantRow):
    """The account's password policy; an account without one follows AWS's default rule.

    `profile` is ASVS while the policy is that of OWASP's standard, whose checks AWS's members cannot express.
    Zero days or passwords mean: no expiry, no memory.
    """

    account = models.OneToOneField("accounts.Account", on_delete=models.CASCADE, related_name="password_policy")
    profile = models.CharField(max_length=8, default=AWS)
    minimum_length = models.PositiveSmallIntegerField(default=6)
    require_symbols = models.BooleanField(default=False)
    require_numbers = models.BooleanField(default=False)
    require_uppercase = models.BooleanField(default=False)
    require_lowercase = models.BooleanField(default=False)
    users_may_change = models.BooleanField(default=False)
    max_age = models.PositiveSmallIntegerField(default=0)
    reuse_prevention = models.PositiveSmallIntegerField(default=0)
    hard_expiry = models.BooleanField(default=False)

    class Meta:
        app_label = "accounts"

    def __str__(self) -> str:
        return f"password policy of {self.account_id}"
