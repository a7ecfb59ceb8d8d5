"""Reports that take a while: the row is both the order and, once a worker has filled it, the result."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.db import models

from iamconsole.storage.tenant import TenantRow

KEPT: Final = timedelta(hours=4)  # AWS's: for so long a report is current, and no new one is made


class CredentialReport(TenantRow):
    """An account's credential report: ordered, then generated; `content` is CSV, compressed with zlib.

    While a worker is at it, `leased_until` lies ahead; a worker that is lost loses the order when that has passed.
    """

    account = models.OneToOneField("accounts.Account", on_delete=models.CASCADE, related_name="credential_report")
    ordered = models.DateTimeField()
    leased_until = models.DateTimeField(null=True, blank=True)
    generated = models.DateTimeField(null=True, blank=True)
    content = models.BinaryField(default=b"")

    class Meta:
        app_label = "accounts"
        indexes = [models.Index(fields=["ordered"], condition=models.Q(generated=None), name="report_ordered")]

    def __str__(self) -> str:
        return f"credential report of {self.account_id}"

    def is_current(self, now: datetime) -> bool:
        """Whether it is generated and still young enough to be given."""
        return self.generated is not None and now < self.generated + KEPT


class LastAccessedJob(TenantRow):
    """What was asked about last accesses, and by whom: nobody else gets the answer."""

    id = models.CharField(primary_key=True, max_length=36)
    arn = models.CharField(max_length=2048)
    granularity = models.CharField(max_length=16)
    asked_by = models.CharField(max_length=256)
    created = models.DateTimeField(db_index=True)

    class Meta:
        app_label = "accounts"

    def __str__(self) -> str:
        return self.id
