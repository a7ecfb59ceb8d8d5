"""Where an account's chain stands, and verifying it when somebody asks: at once, or as the workers' job.

The row is both the order and, once it is done, the result; that proves nothing, the next verification does.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import Q, Subquery

from iamconsole.audit import verification
from iamconsole.audit.alarms import verification_ordered
from iamconsole.audit.models import AuditChain, AuditEvent, AuditSegment, AuditVerificationJob
from iamconsole.audit.shapes import COMPLETED, IN_PROGRESS, AuditVerification, GetAuditTrailResult
from iamconsole.audit.verification import Course, Report
from iamconsole.kernel import clock
from iamconsole.kernel.errors import NoSuchEntity

AT_ONCE: Final = 5_000
"""Records of a chain that is verified while the caller waits: under a second."""
LEASE: Final = timedelta(minutes=5)
"""For so long a job is its worker's, who renews it as he gets on."""


def state(account_id: str) -> GetAuditTrailResult:
    """The newest record, the last signed checkpoint, the last verification, and the one that runs."""
    newest = AuditSegment.objects.filter(account_id=account_id).order_by("-number")
    signed = {"checkpoint": Subquery(newest.values("last")[:1]), "closed": Subquery(newest.values("closed")[:1])}
    chain = AuditChain.objects.filter(account_id=account_id).annotate(**signed).first()
    job = AuditVerificationJob.objects.filter(account_id=account_id).first()
    return GetAuditTrailResult(
        records=chain.sequence if chain else 0,
        checkpoint=chain.checkpoint if chain else None,
        checkpoint_closed=chain.closed if chain else None,
        verification=_ended(job) if job else None,
        running=_running(job) if job and not job.finished else None,
    )


def order(account_id: str, now: datetime) -> AuditVerification:
    """Have the stored chain verified, at once if it is short; the job that runs, if one does."""
    running = AuditVerificationJob.objects.filter(account_id=account_id, finished=None).first()
    if running:
        return _running(running)
    chain = AuditChain.objects.filter(account_id=account_id).first()
    total = AuditEvent.objects.filter(account_id=account_id, sequence__lte=chain.sequence if chain else 0).count()
    job, _ = AuditVerificationJob.objects.update_or_create(
        account_id=account_id,
        defaults={
            "job_id": str(uuid.uuid4()),
            "ordered": now,
            "leased_until": now + LEASE if total <= AT_ONCE else None,
            "total": total,
            "course": None,
            "finished": None,
        },
    )
    if total > AT_ONCE:
        transaction.on_commit(lambda: verification_ordered.send_robust(None))
        return _running(job)
    return _finished(job, verification.verify(account_id))


def told(account_id: str, job_id: str) -> AuditVerification:
    """How far a job is, or how it ended; NoSuchEntity for any but the last one of the account."""
    job = AuditVerificationJob.objects.filter(account_id=account_id, job_id=job_id).first()
    if job is None:
        raise NoSuchEntity(f"The verification {job_id} does not exist, or a later one took its place.")
    return (_ended(job) if job.finished else None) or _running(job)


def claimed(now: datetime) -> Iterator[AuditVerificationJob]:
    """Claim the jobs that nobody is at, one by one, the oldest first."""
    free = AuditVerificationJob.objects.filter(Q(leased_until=None) | Q(leased_until__lte=now), finished=None)
    for account_id in list(free.order_by("ordered").values_list("account_id", flat=True)):
        if free.filter(account_id=account_id).update(leased_until=now + LEASE):
            yield AuditVerificationJob.objects.get(account_id=account_id)


def work(job: AuditVerificationJob, *, seconds: float) -> bool:
    """Go on with a job that is claimed, for so long at most; gives whether it is done."""
    course = _course(job)
    report = verification.go_on(
        job.account_id, course, until=time.monotonic() + seconds, on_progress=lambda _count: _note(job, course, LEASE)
    )
    if report is None:
        _note(job, course, timedelta())
        return False
    _finished(job, report)
    return True


def _course(job: AuditVerificationJob) -> Course:
    """Where to go on; from the beginning if retention let go of records that were still to come."""
    if job.course:
        course = Course(**{**job.course, "head": tuple(job.course["head"])})
        oldest = AuditEvent.objects.filter(account_id=job.account_id).order_by("sequence").first()
        if oldest is None or oldest.sequence <= course.sequence + 1:
            return course
    return verification.begin(job.account_id)


def _note(job: AuditVerificationJob, course: Course, lease: timedelta) -> None:
    mine = AuditVerificationJob.objects.filter(account_id=job.account_id, job_id=job.job_id, finished=None)
    mine.update(course=asdict(course), leased_until=clock.now() + lease)


def _finished(job: AuditVerificationJob, report: Report) -> AuditVerification:
    found = AuditVerification(
        job_id=job.job_id,
        job_status=COMPLETED,
        verified=job.ordered,
        intact=report.intact,
        records=report.records,
        first=report.first,
        last=report.last,
        checkpoints=report.checkpoints,
        broken_at=report.broken.sequence if report.broken else None,
        reason=report.broken.why if report.broken else None,
        notices=report.notices,
    )
    AuditVerificationJob.objects.filter(account_id=job.account_id, job_id=job.job_id).update(
        finished=clock.now(), result=found.model_dump(mode="json"), course=None, leased_until=None
    )
    return found


def _ended(job: AuditVerificationJob) -> AuditVerification | None:
    return AuditVerification(**job.result) if job.result else None


def _running(job: AuditVerificationJob) -> AuditVerification:
    """What can be told of a job before it is done."""
    course = job.course or {}
    return AuditVerification(
        job_id=job.job_id,
        job_status=IN_PROGRESS,
        records=course.get("records", 0),
        total=job.total,
        first=course.get("first", 0),
        last=course.get("sequence", 0),
        checkpoints=0,
        notices=[],
    )
