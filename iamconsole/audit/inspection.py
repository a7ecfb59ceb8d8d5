"""Where an account's chain stands, and verifying it when somebody asks."""

from __future__ import annotations

from datetime import datetime

from django.core.cache import cache

from iamconsole.audit import verification
from iamconsole.audit.models import AuditChain, AuditSegment
from iamconsole.audit.shapes import AuditVerification, GetAuditTrailResult
from iamconsole.kernel.errors import ConcurrentModification

KEPT = 90 * 24 * 60 * 60
"""Seconds that the end of a verification is remembered; it proves nothing, the next one does."""
LONGEST = 600
"""Seconds after which a verification that was cut off no longer holds up the next."""


def state(account_id: str) -> GetAuditTrailResult:
    """The newest record, the last signed checkpoint, and the last verification."""
    chain = AuditChain.objects.filter(account_id=account_id).first()
    segment = AuditSegment.objects.filter(account_id=account_id).order_by("-number").first()
    return GetAuditTrailResult(
        records=chain.sequence if chain else 0,
        checkpoint=segment.last if segment else None,
        checkpoint_closed=segment.closed if segment else None,
        verification=cache.get(_place("end", account_id)),
    )


def verified(account_id: str, *, now: datetime) -> AuditVerification:
    """Verify the stored chain; ConcurrentModification while another verification of it runs."""
    running = _place("running", account_id)
    if not cache.add(running, 1, LONGEST):
        raise ConcurrentModification("A verification of this account is running. Ask again when it is done.")
    try:
        report = verification.verify(account_id)
    finally:
        cache.delete(running)
    found = AuditVerification(
        verified=now,
        intact=report.intact,
        records=report.records,
        first=report.first,
        last=report.last,
        checkpoints=report.checkpoints,
        broken_at=report.broken.sequence if report.broken else None,
        reason=report.broken.why if report.broken else None,
        notices=report.notices,
    )
    cache.set(_place("end", account_id), found, KEPT)
    return found


def _place(what: str, account_id: str) -> str:
    return f"audit:verification:{what}:{account_id}"
