"""Long-term access keys."""

from __future__ import annotations

from django.db import models

from iamconsole.storage.tenant import TenantRow


class KeyPair(TenantRow):
    """A key pair; the secret is sealed under the master key, bound to this account and this key id.

    `slot` numbers the keys of an owner: a unique constraint holds the quota of two whatever runs beside it.
    """

    id = models.CharField(primary_key=True, max_length=128)
    slot = models.PositiveSmallIntegerField()
    active = models.BooleanField(default=True)
    sealed_secret = models.TextField()
    created = models.DateTimeField()
    last_used = models.DateTimeField(null=True, blank=True)
    last_used_service = models.CharField(max_length=64, blank=True)
    last_used_region = models.CharField(max_length=64, blank=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.id

    @property
    def status(self) -> str:
        return "Active" if self.active else "Inactive"


class AccessKey(KeyPair):
    """A key pair of a user."""

    user = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="access_keys")

    class Meta:
        app_label = "accounts"
        constraints = [models.UniqueConstraint(fields=["user", "slot"], name="access_key_slot")]
