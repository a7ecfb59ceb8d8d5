"""Looking records up: newest first, a page at a time, and few queries however many filters."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from operator import attrgetter
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import Q, QuerySet, Value

from iamconsole.audit.columns import Head
from iamconsole.audit.finding import FEW, Wanted, Way, having, leading, ways
from iamconsole.audit.models import AuditEvent, AuditName
from iamconsole.kernel.errors import ValidationError
from iamconsole.kernel.paging import DEFAULT_MAX_ITEMS, Page, decode_marker, encode_marker

FACETS = {
    "event_name": "name",
    "principal": "principal",
    "resource": "resource",
    "source_ip": "source_ip",
    "error_code": "error_code",
}
"""The members of look-ups that are counted, and their columns."""
COUNTED = 5_000
"""Records that a summary counts at most: the newest, so that its cost is bounded."""
COUNTED_BY_NAME = 1_000
"""The same where they are found by names, which takes longer."""
SHOWN = 8  # values of a facet


class Look(NamedTuple):
    """What is asked of the columns of records, in which window of time, beside the names that they must have."""

    columns: Mapping[str, Any]
    outcome: str | None
    window: Q

    def condition(self, exactly: Mapping[str, Any], *, to: str = "") -> Q:
        """Of records, or of what refers `to` them."""
        said = Q(**{f"{to}{column}": value for column, value in {**self.columns, **exactly}.items()})
        succeeded = Q(**{f"{to}error_code": ""})
        if self.outcome == "Succeeded":
            return said & succeeded
        if self.outcome or "error_code" in self.columns:
            return said & ~succeeded  # said of an error code too: it is the condition of the index
        return said


def _look(
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    event_id: str | None = None,
    name: str | None = None,
    access_key_id: str | None = None,
    source_ip: str | None = None,
    error_code: str | None = None,
    outcome: str | None = None,
    marker: str | None = None,
) -> Look:
    """What matches every filter exactly, `since` and `until` included."""
    given = {
        "event_id": _uuid(event_id) if event_id else None,
        "name": name,
        "access_key_id": access_key_id,
        "source_ip": source_ip,
        "error_code": error_code,
    }
    times = {"time__gte": in_utc(since, "since"), "time__lte": in_utc(until, "until")}
    window = Q(**{key: value for key, value in times.items() if value})
    if marker:
        window &= _after(marker)
    return Look({key: value for key, value in given.items() if value}, outcome, window)


def newest(
    account_id: str,
    count: int,
    columns: Sequence[str] = (),
    *,
    principal: str | None = None,
    resource: str | None = None,
    named: str | None = None,
    **filters: Any,
) -> list[AuditEvent]:
    """So many records that match every filter, newest first; of `columns` alone, if any are given.

    Where they match in several ways, each is asked and what they found is merged.
    """
    look = _look(**filters)
    found: dict[int, AuditEvent] = {}
    for way in ways(principal=principal, resource=resource, named=named):
        for rows in _found(account_id, count, look, way, columns):
            found |= {row.pk: row for row in rows}
    return sorted(found.values(), key=lambda row: (row.time, row.sequence), reverse=True)[:count]


def _found(account_id: str, count: int, look: Look, way: Way, columns: Sequence[str]) -> Iterator[Iterable[AuditEvent]]:
    """So many of the newest records that match in one way, in any order, for each name that leads to them."""
    leads = leading(account_id, way.names) if way.names else None
    if leads is None:
        yield _only(columns, _walked(account_id, look, way).order_by("-time", "-sequence"))[:count]
        return
    for lead in leads:
        names = _led(account_id, look, way, lead)
        if lead.is_arn:  # no record has it twice under one name
            yield (name.event for name in names.select_related("event").order_by("-time", "-sequence")[:count])
            continue
        # Their account was asked for by name; asked for again, SQLite would go by it instead of by their keys.
        rows = AuditEvent.objects.across_accounts("their names are the account's")
        yield _only(columns, rows.filter(pk__in=_keys(names, count, ordered=bool(lead.whole))))


def _only(columns: Sequence[str], rows: QuerySet[AuditEvent]) -> QuerySet[AuditEvent]:
    return rows.only("time", "sequence", *columns) if columns else rows


def _walked(account_id: str, look: Look, way: Way) -> QuerySet[AuditEvent]:
    rows = AuditEvent.objects.filter(look.condition(way.columns) & look.window, account_id=account_id)
    if resource := way.columns.get("resource"):
        rows = rows.alias(head=Head("resource")).filter(head=Head(Value(resource)))
    for wanted in way.names:
        rows = having(rows, wanted, event="pk")
    return rows


def _led(account_id: str, look: Look, way: Way, lead: Wanted) -> QuerySet[AuditName]:
    """The names that lead to the records which match in one way."""
    rows = AuditName.objects.filter(lead.condition, look.window, account_id=account_id)
    if way.columns or look.columns or look.outcome:
        rows = rows.filter(look.condition(way.columns, to="event__"))
    for wanted in way.names:
        if wanted.about != lead.about:
            rows = having(rows, wanted, event="event")
    return rows


def _keys(names: QuerySet[AuditName], count: int, *, ordered: bool) -> list[int]:
    """The keys of so many of the newest records; names of one kind lie in their `ordered` place, others are few."""
    rows = names.values_list("time", "sequence", "event")
    if ordered:
        return [key for *_, key in rows.order_by("-time", "-sequence").distinct()[:count]]
    return [key for *_, key in sorted(set(rows.order_by("name")[:FEW]), reverse=True)[:count]]


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        said = "Value at 'eventId' is no event id."
        raise ValidationError(said, errors={"event_id": [said]}) from None


def events(
    account_id: str, *, marker: str | None = None, max_items: int | None = None, **filters: Any
) -> tuple[list[AuditEvent], Page]:
    """A page of the records that match, and where the next begins; ValidationError for a marker of another kind."""
    size = max_items or DEFAULT_MAX_ITEMS
    found = newest(account_id, size + 1, marker=marker, **filters)
    more, found = len(found) > size, found[:size]
    return found, {"is_truncated": more, "marker": marker_of(found[-1].time, found[-1].sequence) if more else None}


def summary(account_id: str, **filters: Any) -> tuple[int, bool, dict[str, list[tuple[str, int]]]]:
    """How many of the newest records were counted, whether there are more, and each facet's most frequent values."""
    asked = ways(**{side: filters.get(side) for side in ("principal", "resource", "named")})
    most = COUNTED_BY_NAME if any(way.names for way in asked) else COUNTED
    rows = newest(account_id, most + 1, tuple(FACETS.values()), **filters)
    more, rows = len(rows) > most, rows[:most]
    counts = {member: Counter(filter(None, map(attrgetter(column), rows))) for member, column in FACETS.items()}
    return len(rows), more, {member: found.most_common(SHOWN) for member, found in counts.items()}


