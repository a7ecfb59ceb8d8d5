"""Checkpoints: the chain's digest at the end of a closed segment, signed: nothing before it can be rewritten."""

from __future__ import annotations

import json
from contextlib import closing
from dataclasses import asdict, dataclass
from datetime import timedelta
from itertools import takewhile
from typing import Self

import structlog
from django.db import IntegrityError, transaction
from django.db.models import F, OuterRef, Subquery
from django.db.models.functions import Coalesce

from iamconsole.audit import links, signatures
from iamconsole.audit.chain import GENESIS, canonical
from iamconsole.audit.models import AuditChain, AuditEvent, AuditSegment
from iamconsole.kernel import clock

logger = structlog.get_logger(__name__)

SEGMENT_RECORDS = 1_000
"""A segment is closed when it holds this many records …"""
SEGMENT_AGE = timedelta(minutes=15)
"""… or when its first record is this old: for so long can whoever holds the database rewrite the newest records."""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What is signed and exported: `digest` is the chain's at record `last`, `closed` an RFC 3339 time."""

    account: str
    number: int
    first: int
    last: int
    digest: str
    closed: str
    signature: str = ""

    @classmethod
    def of(cls, segment: AuditSegment) -> Self:
        return cls(
            account=segment.account_id,
            number=segment.number,
            first=segment.first,
            last=segment.last,
            digest=segment.digest,
            closed=segment.closed.strftime("%Y-%m-%dT%H:%M:%SZ"),
            signature=segment.signature,
        )

    @classmethod
    def from_line(cls, line: str) -> Self:
        """The checkpoint of an exported line; ValueError where it is none."""
        try:
            read = cls(**json.loads(line))
        except TypeError as fault:
            raise ValueError("the line is not a checkpoint") from fault
        if canonical(asdict(read)) != line.strip() or not all(isinstance(n, int) for n in (read.first, read.last)):
            raise ValueError("the line is not a checkpoint in its canonical form")
        return read

    @property
    def payload(self) -> str:
        """The signed text."""
        return canonical({name: value for name, value in asdict(self).items() if name != "signature"})

    @property
    def line(self) -> str:
        return canonical(asdict(self))


def of_account(account_id: str) -> list[Checkpoint]:
    """The checkpoints that the database holds, in order."""
    return [Checkpoint.of(segment) for segment in AuditSegment.objects.filter(account_id=account_id).order_by("number")]


def close_segment(account_id: str, *, at_once: bool = False) -> Checkpoint | None:
    """Close the run of records since the last segment, if it is due or `at_once`; None where there is nothing to close.

    The run is verified before it is signed: links.Broken where it does not hold. Two that close the same run at once
    end up with one segment.
    """
    before = AuditSegment.objects.filter(account_id=account_id).order_by("-number").first()
    walk = links.Walk(account_id, sequence=before.last if before else 0, digest=before.digest if before else GENESIS)
    end = AuditChain.objects.filter(account_id=account_id).first()
    if end is None or end.sequence <= walk.sequence or not (at_once or _due(walk, end)):
        return None
    first = walk.sequence + 1
    _follow_to(walk, end)
    segment = AuditSegment(
        account_id=account_id,
        number=before.number + 1 if before else 1,
        first=first,
        last=walk.sequence,
        digest=walk.digest,
        closed=clock.now().replace(microsecond=0),
    )
    segment.signature = signatures.sign(Checkpoint.of(segment).payload)
    try:
        with transaction.atomic():
            segment.save(force_insert=True)
    except IntegrityError:
        logger.info("audit segment was closed by another worker", account=account_id, segment=segment.number)
        return None
    return Checkpoint.of(segment)


def _due(walk: links.Walk, end: AuditChain) -> bool:
    if end.sequence - walk.sequence >= SEGMENT_RECORDS:
        return True
    oldest = AuditEvent.objects.filter(account_id=walk.account_id, sequence=walk.sequence + 1).first()
    return oldest is None or clock.now() - oldest.time >= SEGMENT_AGE


def _follow_to(walk: links.Walk, end: AuditChain) -> None:
    with closing(links.stored(walk.account_id, after=walk.sequence)) as records:
        for link in takewhile(lambda link: link.sequence <= end.sequence, records):
            walk.step(link)
    if walk.sequence < end.sequence:
        raise links.Broken(walk.sequence + 1, f"the chain ends here, its head stands at {end.sequence}")
    if walk.digest != end.digest:
        raise links.Broken(walk.sequence, "the chain's head has another digest")


def accounts_with_open_records() -> list[str]:
    """The accounts whose chain has grown past its last checkpoint."""
    closed = AuditSegment.objects.filter(account_id=OuterRef("account_id")).order_by("-number").values("last")[:1]
    grown = AuditChain.objects.annotate(closed=Coalesce(Subquery(closed), 0)).filter(sequence__gt=F("closed"))
    return list(grown.order_by("account_id").values_list("account_id", flat=True))
