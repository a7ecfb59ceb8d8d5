"""What beat asks of the trail, again and again; each task may run twice, in parallel, or after a crash half-way."""

from __future__ import annotations

import time
from typing import Final

import structlog
from celery import shared_task
from django.db.models import F

from iamconsole.audit import checkpoint_files, checkpoints, inspection, naming, trail
from iamconsole.audit.alarms import chain_broken
from iamconsole.audit.decisions import keeping
from iamconsole.audit.history import keeping as history
from iamconsole.audit.links import Broken
from iamconsole.audit.models import AuditChain, AuditSegment
from iamconsole.kernel import clock

logger = structlog.get_logger(__name__)
VERIFYING: Final = 120.0
"""Seconds of a turn that go into verifying, within Celery's limit; the next turn goes on."""
NAMING: Final = 45.0
"""Seconds of a turn that go into naming records; the next turn goes on."""


@shared_task(name="audit.close_segments")  # type: ignore[untyped-decorator]
def close_segments() -> int:
    """Close every segment that is due and export what is signed; gives how many checkpoints were exported.

    A chain that does not verify is not signed: that is an alarm, and the other accounts go on.
    """
    for account_id in checkpoints.accounts_with_open_records():
        try:
            checkpoints.close_segment(account_id)
        except Broken as broken:
            logger.error("audit chain is broken", account=account_id, record=broken.sequence, why=broken.why)
            chain_broken.send_robust(None, account_id=account_id, record=broken.sequence, why=broken.why)
    signed = AuditSegment.objects.order_by("account_id").values_list("account_id", flat=True).distinct()
    return sum(checkpoint_files.export_missing(account_id) for account_id in signed)


@shared_task(name="audit.fold_denials")  # type: ignore[untyped-decorator]
def fold_denials() -> int:
    """Put the counts of repeated denials on record whose window is over; gives how many."""
    return trail.fold_expired(clock.now())


@shared_task(name="audit.verify_ordered")  # type: ignore[untyped-decorator]
def verify_ordered() -> int:
    """Go on with the verifications that were asked for and that no other worker is at; gives how many are done."""
    end = time.monotonic() + VERIFYING
    return sum(inspection.work(job, seconds=end - time.monotonic()) for job in inspection.claimed(clock.now()))


@shared_task(name="audit.name_records")  # type: ignore[untyped-decorator]
def name_records() -> int:
    """Give names to the records that an earlier release wrote, while it still ran and before; gives how many."""
    behind = AuditChain.objects.filter(named__lt=F("sequence")).order_by("account_id")
    end, count = time.monotonic() + NAMING, 0
    for account_id in list(behind.values_list("account_id", flat=True)):
        count += naming.catch_up(account_id, seconds=end - time.monotonic())
    return count


@shared_task(name="decisions.forget_old")  # type: ignore[untyped-decorator]
def forget_old_decisions() -> int:
    """Forget why requests were denied once IAM_DECISION_RETENTION is over; gives how many records."""
    return keeping.forget_old(clock.now())


@shared_task(name="history.forget_old")  # type: ignore[untyped-decorator]
def forget_old_history() -> int:
    """Forget the access history once IAM_HISTORY_RETENTION is over; gives how many rows."""
    return history.forget_old(clock.now())
