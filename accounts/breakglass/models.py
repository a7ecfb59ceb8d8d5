"""One-time sign-in links for a root user who is locked out."""

from __future__ import annotations

from django.db import models

from iamconsole.storage.tenant import TenantRow


class BreakglassLink(TenantRow):
    """A link that signs the root user in once; only the SHA-256 of its token is kept, in hexadecimal."""

    digest = models.CharField(max_length=64, unique=True)
    created = models.DateTimeField()
    expires = models.DateTimeField()
    redeemed = models.DateTimeField(null=True, blank=True)

    class Meta:
        app_label = "accounts"

    def __str__(self) -> str:
        return f"break-glass link of {self.account_id} until {self.expires:%H:%M:%S}"
