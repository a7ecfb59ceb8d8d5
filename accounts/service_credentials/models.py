"""Service-specific credentials."""

from __future__ import annotations

from datetime import datetime

from django.db import models

from iamconsole.storage.tenant import TenantRow


class ServiceSpecificCredential(TenantRow):
    """A generated name and secret that let a user into one service; of the secret only a keyed hash is kept.

    `service` is the registered service of that name; None where AWS has it.
    """

    id = models.CharField(primary_key=True, max_length=128)
    user = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="service_specific_credentials")
    service_name = models.CharField(max_length=64)
    service = models.ForeignKey(
        "policies.RegisteredService", null=True, blank=True, on_delete=models.PROTECT, related_name="credentials"
    )
    service_user_name = models.CharField(max_length=200)
    secret_hash = models.CharField(max_length=128)
    active = models.BooleanField(default=True)
    created = models.DateTimeField()
    expires = models.DateTimeField(null=True, blank=True)

    class Meta:
        app_label = "accounts"
        constraints = [
            models.UniqueConstraint(
                fields=["account", "service_name", "service_user_name"], name="service_credential_one_name_per_service"
            )
        ]

    def __str__(self) -> str:
        return self.id

    def status(self, now: datetime) -> str:
        if self.expires and self.expires <= now:
            return "Expired"
        return "Active" if self.active else "Inactive"
