"""What expires and is worth nothing afterwards: one table, swept in batches that hold nobody up."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from django.conf import settings
from django.core.cache import cache
from django.db import transaction
from django.db.models import Model, Q

from accounts.breakglass.models import BreakglassLink
from accounts.notifications.models import PENDING, Notification, SignInAddress
from accounts.reports.models import CredentialReport, LastAccessedJob
from accounts.saml_providers.models import SpentAssertion
from accounts.service_linked_roles.models import RoleDeletion
from accounts.tokens.models import BearerToken

BATCH: Final = 500
"""Rows deleted in one transaction."""
MOST_BATCHES: Final = 100
"""Of one kind in one turn; the rest waits for the next."""


@dataclass(frozen=True, slots=True)
class Kept:
    """Rows that are kept until `age` after the moment in their column `by`; `among` leaves others alone."""

    model: type[Model]
    by: str
    age: Callable[[], timedelta]
    among: Q = field(default_factory=Q)


def _days(number: int) -> Callable[[], timedelta]:
    return lambda: timedelta(days=number)


KEPT: Final[Mapping[str, Kept]] = {
    "bearer tokens": Kept(BearerToken, "expires", _days(1)),
    "break-glass links": Kept(BreakglassLink, "expires", _days(30)),
    "spent SAML assertions": Kept(SpentAssertion, "expires", _days(0)),
    "role deletions": Kept(RoleDeletion, "created", _days(30)),
    "credential reports": Kept(CredentialReport, "generated", _days(30)),
    "last-accessed jobs": Kept(LastAccessedJob, "created", _days(7)),
    "sign-in addresses": Kept(SignInAddress, "seen", _days(400)),
    "notifications": Kept(Notification, "created", lambda: settings.IAM_NOTIFICATION_RETENTION, ~Q(state=PENDING)),
}


def sweep(now: datetime) -> dict[str, int]:
    """Delete what is over; gives how many rows of each kind. Running it twice deletes nothing more."""
    swept = {what: _swept(kept, now) for what, kept in KEPT.items()}
    for what, rows in swept.items():
        cache.add(_key(what), 0, None)
        cache.incr(_key(what), rows)
    return swept


def swept_ever() -> Mapping[str, int]:
    """How many rows of each kind were deleted since the cache was emptied."""
    found = cache.get_many([_key(what) for what in KEPT])
    return {what: found.get(_key(what), 0) for what in KEPT}


def _swept(kept: Kept, now: datetime) -> int:
    manager: Any = kept.model._default_manager
    rows = manager.across_accounts("retention is the installation's")
    over = rows.filter(kept.among, **{f"{kept.by}__lte": now - kept.age()}).order_by(kept.by)
    total = 0
    for _ in range(MOST_BATCHES):
        with transaction.atomic():
            batch = list(over.values_list("pk", flat=True)[:BATCH])
            # Asked again, so that what was renewed meanwhile stays.
            over.order_by().filter(pk__in=batch).delete()
        total += len(batch)
        if len(batch) < BATCH:
            break
    return total


def _key(what: str) -> str:
    return f"swept/{what.replace(' ', '-')}"
