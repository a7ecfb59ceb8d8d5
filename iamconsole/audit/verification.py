"""Does the trail still say what was written? Names the first record that does not, and why.

What is read, in this order, so that nothing a running system adds meanwhile looks like tampering: exported
checkpoints, the database's checkpoints, the chain's head, the records (streamed), the head again.
Not detectable: rewriting records newer than the last checkpoint (`checkpoints.SEGMENT_AGE`), head included.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

from iamconsole.audit import checkpoint_files, checkpoints, guard, links, retention, vouching
from iamconsole.audit.chain import GENESIS
from iamconsole.audit.links import Broken
from iamconsole.audit.models import AuditChain, AuditEvent, AuditSegment
from iamconsole.audit.signatures import PublicKeys
from iamconsole.audit.vouching import Vouched

PROGRESS_EVERY = 10_000  # records
LOOK_EVERY = 500  # records between two looks at the clock
Progress = Callable[[int], None]


@dataclass(slots=True)
class Report:
    """What verification found; `notices` do not break the chain but want to be read."""

    account_id: str
    records: int = 0
    first: int = 0
    last: int = 0
    checkpoints: int = 0
    broken: Broken | None = None
    notices: list[str] = field(default_factory=list)

    @property
    def intact(self) -> bool:
        return self.broken is None


@dataclass(slots=True)
class Course:
    """How far a verification has come: what the next step goes on with, in this process or in another.

    `head` is the place and digest at which the chain ended when it began; `allowed_start` is up to where a signed
    receipt says that retention dropped the records.
    """

    head: tuple[int, str]
    sequence: int = 0
    digest: str = GENESIS
    records: int = 0
    first: int = 0
    allowed_start: int = 0


def verify(account_id: str, *, on_progress: Progress | None = None, known: PublicKeys | None = None) -> Report:
    """Verify the stored chain of an account; `known` are public keys that signed and are no longer in the ring."""
    report = go_on(account_id, begin(account_id), on_progress=on_progress, known=known)
    if report is None:
        raise AssertionError("unreachable: nothing ends it early")
    return report


def begin(account_id: str) -> Course:
    """A verification that has not come anywhere yet."""
    return Course(_head(account_id))


def go_on(
    account_id: str,
    course: Course,
    *,
    until: float | None = None,
    on_progress: Progress | None = None,
    known: PublicKeys | None = None,
) -> Report | None:
    """Go on to the end, or until `until` (of `time.monotonic`): then there is no report yet, and `course` has moved."""
    exported = checkpoint_files.read(account_id)
    vouched = vouching.compare(
        checkpoints.of_account(account_id), exported=exported.checkpoints, account_id=account_id, known=known
    )
    try:
        with closing(links.stored(account_id, after=course.sequence)) as records:
            report = examine(account_id, _before(until, records), vouched, course=course, on_progress=on_progress)
    except _TimeIsUp:
        return None
    if report.broken is None and report.last > (now := _head(account_id))[0]:
        report.broken = Broken(now[0] + 1, "it lies beyond the chain's head: it was inserted, or the head was lowered")
    report.notices += [f"line {line} of the checkpoint file cannot be read" for line in exported.unreadable]
    report.notices += [f"trigger {name} is missing: records can be changed" for name in guard.missing(connection)]
    return report


class _TimeIsUp(Exception):
    """Not all records were looked at."""


def _before(until: float | None, records: Iterable[links.Link]) -> Iterator[links.Link]:
    for count, link in enumerate(records):
        if until is not None and count % LOOK_EVERY == 0 and count and time.monotonic() > until:
            raise _TimeIsUp
        yield link


def accounts() -> list[str]:
    """Every account that has, or by any trace once had, a chain."""
    events = AuditEvent.objects.across_accounts("the trail is verified account by account")
    known = {*checkpoint_files.accounts()}
    for rows in (AuditChain.objects, AuditSegment.objects, events):
        known.update(rows.order_by().values_list("account_id", flat=True).distinct())
    return sorted(known)


def examine(
    account_id: str,
    records: Iterable[links.Link],
    vouched: Vouched,
    *,
    course: Course,
    on_progress: Progress | None = None,
) -> Report:
    """Hold records against their own chain, the checkpoints, and the place and digest where they must end at least."""
    report = Report(account_id, checkpoints=len(vouched.good), notices=list(vouched.notices))
    try:
        _Examination(vouched, course, report, on_progress).run(records)
    except Broken as broken:
        report.broken = broken
    report.broken = vouched.earliest(report.broken)
    return report


class _Examination:
    def __init__(self, vouched: Vouched, course: Course, report: Report, on_progress: Progress | None) -> None:
        self.vouched, self.course, self.report, self.on_progress = vouched, course, report, on_progress
        self.at = {checkpoint.last: checkpoint for checkpoint in vouched.good}
        self.walk = links.Walk(report.account_id, sequence=course.sequence, digest=course.digest)
        report.records, report.first, report.last = course.records, course.first, course.sequence

    def run(self, records: Iterable[links.Link]) -> None:
        for link in records:
            if not self.course.first:
                self._begin(link)
            self._see(link, self.walk.step(link))
        self._end()

    def _begin(self, link: links.Link) -> None:
        self.course.first = self.report.first = link.sequence
        dropped = self.at.get(link.sequence - 1)
        if dropped is not None:
            self.walk = links.Walk(self.report.account_id, sequence=dropped.last, digest=dropped.digest)

    def _see(self, link: links.Link, record: dict[str, Any]) -> None:
        course = self.course
        course.sequence, course.digest, course.records = link.sequence, link.digest, course.records + 1
        self.report.records, self.report.last = course.records, link.sequence
        place, digest = course.head
        if link.sequence == place and link.digest != digest:
            raise Broken(link.sequence, "the chain's head has another digest: the newest records were rewritten")
        checkpoint = self.at.get(link.sequence)
        if checkpoint is not None and checkpoint.digest != link.digest:
            raise Broken(
                max(checkpoint.first, self.report.first),
                f"of the records from here to {checkpoint.last} some were rewritten: "
                f"checkpoint {checkpoint.number} was signed over others",
            )
        course.allowed_start = max(course.allowed_start, retention.dropped_by(record, self.vouched))
        if self.on_progress and course.records % PROGRESS_EVERY == 0:
            self.on_progress(course.records)

    def _end(self) -> None:
        last = max([self.course.head[0], *self.at])
        if self.walk.sequence < last:
            witness = (
                "the chain's head counts them"
                if last == self.course.head[0]
                else "a signed checkpoint vouches for them"
            )
            raise Broken(self.walk.sequence + 1, f"records from here to {last} are missing: {witness}")
        if self.report.first - 1 > self.course.allowed_start:
            raise Broken(1, f"records from here to {self.report.first - 1} are missing without a receipt of retention")


def _head(account_id: str) -> tuple[int, str]:
    head = AuditChain.objects.filter(account_id=account_id).first()
    return (head.sequence, head.digest) if head else (0, GENESIS)
