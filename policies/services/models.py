"""Services that an account registered."""

from __future__ import annotations

from django.db import models

from iamconsole.storage.tenant import TenantRow


class RegisteredService(TenantRow):
    """A service of an account's own: what its policies may name beside AWS's services.

    `definition` holds `Actions`, `ResourceTypes`, `ConditionKeys` and perhaps `ServiceLinkedRolePolicy` as they were
    given, under those names.
    """

    prefix = models.CharField(max_length=32)
    name = models.CharField(max_length=128)
    definition = models.JSONField()
    created = models.DateTimeField()
    updated = models.DateTimeField()

    class Meta:
        app_label = "policies"
        constraints = [models.UniqueConstraint(fields=["account", "prefix"], name="service_one_prefix_per_account")]

    def __str__(self) -> str:
        return self.prefix
