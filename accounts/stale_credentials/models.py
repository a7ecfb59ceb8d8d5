"""What an account does about credentials that nobody uses, and whom it has warned."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from django.db import models

from iamconsole.storage.tenant import TenantRow

DEFAULT_UNUSED_DAYS: Final = 90
DEFAULT_NOTICE_DAYS: Final = 14


class StaleCredentialSettings(TenantRow):
    """Whether keys are deactivated that were not used for `unused_days`, `notice_days` after a notice; off at first.

    `skipped` is why the last run deactivated nothing, where it could not tell what is unused.
    """

    account = models.OneToOneField("accounts.Account", on_delete=models.CASCADE, related_name="stale_credentials")
    enabled = models.BooleanField(default=False)
    unused_days = models.PositiveSmallIntegerField(default=DEFAULT_UNUSED_DAYS)
    notice_days = models.PositiveSmallIntegerField(default=DEFAULT_NOTICE_DAYS)
    exempt_users = models.JSONField(default=list)
    exempt_tag = models.CharField(max_length=128, blank=True)
    skipped = models.CharField(max_length=200, blank=True)

    class Meta:
        app_label = "accounts"

    def __str__(self) -> str:
        return f"stale credentials of {self.account_id}"

    @property
    def unused(self) -> timedelta:
        return timedelta(days=self.unused_days)

    @property
    def notice(self) -> timedelta:
        return timedelta(days=self.notice_days)


class StaleKeyNotice(TenantRow):
    """That the owner of a key was told that it is unused; it counts as long as the key stays unused and active."""

    access_key = models.OneToOneField("accounts.AccessKey", on_delete=models.CASCADE, related_name="stale_notice")
    noticed = models.DateTimeField()

    class Meta:
        app_label = "accounts"

    def __str__(self) -> str:
        return f"notice of {self.access_key_id}"
