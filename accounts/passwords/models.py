"""Console passwords: login profiles, and what came before."""

from __future__ import annotations

from django.db import models

from iamconsole.storage.tenant import TenantRow


class LoginProfile(TenantRow):
    """A user's right to sign in with a password; the hash itself is Django's `User.password`."""

    user = models.OneToOneField("accounts.User", on_delete=models.PROTECT, related_name="login_profile")
    created = models.DateTimeField()
    changed = models.DateTimeField()
    reset_required = models.BooleanField(default=False)
    last_used = models.DateTimeField(null=True, blank=True)

    class Meta:
        app_label = "accounts"

    def __str__(self) -> str:
        return f"login profile of {self.user_id}"


class PreviousPassword(TenantRow):
    """The hash of a password that a user had, each with the parameters of its time (reuse prevention compares)."""

    user = models.ForeignKey("accounts.User", on_delete=models.CASCADE, related_name="previous_passwords")
    hash = models.CharField(max_length=128)
    replaced = models.DateTimeField()

    class Meta:
        app_label = "accounts"

    def __str__(self) -> str:
        return f"previous password of {self.user_id}"
