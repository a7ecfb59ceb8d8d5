"""Bearer tokens."""

from __future__ import annotations

from django.db import models

from iamconsole.storage.tenant import TenantRow


class BearerToken(TenantRow):
    """A bearer token, known by the SHA-256 of its text alone; it goes with the access key that minted it."""

    digest = models.CharField(primary_key=True, max_length=64)
    access_key = models.ForeignKey("accounts.AccessKey", on_delete=models.CASCADE, related_name="bearer_tokens")
    created = models.DateTimeField()
    expires = models.DateTimeField()

    class Meta:
        app_label = "accounts"

    def __str__(self) -> str:
        return f"token of {self.access_key_id} until {self.expires:%Y-%m-%dT%H:%M:%SZ}"
