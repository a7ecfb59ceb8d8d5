"""What principals asked for lately, and when they were last allowed: for whoever is about to change what they may."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from django.db.models import Max

from iamconsole.audit.history.models import AccessHistory, LastAccess

MOST: Final = 5_000  # rows that are read of each table


@dataclass(frozen=True, slots=True)
class Usage:
    """What a principal was decided about last in these circumstances, and whether it was allowed."""

    principal_id: str
    action: str
    resource: str
    allowed: bool
    time: datetime
    circumstances: Mapping[str, Any] = field(default_factory=dict)


def most_active(account_id: str, principal_ids: Collection[str]) -> list[str]:
    """The principals, those first who were allowed anything last."""
    rows = LastAccess.objects.filter(account_id=account_id, principal_id__in=principal_ids).values("principal_id")
    last = dict(rows.annotate(last=Max("allowed")).values_list("principal_id", "last"))
    used = sorted((ident for ident in last if last[ident]), key=lambda ident: last[ident], reverse=True)
    return [*used, *sorted(set(principal_ids) - set(used))]


def of_principals(account_id: str, principal_ids: Collection[str], services: Collection[str] | None) -> list[Usage]:
    """What they asked of some services (all, if None), the latest first; two queries.

    The history tells circumstances and denials; what outlived it tells only that an action was allowed, and on what.
    """
    found: dict[tuple[str, str, str, str], Usage] = {}
    for usage in (*_recent(account_id, principal_ids), *_last(account_id, principal_ids, services)):
        if usage.resource and (services is None or usage.action.partition(":")[0].lower() in services):
            key = (usage.principal_id, usage.action, usage.resource, repr(usage.circumstances))
            found.setdefault(key, usage)
    return sorted(found.values(), key=lambda usage: usage.time, reverse=True)


def _recent(account_id: str, principal_ids: Collection[str]) -> Iterator[Usage]:
    rows = AccessHistory.objects.filter(account_id=account_id, principal_id__in=principal_ids).order_by("-last_time")
    for row in rows[:MOST]:
        circumstances = json.loads(row.context)
        yield Usage(row.principal_id, row.action, row.resource, row.verdict == "ALLOW", row.last_time, circumstances)


def _last(account_id: str, principal_ids: Collection[str], services: Collection[str] | None) -> Iterator[Usage]:
    rows = LastAccess.objects.filter(account_id=account_id, principal_id__in=principal_ids, allowed__isnull=False)
    if services is not None:
        rows = rows.filter(service__in=services)
    for row in rows.order_by("-allowed")[:MOST]:
        yield Usage(row.principal_id, row.action, row.resource, True, row.allowed)
