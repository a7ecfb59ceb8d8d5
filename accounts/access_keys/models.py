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
    """A key pair of a user.

    `deactivated` is since when it has been inactive, where that is known. While it is `watched`, who uses it and from
    where is noted.
    """

    user = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="access_keys")
    deactivated = models.DateTimeField(null=True, blank=True)
    watched = models.BooleanField(default=False, db_default=False)

    class Meta:
        app_label = "accounts"
        constraints = [models.UniqueConstraint(fields=["user", "slot"], name="access_key_slot")]


class KeySighting(TenantRow):
    """From where, with what and for what a watched key was used, or asked for in vain once it was inactive.

    `digest` tells these apart.
    """

    access_key = models.ForeignKey(AccessKey, on_delete=models.CASCADE, related_name="sightings")
    digest = models.CharField(max_length=32)
    source_ip = models.CharField(max_length=64, blank=True)
    user_agent = models.CharField(max_length=256, blank=True)
    service = models.CharField(max_length=64, blank=True)
    region = models.CharField(max_length=64, blank=True)
    refused = models.BooleanField(default=False)
    first_seen = models.DateTimeField()
    last_seen = models.DateTimeField()

    class Meta:
        app_label = "accounts"
        constraints = [models.UniqueConstraint(fields=["access_key", "digest"], name="key_sighting_once")]

    def __str__(self) -> str:
        return f"{self.access_key_id} from {self.source_ip or '-'}"
