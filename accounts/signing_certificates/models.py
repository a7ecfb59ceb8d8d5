"""X.509 signing certificates."""

from __future__ import annotations

from django.db import models

from iamconsole.storage.tenant import TenantRow


class SigningCertificate(TenantRow):
    """A certificate with which services tell that a user signed something; `fingerprint` is its SHA-256 in hex."""

    id = models.CharField(primary_key=True, max_length=128)
    user = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="signing_certificates")
    active = models.BooleanField(default=True)
    body = models.TextField()
    fingerprint = models.CharField(max_length=64)
    uploaded = models.DateTimeField()

    class Meta:
        app_label = "accounts"
        constraints = [
            models.UniqueConstraint(fields=["account", "fingerprint"], name="signing_certificate_once_per_account")
        ]

    def __str__(self) -> str:
        return self.id

    @property
    def status(self) -> str:
        return "Active" if self.active else "Inactive"
