"""Shapes of the trail; `CloudTrailEvent` is the whole record as text, as CloudTrail's own LookupEvents gives it."""

from __future__ import annotations

from typing import Annotated

from iamconsole.kernel.shapes import Number, Paged, Shape, Text, Timestamp

Filter = Annotated[str, Text(1, 2048)]
SegmentNumber = Annotated[int, Number(1, 2**53)]


class AuditEvent(Shape):
    """One record: what look-ups filter by, its place in the chain, and its text, which `Digest` covers to the byte."""

    event_id: str
    event_name: str
    event_time: Timestamp
    principal: str
    access_key_id: str | None = None
    source_ip: str | None = None
    error_code: str | None = None
    resource: str | None = None
    sequence: int
    previous: str
    digest: str
    cloud_trail_event: str


class LookupAuditEventsResult(Paged):
    events: list[AuditEvent]


class DropAuditSegmentResult(Shape):
    """What was let go of; the receipt is what verification asks for in its place."""

    segment_number: int
    first: int
    last: int
    receipt: str
