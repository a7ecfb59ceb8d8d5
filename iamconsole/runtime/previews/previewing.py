"""Deciding everything that a change of a policy could touch, before and after."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from accounts.attachments.queries import Holder
from iamconsole.audit.history import usage
from iamconsole.audit.history.usage import Usage
from iamconsole.replication.projection import policy_sets
from iamconsole.replication.projection.resource_policies import covering_each
from iamconsole.runtime.decisions.answers import of_moment
from iamconsole.runtime.decisions.subjects import Subject, of_set
from policies.engine import Bound, Compiled, Policies, Source
from policies.engine.context import Given
from policies.previews import Change, Effect, Named, Question, differences, exchanged, named_by, services_of, speaks_of

MOST_PRINCIPALS: Final = 200
MOST_QUESTIONS: Final = 10_000  # each is decided twice, at some 20 µs


@dataclass(frozen=True, slots=True)
class Found:
    """A change for one principal; `usage` is what the history knows of the same question."""

    principal: str
    change: Change
    usage: Usage | None

    @property
    def in_use(self) -> bool:
        """Whether somebody loses what he was allowed, or gains what he was refused."""
        return self.usage is not None and self.usage.allowed is (self.change.effect is Effect.LOSES)


@dataclass(frozen=True, slots=True)
class Preview:
    """What was found, what is in use first, and how much was looked at."""

    principals: int
    examined: int
    questions: int
    complete: bool
    found: list[Found]


@dataclass(frozen=True, slots=True)
class Replacement:
    """What takes the place of a policy: `after` None leaves it out wherever it grants; where it bounds, it stays."""

    source_id: str
    before: Compiled
    after: Compiled | None

    @property
    def documents(self) -> list[Compiled]:
        return [self.before, *([self.after] if self.after else [])]

    def made_in(self, policies: Policies) -> Policies:
        """The policies of somebody, once the change is made."""
        after = Bound(Source(id=self.source_id, type="user-managed"), self.after) if self.after else None
        return exchanged(policies, self.source_id, identity=after, boundary=after or policies.boundary)

    def touches(self, action: str) -> bool:
        """Whether either document says anything about an action."""
        return speaks_of(self.before, action) or speaks_of(self.after, action)


def preview(account_id: str, holders: Sequence[Holder], change: Replacement, *, now: datetime) -> Preview:
    """Ask of every holder what he used and what the documents name; queries do not grow with their number."""
    named = named_by(change.documents)
    idents = usage.most_active(account_id, [holder.unique_id for holder in holders])
    chosen = idents[: max(1, min(MOST_PRINCIPALS, MOST_QUESTIONS // max(1, len(named.questions))))]
    used = _used(account_id, chosen, change)
    moment = {**of_moment(int(now.timestamp())), "aws:ResourceAccount": account_id}
    asking = [
        _Asking(subject, moment | dict(subject.facts), used[subject.principal.unique_id], named)
        for held in policy_sets.several(chosen, account_id)
        if (subject := of_set(held))
    ]
    covering = covering_each(account_id, {question.resource for one in asking for question in one.questions})
    return Preview(
        principals=len(holders),
        examined=len(asking),
        questions=sum(len(one.questions) for one in asking),
        complete=named.complete and len(chosen) == len(idents),
        found=sorted((found for one in asking for found in one.changes(change, covering)), key=_rank),
    )


class _Asking:
    """The questions to one principal: what he asked himself, then what is only named."""

    def __init__(self, subject: Subject, facts: Mapping[str, Given], used: Iterable[Usage], named: Named) -> None:
        self.subject, self.facts = subject, facts
        self.questions: dict[Question, Usage | None] = {}
        for each in used:
            self.questions.setdefault(Question.of(each.action, each.resource, each.circumstances), each)
        for question in named.questions:
            self.questions.setdefault(question.about(facts), None)

    def changes(self, change: Replacement, covering: Mapping[str, tuple[Bound, ...]]) -> Iterator[Found]:
        """What is answered otherwise: once for each action and resource, by what was used if anything was."""
        principal = self.subject.principal
        once: dict[tuple[Effect, str, str], Found] = {}
        for found in differences(
            principal,
            self.facts,
            ((question, covering[question.resource]) for question in self.questions),
            before=self.subject.policies,
            after=change.made_in(self.subject.policies),
        ):
            asked = found.question
            arn = principal.role_arn or principal.arn
            once.setdefault((found.effect, asked.action, asked.resource), Found(arn, found, self.questions[asked]))
        return iter(once.values())


def _used(account_id: str, idents: Sequence[str], change: Replacement) -> defaultdict[str, list[Usage]]:
    """By principal, as far as the change can touch it; as much as can be asked."""
    found: defaultdict[str, list[Usage]] = defaultdict(list)
    room = MOST_QUESTIONS
    for each in usage.of_principals(account_id, idents, services_of(change.documents)):
        if room and change.touches(each.action):
            found[each.principal_id].append(each)
            room -= 1
    return found


def _rank(found: Found) -> tuple[bool, bool, float, str, str, str]:
    """What is in use first, the latest at the top; losses before gains."""
    last = found.usage.time.timestamp() if found.usage else 0.0
    asked = found.change.question
    return (
        not found.in_use,
        found.change.effect is Effect.GAINS,
        -last,
        found.principal,
        asked.action.lower(),
        asked.resource,
    )
