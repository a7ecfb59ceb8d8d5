"""What repeats becomes a count: decisions that are alike share an entry until they are written."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from policies.engine import Decision

Taken = tuple[Decision, str, float]
"""A decision, the door it was asked through, and when, in seconds since 1970."""

MOST_ENTRIES: Final = 500
"""Entries of one flush with all that is known; as many again without their resources. What is beyond is dropped."""
MOST_CONTEXTS: Final = 8
"""Contexts in which one principal, action, resource and verdict is written out in an hour; others are left out."""
MOST_KNOWN: Final = 10_000
"""Principals, actions and resources whose contexts a process remembers."""
HOUR: Final = 3600
OF_THE_MOMENT: Final = ("aws:CurrentTime", "aws:EpochTime")
"""Keys that no two seconds share: the times of an entry say as much."""


class Detail(StrEnum):
    """What an entry knows beside who, which action and which verdict."""

    FULL = "FULL"
    WITHOUT_CONTEXT = "WITHOUT_CONTEXT"
    WITHOUT_RESOURCE = "WITHOUT_RESOURCE"


class Loss(StrEnum):
    """What may be missing; each is counted by account and hour."""

    DECISION = "decision"
    ROW = "row"
    EXPLANATION = "explanation"


@dataclass(slots=True)
class Entry:
    """Decisions that are alike, by their first; `resource` is that of the latest."""

    decision: Decision
    door: str
    detail: Detail
    first: float
    last: float
    resource: str
    times: int = 0


class Contexts:
    """Which contexts an hour has seen, as hashes, so that a key of ever new values does not fill the history."""

    def __init__(self) -> None:
        self._hour = 0
        self._seen: dict[int, set[int]] = {}

    def admit(self, what: Hashable, context: Hashable, moment: float) -> bool:
        """Whether this context of `what` is one of the first few of its hour."""
        hour = int(moment) // HOUR
        if hour != self._hour or len(self._seen) >= MOST_KNOWN:
            self._hour = hour
            self._seen.clear()
        seen = self._seen.setdefault(hash(what), set())
        if len(seen) < MOST_CONTEXTS:
            seen.add(hash(context))
            return True
        return hash(context) in seen


@dataclass(slots=True)
class Window:
    """What was taken since the last flush that reached the database."""

    contexts: Contexts = field(default_factory=Contexts)
    entries: dict[Hashable, Entry] = field(default_factory=dict)
    lost: Counter[tuple[str, Loss]] = field(default_factory=Counter)

    def __bool__(self) -> bool:
        return bool(self.entries or self.lost)

    def add(self, taken: Taken) -> None:
        """Count a decision with its like; where there is no room left it is counted as lost."""
        decision, door, moment = taken
        request = decision.request
        who = request.principal
        what = (who.account, who.arn, who.unique_id, request.action, decision.outcome, door, request.resource_account)
        context = shared(request.context)
        hour = int(moment) // HOUR
        entry = self.entries.get((hour, what, request.resource, id(decision.policies), context))
        if entry is None:
            entry = self._enter(taken, hour, what, context)
            if entry is None:
                self.lost[owner(decision), Loss.DECISION] += 1
                return
        entry.times += 1
        entry.last, entry.resource = max(entry.last, moment), request.resource

    def _enter(self, taken: Taken, hour: int, what: Hashable, context: Hashable) -> Entry | None:
        decision, _, moment = taken
        resource, room = decision.request.resource, MOST_ENTRIES
        detail, key = Detail.FULL, (hour, what, resource, id(decision.policies), context)
        if not self.contexts.admit((what, resource), context, moment):
            detail, key = Detail.WITHOUT_CONTEXT, (hour, what, resource, id(decision.policies), None)
        if key not in self.entries and len(self.entries) >= room:
            detail, key, room = Detail.WITHOUT_RESOURCE, (hour, what, None, None, None), 2 * room
        found = self.entries.get(key)
        if found is None and len(self.entries) < room:
            found = self.entries[key] = Entry(decision, taken[1], detail, moment, moment, resource)
        return found

    def give_up(self) -> None:
        """Count everything as lost: the database will never take it."""
        for entry in self.entries.values():
            self.lost[owner(entry.decision), Loss.DECISION] += entry.times
        self.entries.clear()


def owner(decision: Decision) -> str:
    """The account whose history a decision belongs to: the principal's."""
    request = decision.request
    return request.principal.account or request.resource_account or ""


def shared(context: Mapping[str, object]) -> Hashable:
    """A context without what no two seconds share, to compare with others."""
    facts = dict(context)
    for key in OF_THE_MOMENT:
        facts.pop(key, None)
    try:
        return frozenset(facts.items())
    except TypeError:  # a list cannot be hashed
        return repr(sorted(facts.items()))
