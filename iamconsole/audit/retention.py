"""Letting go of old records: a whole closed segment at a time, oldest first, and never without a trace.

The segment's checkpoint stays, so the chain goes on from it; the operation's own record carries a signed receipt,
without which verification takes the missing records for a theft.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.db import transaction

from iamconsole.audit import checkpoint_files, signatures
from iamconsole.audit.chain import canonical
from iamconsole.audit.checkpoints import Checkpoint
from iamconsole.audit.models import AuditEvent, AuditName, AuditSegment, DenialTally, DroppableSegment
from iamconsole.kernel.errors import DeleteConflict, NoSuchEntity

if TYPE_CHECKING:
    from iamconsole.audit.vouching import Vouched

OPERATION = "DropAuditSegment"


def drop_segment(account_id: str, number: int) -> tuple[Checkpoint, str]:
    """Delete the records of a segment and give its checkpoint with the receipt, within the caller's transaction.

    NoSuchEntity for an unknown segment; DeleteConflict unless it is the oldest that still has its records.
    """
    segment = AuditSegment.objects.filter(account_id=account_id, number=number).first()
    if segment is None:
        raise NoSuchEntity(f"The audit segment {number} does not exist or is not closed yet.")
    records = AuditEvent.objects.filter(account_id=account_id, sequence__range=(segment.first, segment.last))
    _refuse_conflicts(segment, records)
    checkpoint_files.export_missing(account_id)
    with transaction.atomic():
        door = DroppableSegment.objects.create(account_id=account_id, number=number)
        AuditName.objects.filter(account_id=account_id, event__in=records).delete()
        records.delete()
        door.delete()
    checkpoint = Checkpoint.of(segment)
    return checkpoint, signatures.sign(_statement(checkpoint))


def _refuse_conflicts(segment: AuditSegment, records: Any) -> None:
    oldest = AuditEvent.objects.filter(account_id=segment.account_id).order_by("sequence").first()
    if oldest is None or oldest.sequence > segment.first:
        raise DeleteConflict(f"The records of audit segment {segment.number} are gone already.")
    if oldest.sequence < segment.first:
        raise DeleteConflict("An older audit segment still has its records. Drop that one first.")
    if DenialTally.objects.filter(first_event__in=records.values("event_id")).exists():
        raise DeleteConflict("Repeats of a denial in this audit segment are still being counted. Wait a minute.")


def dropped_by(record: Mapping[str, Any], vouched: Vouched) -> int:
    """The last record that retention let go of by the word of this one; 0 if it says nothing of the kind, or lies."""
    if record.get("eventName") != OPERATION or "errorCode" in record:
        return 0
    said = record.get("responseElements")
    if not isinstance(said, Mapping):
        return 0
    checkpoint = next((each for each in vouched.good if each.number == said.get("segmentNumber")), None)
    if checkpoint is None:
        return 0
    try:
        signatures.check(_statement(checkpoint), str(said.get("receipt")), known=vouched.known)
    except signatures.NotSigned:
        return 0
    return checkpoint.last


def _statement(checkpoint: Checkpoint) -> str:
    return canonical({"dropped": checkpoint.payload})
