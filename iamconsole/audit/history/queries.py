"""Reading the history of one account."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db.models import Case, Count, IntegerField, Max, Min, Q, Sum, When

from iamconsole.audit.decisions import answers
from iamconsole.audit.decisions.shapes import DenialContextEntry
from iamconsole.audit.history import shapes
from iamconsole.audit.history.folding import Loss
from iamconsole.audit.history.models import AccessHistory, AskedPolicies, HistoryLoss
from iamconsole.audit.queries import in_utc, marker_of, place_of
from iamconsole.kernel.paging import DEFAULT_MAX_ITEMS, Page


def entries(
    account_id: str,
    *,
    principal: str | None,
    action: str | None,
    resource: str | None,
    verdict: str | None,
    since: datetime | None,
    until: datetime | None,
    marker: str | None,
    max_items: int | None,
) -> tuple[list[shapes.AccessHistoryEntry], Page]:
    """The entries that match every filter, the newest first, and where the next page begins; two queries.

    `principal` is an ARN or a unique id; an entry is `since` and `until` where any of its decisions may be.
    """
    given = {
        "action": action,
        "resource": resource,
        "verdict": verdict,
        "last_time__gte": in_utc(since, "since"),
        "first_time__lte": in_utc(until, "until"),
    }
    rows = AccessHistory.objects.filter(account_id=account_id, **{key: value for key, value in given.items() if value})
    if principal:
        rows = rows.filter(Q(principal=principal) if principal.startswith("arn:") else Q(principal_id=principal))
    if marker:
        time, place = place_of(marker)
        rows = rows.filter(Q(first_time__lt=time) | Q(first_time=time, pk__lt=place), first_time__lte=time)
    size = max_items or DEFAULT_MAX_ITEMS
    found = list(rows.order_by("-first_time", "-pk")[: size + 1])
    more, found = len(found) > size, found[:size]
    asked = _asked(account_id, found)
    shown = [_shown(row, asked.get(row.policies, [])) for row in found]
    return shown, {"is_truncated": more, "marker": marker_of(found[-1].first_time, found[-1].pk) if more else None}


def summary(account_id: str) -> shapes.GetAccessHistorySummaryResult:
    """How much there is, and how much is missing."""
    mine = AccessHistory.objects.filter(account_id=account_id)
    verdicts = mine.values("verdict").annotate(n=Sum("times")).order_by("verdict")
    missing = HistoryLoss.objects.filter(account_id=account_id).values("what").annotate(n=Sum("times")).order_by("what")
    return shapes.GetAccessHistorySummaryResult(
        verdicts=[shapes.HistoryCount(name=each["verdict"], count=each["n"]) for each in verdicts],
        missing=[shapes.HistoryCount(name=each["what"], count=each["n"]) for each in missing],
        **mine.aggregate(rows=Count("pk"), first_time=Min("first_time"), last_time=Max("last_time")),
    )


def by_day(account_id: str, *, days: int, now: datetime) -> list[shapes.DecisionsOfDay]:
    """The decisions of the last days, today last; a day without any is there, too."""
    today = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    first = today - timedelta(days=days - 1)
    rows = AccessHistory.objects.filter(account_id=account_id, first_time__gte=first)
    allowed = Sum("times", filter=Q(verdict="ALLOW"), default=0)
    moments = [first + timedelta(days=number) for number in range(days)]
    # Compared as they are stored: SQLite would call Python for the date of each row.
    ends = (When(first_time__lt=each + timedelta(days=1), then=number) for number, each in enumerate(moments))
    counted = (
        rows.annotate(number=Case(*ends, default=days, output_field=IntegerField()))
        .values("number")
        .annotate(allowed=allowed, denied=Sum("times", filter=~Q(verdict="ALLOW"), default=0))
    )
    found = {each.pop("number"): each for each in counted.order_by()}
    none = {"allowed": 0, "denied": 0}
    return [shapes.DecisionsOfDay(day=each, **found.get(number, none)) for number, each in enumerate(moments)]


def missing() -> dict[str, int]:
    """What is missing from the history of all accounts, by kind; a kind that never occurred is 0."""
    losses = HistoryLoss.objects.across_accounts("the figures are the installation's").values("what")
    return {str(kind): 0 for kind in Loss} | dict(losses.annotate(n=Sum("times")).values_list("what", "n"))


def decisions_lost(account_id: str, *, since: datetime) -> int:
    """How many decisions of an account were dropped since a moment; what they would have told nobody knows."""
    lost = HistoryLoss.objects.filter(account_id=account_id, what=Loss.DECISION, hour__gte=since - timedelta(hours=1))
    return lost.aggregate(n=Sum("times"))["n"] or 0


def _asked(account_id: str, rows: Iterable[AccessHistory]) -> Mapping[str, list[shapes.AskedPolicy]]:
    stored = AskedPolicies.objects.filter(account_id=account_id, digest__in={row.policies for row in rows})
    return {digest: _policies(body) for digest, body in stored.values_list("digest", "body")}


def _policies(body: str) -> list[shapes.AskedPolicy]:
    return [shapes.AskedPolicy(**each) for each in json.loads(body)]


def _shown(row: AccessHistory, policies: list[shapes.AskedPolicy]) -> shapes.AccessHistoryEntry:
    return shapes.AccessHistoryEntry(
        principal=row.principal,
        principal_id=row.principal_id or None,
        action=row.action,
        resource=row.resource or None,
        resource_account=row.resource_account_id,
        verdict=row.verdict,
        detail=row.detail,
        door=row.door,
        count=row.times,
        first_time=row.first_time,
        last_time=row.last_time,
        context=[
            DenialContextEntry(key=key, values=answers.values(_texts(value)))
            for key, value in sorted(json.loads(row.context).items())
        ],
        statements=[shapes.DecidingStatement(**each) for each in json.loads(row.statements)],
        policies=policies,
        position=row.position,
    )


def _texts(value: Any) -> Any:
    """A value of a condition key as texts, as the engine reads it."""
    if isinstance(value, list):
        return [_texts(each) for each in value]
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if value is None or isinstance(value, str) else str(value)
