"""Looking records up: newest first, a page at a time, one query however many filters."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet, Value

from iamconsole.audit.columns import Head
from iamconsole.audit.models import AuditEvent
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
SHOWN = 8  # values of a facet


def matching(
    account_id: str,
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    event_id: str | None = None,
    name: str | None = None,
    principal: str | None = None,
    access_key_id: str | None = None,
    source_ip: str | None = None,
    error_code: str | None = None,
    outcome: str | None = None,
    resource: str | None = None,
) -> QuerySet[AuditEvent]:
    """The records that match every filter exactly, `since` and `until` included, newest first."""
    given = {
        "time__gte": in_utc(since, "since"),
        "time__lte": in_utc(until, "until"),
        "name": name,
        "principal": principal,
        "access_key_id": access_key_id,
        "source_ip": source_ip,
        "error_code": error_code,
        "resource": resource,
    }
    rows = AuditEvent.objects.filter(account_id=account_id, **{key: value for key, value in given.items() if value})
    if event_id:
        rows = rows.filter(event_id=_uuid(event_id))
    succeeded = Q(error_code="")
    if outcome == "Succeeded":
        rows = rows.filter(succeeded)
    elif outcome or error_code:
        rows = rows.filter(~succeeded)  # said of an error code too: it is the condition of the index
    if resource:
        rows = rows.alias(head=Head("resource")).filter(head=Head(Value(resource)))
    return rows.order_by("-time", "-sequence")


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
    rows = matching(account_id, **filters)
    if marker:
        rows = rows.filter(_after(marker))
    size = max_items or DEFAULT_MAX_ITEMS
    found = list(rows[: size + 1])
    more, found = len(found) > size, found[:size]
    return found, {"is_truncated": more, "marker": marker_of(found[-1].time, found[-1].sequence) if more else None}


def summary(account_id: str, **filters: Any) -> tuple[int, bool, dict[str, list[tuple[str, int]]]]:
    """How many of the newest records were counted, whether there are more, and each facet's most frequent values."""
    rows = list(matching(account_id, **filters).values_list(*FACETS.values())[: COUNTED + 1])
    more, rows = len(rows) > COUNTED, rows[:COUNTED]
    counts: dict[str, Counter[str]] = {member: Counter() for member in FACETS}
    for row in rows:
        for member, value in zip(FACETS, row, strict=True):
            if value:
                counts[member][value] += 1
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