def in_utc(moment: datetime | None, member: str) -> datetime | None:
    """The same moment in UTC; ValidationError where the calendar has no such day there."""
    try:
        return moment.astimezone(UTC) if moment else None
    except OverflowError:
        said = f"Value at '{member}' is beyond the calendar."
        raise ValidationError(said, errors={member: [said]}) from None


def marker_of(time: datetime, place: int) -> str:
    """A marker of what is ordered by time, then by number."""
    return encode_marker(f"{time.isoformat()} {place}")


def _after(marker: str) -> Q:
    """What comes after the marked record; the redundant bound on time lets the database seek in its index."""
    time, place = place_of(marker)
    return Q(time__lte=time) & (Q(time__lt=time) | Q(sequence__lt=place))


def place_of(marker: str) -> tuple[datetime, int]:
    """The time and number in a marker; ValidationError for one that is none of ours."""
    moment, _, sequence = decode_marker(marker).partition(" ")
    try:
        time, place = datetime.fromisoformat(moment), int(sequence)
    except ValueError:
        time, place = None, 0
    if time is None or time.tzinfo is None or not 0 <= place < 2**63:
        raise ValidationError("Invalid Marker.", errors={"marker": ["Invalid Marker."]})
    return in_utc(time, "marker"), place


def shown(event: AuditEvent) -> dict[str, Any]:
    """The members of a record as look-ups show it."""
    return {
        "event_id": str(event.event_id),
        "event_name": event.name,
        "event_time": event.time,
        "principal": event.principal,
        "access_key_id": event.access_key_id or None,
        "source_ip": event.source_ip or None,
        "error_code": event.error_code or None,
        "resource": event.resource or None,
        "sequence": event.sequence,
        "previous": event.previous,
        "digest": event.digest,
        "cloud_trail_event": event.body,
    }
