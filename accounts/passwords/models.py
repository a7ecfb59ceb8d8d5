"""Console passwords: login profiles."""

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
