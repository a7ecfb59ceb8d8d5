"""What can be asked of the trail, and the one thing that can be done to it."""

from __future__ import annotations

from accounts.tenancy.operator import demand_operator
from iamconsole.audit import inspection, queries, retention, shapes, suggesting
from iamconsole.audit.shapes import Filter, Outcome, SegmentNumber
from iamconsole.kernel.call import Call
from iamconsole.kernel.errors import DeleteConflict, NoSuchEntity
from iamconsole.kernel.operation import Access, Rest, operation
from iamconsole.kernel.resources import ANYTHING
from iamconsole.kernel.shapes import Marker, MaxItems, Timestamp


@operation(Access.READ, on=ANYTHING, service="iamconsole", pages="events", rest=Rest("GET", "/audit/events"))
def lookup_audit_events(
    call: Call,
    *,
    since: Timestamp | None = None,
    until: Timestamp | None = None,
    event_id: Filter | None = None,
    event_name: Filter | None = None,
    principal: Filter | None = None,
    access_key_id: Filter | None = None,
    source_ip: Filter | None = None,
    error_code: Filter | None = None,
    outcome: Outcome | None = None,
    resource: Filter | None = None,
    named: Filter | None = None,
    marker: Marker | None = None,
    max_items: MaxItems | None = None,
) -> shapes.LookupAuditEventsResult:
    """Look up the account's audit records, newest first.

    Filters match exactly: all that one key did, one address, one operation, one error. `principal` is the caller and
    `resource` anything that the call was about, `named` either of them: an ARN, or the beginning of a name in whatever
    case (`ali`, `user/ali`).
    """
    found, rest = queries.events(
        call.account_id,
        since=since,
        until=until,
        event_id=event_id,
        name=event_name,
        principal=principal,
        access_key_id=access_key_id,
        source_ip=source_ip,
        error_code=error_code,
        outcome=outcome,
        resource=resource,
        named=named,
        marker=marker,
        max_items=max_items,
    )
    return shapes.LookupAuditEventsResult(events=[shapes.AuditEvent(**queries.shown(event)) for event in found], **rest)


@operation(Access.READ, on=ANYTHING, service="iamconsole", rest=Rest("GET", "/audit/summary"))
def summarize_audit_events(
    call: Call,
    *,
    since: Timestamp | None = None,
    until: Timestamp | None = None,
    event_name: Filter | None = None,
    principal: Filter | None = None,
    access_key_id: Filter | None = None,
    source_ip: Filter | None = None,
    error_code: Filter | None = None,
    outcome: Outcome | None = None,
    resource: Filter | None = None,
    named: Filter | None = None,
) -> shapes.SummarizeAuditEventsResult:
    """Count the newest records that match by event, caller, resource, address and error: what to look at next."""
    counted, more, found = queries.summary(
        call.account_id,
        since=since,
        until=until,
        name=event_name,
        principal=principal,
        access_key_id=access_key_id,
        source_ip=source_ip,
        error_code=error_code,
        outcome=outcome,
        resource=resource,
        named=named,
    )
    facets = [
        shapes.AuditFacet(name=name, values=[shapes.FacetValue(value=text, count=count) for text, count in values])
        for name, values in found.items()
    ]
    return shapes.SummarizeAuditEventsResult(counted=counted, is_truncated=more, facets=facets)


@operation(Access.READ, on=ANYTHING, service="iamconsole", rest=Rest("GET", "/audit/names"))
def list_audit_names(call: Call, *, named: Filter) -> shapes.ListAuditNamesResult:
    """List a few of those whose names begin so and who are on record, to look up what is on record about one of them.

    `named` is as for LookupAuditEvents, such as `ali` or `role/dep`.
    """
    return shapes.ListAuditNamesResult(arns=suggesting.arns(call.account_id, named))


@operation(Access.READ, on=ANYTHING, service="iamconsole", rest=Rest("GET", "/audit/trail"))
def get_audit_trail(call: Call) -> shapes.GetAuditTrailResult:
    """Say where the account's chain of records stands, up to where it is signed, and how it was verified last."""
    return inspection.state(call.account_id)


@operation(Access.READ, on=ANYTHING, service="iamconsole", rest=Rest("POST", "/audit/verification"))
def verify_audit_trail(call: Call) -> shapes.AuditVerification:
    """Follow the account's chain from its first record to its last and hold it against every signed checkpoint.

    A short chain is verified at once. A long one is a job of the workers, IN_PROGRESS here and told about by
    GetAuditVerification; one runs at a time. `manage.py audit verify` does the same, for exported files as well.
    """
    return inspection.order(call.account_id, call.time)


@operation(
    Access.READ,
    on=ANYTHING,
    service="iamconsole",
    rest=Rest("GET", "/audit/verification/{job_id}"),
    errors=(NoSuchEntity,),
)
def get_audit_verification(call: Call, *, job_id: shapes.JobId) -> shapes.AuditVerification:
    """Tell how far a verification is that VerifyAuditTrail began, or how it ended."""
    return inspection.told(call.account_id, job_id)


@operation(
    Access.WRITE,
    on=ANYTHING,
    service="iamconsole",
    rest=None,
    errors=(NoSuchEntity, DeleteConflict),
)
def drop_audit_segment(call: Call, *, segment_number: SegmentNumber) -> shapes.DropAuditSegmentResult:
    """Let go of the records of the oldest audit segment, for good; export them before.

    The local operator's alone: nobody may erase what he himself did. The segment's signed checkpoint stays, so the
    chain still verifies.
    """
    demand_operator(call)
    dropped, receipt = retention.drop_segment(call.account_id, segment_number)
    return shapes.DropAuditSegmentResult(
        segment_number=dropped.number, first=dropped.first, last=dropped.last, receipt=receipt
    )
