"""Which reports are ordered and wait for a worker."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from django.db.models import Q

from accounts.reports.models import CredentialReport

LEASE: Final = timedelta(minutes=5)
"""For so long an order is its worker's: longer than a task may run."""


def claimed(now: datetime) -> Iterator[str]:
    """Claim the orders that nobody is at, one by one; gives their accounts, the oldest order first."""
    ordered = CredentialReport.objects.across_accounts("orders of any account").filter(generated=None)
    free = ordered.filter(Q(leased_until=None) | Q(leased_until__lte=now))
    for account_id in list(free.order_by("ordered").values_list("account_id", flat=True)):
        if free.filter(account_id=account_id).update(leased_until=now + LEASE):
            yield account_id
