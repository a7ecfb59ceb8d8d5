"""The tenant."""

from __future__ import annotations

from django.db import models

from iamconsole.storage.tenant import TenantRow

AWS = "aws"
"""The owner of AWS managed policies; no user, so nobody can sign in to it."""


class Account(models.Model):
    """An account: twelve digits, perhaps an alias; everything else belongs to one."""

    id = models.CharField(primary_key=True, max_length=12)
    alias = models.CharField(max_length=63, unique=True, null=True, blank=True)  # unique, so NULL
    created = models.DateTimeField()
    token_version = models.PositiveSmallIntegerField(default=1)
    """Of tokens that the global endpoint of STS issues: 1 or 2. All endpoints here issue the same."""

    class Meta:
        app_label = "accounts"

    def __str__(self) -> str:
        return self.alias or self.id


class QuotaOverride(models.Model):
    """A quota that an operator raised (or lowered) for one account."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="quota_overrides")
    name = models.CharField(max_length=64)
    limit = models.PositiveIntegerField()

    class Meta:
        app_label = "accounts"
        constraints = [models.UniqueConstraint(fields=["account", "name"], name="one_override_per_quota")]

    def __str__(self) -> str:
        return f"{self.account_id} {self.name}={self.limit}"


class AccountProperty(TenantRow):
    """A setting of an account-wide feature, named `Namespace/PropertyName`."""

    name = models.CharField(max_length=50)
    value = models.CharField(max_length=1024)

    class Meta:
        app_label = "accounts"
        constraints = [models.UniqueConstraint(fields=["account", "name"], name="account_property_once")]

    def __str__(self) -> str:
        return self.name
