"""SSH public keys."""

from __future__ import annotations

from django.db import models

from iamconsole.storage.tenant import TenantRow


class SSHPublicKey(TenantRow):
    """An RSA public key of a user, kept in OpenSSH's form without its comment.

    `fingerprint` is the MD5 of the key's wire form (RFC 4253, 6.6) in colon-separated hex.
    """

    id = models.CharField(primary_key=True, max_length=128)
    user = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="ssh_public_keys")
    active = models.BooleanField(default=True)
    body = models.TextField()
    fingerprint = models.CharField(max_length=48)
    uploaded = models.DateTimeField()

    class Meta:
        app_label = "accounts"
        constraints = [models.UniqueConstraint(fields=["user", "fingerprint"], name="ssh_public_key_once_per_user")]

    def __str__(self) -> str:
        return self.id

    @property
    def status(self) -> str:
        return "Active" if self.active else "Inactive"
