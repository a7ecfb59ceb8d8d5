"""Shapes of the access history."""

from __future__ import annotations

from typing import Annotated

from iamconsole.audit.decisions.shapes import DenialContextEntry
from iamconsole.kernel.shapes import Number, OneOf, Paged, Shape, Text, Timestamp

Filter = Annotated[str, Text(1, 2048)]
Days = Annotated[int, Number(1, 90)]
Verdict = Annotated[str, OneOf(("ALLOW", "EXPLICIT_DENY", "IMPLICIT_DENY"))]


class AskedPolicy(Shape):
    """A policy by name and kind; `Digest` is the SHA-256 of its text, `Version` empty where it has none."""

    policy: str
    type: str
    name: str
    version: str
    digest: str


class DecidingStatement(AskedPolicy):
    """A statement that decided."""

    sid: str
    effect: str


class AccessHistoryEntry(Shape):
    """Decisions of one hour that are alike.

    `Detail` is FULL, WITHOUT_CONTEXT (statements and context differed too much to be written out) or WITHOUT_RESOURCE
    (so did resources). `Position` is where the change log had come to when the first was written.
    """

    principal: str
    principal_id: str | None = None
    action: str
    resource: str | None = None
    resource_account: str
    verdict: Verdict
    detail: str
    door: str
    count: int
    first_time: Timestamp
    last_time: Timestamp
    context: list[DenialContextEntry]
    statements: list[DecidingStatement]
    policies: list[AskedPolicy]
    position: int


class ListAccessHistoryResult(Paged):
    entries: list[AccessHistoryEntry]


class HistoryCount(Shape):
    name: str
    count: int


class GetAccessHistorySummaryResult(Shape):
    """What there is, and what is missing: `decision` dropped, `row` displaced, `explanation` of a denial not kept."""

    verdicts: list[HistoryCount]
    rows: int
    missing: list[HistoryCount]
    first_time: Timestamp | None = None
    last_time: Timestamp | None = None


class DecisionsOfDay(Shape):
    """Decisions of one day in UTC."""

    day: Timestamp
    allowed: int
    denied: int


class ListDecisionCountsResult(Shape):
    days: list[DecisionsOfDay]
