"""MFA devices, what verifies them, and recovery codes."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from iamconsole.storage.named import name_key
from iamconsole.storage.tenant import TenantRow


class Kind(models.TextChoices):
    """What a device is; the first two show six digits, the third signs challenges in a browser."""

    VIRTUAL = "virtual"
    HARDWARE = "hardware"
    SECURITY_KEY = "security-key"


class MFADevice(TenantRow):
    """A device of an account; `user` and `enabled` are set while it is assigned.

    `last_step` is the time step of the newest code that was accepted, through whatever door: no code of that step or
    an older one counts again. `drift` is how many steps the device's clock was off when it was last synchronized.
    """

    kind = models.CharField(max_length=16, choices=Kind.choices)
    serial_number = models.CharField(max_length=256)
    serial_key = models.CharField(max_length=256, editable=False)
    path = models.CharField(max_length=512, default="/")
    name = models.CharField(max_length=128)
    user = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="mfa_devices")
    created = models.DateTimeField()
    enabled = models.DateTimeField(null=True, blank=True)
    tags = models.JSONField(default=dict, blank=True)
    sealed_seed = models.TextField(blank=True)
    drift = models.SmallIntegerField(default=0)
    last_step = models.BigIntegerField(default=-1)

    arn_kind: ClassVar[str] = "mfa"

    class Meta:
        app_label = "accounts"
        constraints = [
            models.UniqueConstraint(fields=["account", "serial_key"], name="mfa_device_one_serial_per_account"),
            models.CheckConstraint(
                condition=Q(user__isnull=True, enabled__isnull=True) | Q(user__isnull=False, enabled__isnull=False),
                name="mfa_device_enabled_with_user",
            ),
        ]

    def __str__(self) -> str:
        return self.serial_number

    def save(self, *args: object, **kwargs: object) -> None:
        self.serial_key = name_key(self.serial_number)
        super().save(*args, **kwargs)  # type: ignore[arg-type]

    @property
    def unique_id(self) -> str:
        """What the change log calls it."""
        return self.serial_number

    @property
    def arn(self) -> str:
        """The serial number of a virtual device or security key; that of a piece of hardware is no ARN."""
        if self.kind == Kind.HARDWARE:
            return f"arn:aws:iam::{self.account_id}:mfa/{self.serial_number}"
        return self.serial_number

    @property
    def shows_codes(self) -> bool:
        return self.kind != Kind.SECURITY_KEY


class SecurityKey(TenantRow):
    """The public key of a security key or passkey (WebAuthn); ids and keys in unpadded base64url."""

    device = models.OneToOneField(MFADevice, on_delete=models.CASCADE, related_name="security_key")
    credential_id = models.CharField(max_length=1400, unique=True)
    public_key = models.TextField()
    sign_count = models.BigIntegerField(default=0)
    aaguid = models.CharField(max_length=36, blank=True)

    class Meta:
        app_label = "accounts"

    def __str__(self) -> str:
        return f"security key {self.credential_id[:16]}"


class RecoveryCode(TenantRow):
    """One of a user's recovery codes, known by its SHA-256 alone: the code is random, 120 bits."""

    user = models.ForeignKey("accounts.User", on_delete=models.CASCADE, related_name="recovery_codes")
    digest = models.CharField(max_length=64)
    created = models.DateTimeField()
    used = models.DateTimeField(null=True, blank=True)

    class Meta:
        app_label = "accounts"
        constraints = [models.UniqueConstraint(fields=["user", "digest"], name="recovery_code_once_per_user")]

    def __str__(self) -> str:
        return f"recovery code of {self.user_id}"
