"""Forgetting by age, and displacing by number; what is displaced is counted."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from typing import Any, Final

from django.conf import settings
from django.db import transaction
from django.db.models import Count

from iamconsole.audit.history.folding import Loss
from iamconsole.audit.history.models import AccessHistory, AskedPolicies, HistoryLoss, LastAccess
from iamconsole.audit.history.upserts import LOSSES, loss

MOST_ROWS: Final = 50_000
"""Rows of history an account keeps; newer ones displace the oldest."""
DISPLACED_EVERY: Final = 1_000
"""Counting an account's rows walks an index, so it is done once for so many written: there may be as many more."""
MOST_ACTIONS: Final = 5_000
"""Actions of which it is kept when a principal last asked for them."""
LAST_ACCESS_KEPT: Final = timedelta(days=400)  # AWS's own tracking period
CHUNK: Final = 1_000
"""Rows deleted in one statement, so that nobody waits long for it."""
SPARE: Final = timedelta(days=1)
"""Policies are marked as needed once a day, so they stay that much longer than the history."""

_written: Counter[str] = Counter()


def make_room(written: Counter[str]) -> None:
    """After so many rows were written by this process: displace what is beyond an account's bound."""
    _written.update(written)
    for account_id in written:
        if _written[account_id] >= DISPLACED_EVERY:
            displace(account_id)
            del _written[account_id]


def displace(account_id: str) -> int:
    """Let go of the rows beyond the account's bound, and put on record how many those were."""
    mine = AccessHistory.objects.filter(account_id=account_id)
    total = 0
    while (beyond := min(mine.count() - MOST_ROWS, CHUNK)) > 0:
        with transaction.atomic():
            oldest = list(mine.order_by("first_time", "pk").values_list("pk", flat=True)[:beyond])
            gone = mine.filter(pk__in=oldest).delete()[0]
            LOSSES.write([loss(account_id, Loss.ROW, gone)])
        total += gone
    return total


def forget_old(now: datetime) -> int:
    """Delete the history whose days are over, and what only it needed; gives how many rows of history."""
    end = now - settings.IAM_HISTORY_RETENTION
    forgotten = _delete(AccessHistory, first_time__lt=end)
    _delete(AskedPolicies, needed__lt=end - SPARE)
    _delete(HistoryLoss, hour__lt=end)
    _delete(LastAccess, attempted__lt=now - LAST_ACCESS_KEPT)
    _displace_accesses()
    return forgotten


def _displace_accesses() -> None:
    """Let go of the actions beyond a principal's bound that he asked for longest ago."""
    accesses = LastAccess.objects.across_accounts("the bound is the installation's")
    crowded = accesses.values("account_id", "principal_id").annotate(n=Count("pk")).filter(n__gt=MOST_ACTIONS)
    for found in crowded:
        his = {"account_id": found["account_id"], "principal_id": found["principal_id"]}
        oldest = accesses.filter(**his).order_by("attempted", "pk").values_list("pk", flat=True)
        last = list(oldest[: found["n"] - MOST_ACTIONS])
        with transaction.atomic():
            gone = sum(
                accesses.filter(pk__in=last[place : place + CHUNK]).delete()[0] for place in range(0, len(last), CHUNK)
            )
            LOSSES.write([loss(found["account_id"], Loss.ROW, gone)])


def _delete(model: Any, **older: datetime) -> int:
    rows = model.objects.across_accounts("retention is the installation's").filter(**older)
    total = 0
    while chunk := list(rows.order_by("pk").values_list("pk", flat=True)[:CHUNK]):
        total += rows.filter(pk__in=chunk).delete()[0]
    return total
