"""Shapes of the trail; `CloudTrailEvent` is the whole record as text, as CloudTrail's own LookupEvents gives it."""

from __future__ import annotations

from typing import Annotated

from iamconsole.kernel.shapes import Number, OneOf, Paged, Shape, Text, Timestamp

Filter = Annotated[str, Text(1, 2048)]
Outcome = Annotated[str, OneOf(("Succeeded", "Failed"))]
JobId = Annotated[str, Text(36, 36)]
IN_PROGRESS, COMPLETED = "IN_PROGRESS", "COMPLETED"
"""IAM's own words for the state of a job, as GetServiceLastAccessedDetails has them."""
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


class ListAuditNamesResult(Shape):
    """ARNs that are on record under a name with the beginning that was asked for, a few."""

    arns: list[str]


class FacetValue(Shape):
    value: str
    count: int


class AuditFacet(Shape):
    """The most frequent values of what look-ups filter by; `name` is the filter's member."""

    name: str
    values: list[FacetValue]


class SummarizeAuditEventsResult(Shape):
    """Counts over the newest `counted` records that match; `is_truncated` says that there are more."""

    counted: int
    is_truncated: bool
    facets: list[AuditFacet]


class AuditVerification(Shape):
    """How a verification ended: of which records, and where the chain broke and why.

    While it is IN_PROGRESS it tells of the records that were verified so far, of `total`; `intact` is not known yet.
    """

    job_id: str
    job_status: str
    verified: Timestamp | None = None
    intact: bool | None = None
    records: int
    total: int | None = None
    first: int
    last: int
    checkpoints: int
    broken_at: int | None = None
    reason: str | None = None
    notices: list[str]


class GetAuditTrailResult(Shape):
    """Where the chain stands: its newest record, the last signed checkpoint, how the last verification ended.

    `running` is the verification that is under way, if one is.
    """

    records: int
    checkpoint: int | None = None
    checkpoint_closed: Timestamp | None = None
    verification: AuditVerification | None = None
    running: AuditVerification | None = None


class DropAuditSegmentResult(Shape):
    """What was let go of; the receipt is what verification asks for in its place."""

    segment_number: int
    first: int
    last: int
    receipt: str
