"""Deciding everything that a change of policies could touch, before and after."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from iamconsole.audit.history import usage
from iamconsole.audit.history.usage import Usage
from iamconsole.replication.projection import policy_sets
from iamconsole.replication.projection.resource_policies import covering_each
from iamconsole.runtime.decisions.answers import of_moment
from iamconsole.runtime.decisions.subjects import Subject, of_set
from iamconsole.runtime.previews.planned import Edits
from policies.engine import Bound, Compiled, Policies, Principal
from policies.engine.context import Given
from policies.previews import (
    Change,
    Effect,
    Named,
    Question,
    differences,
    documents_of,
    made,
    named_by,
    services_of,
    speaks_of,
)

MOST_PRINCIPALS: Final = 200
MOST_QUESTIONS: Final = 10_000  # each is decided twice, at some 20 µs


@dataclass(frozen=True, slots=True)
class Found:
    """A change for one principal; `usage` is what the history knows of the same question."""

    principal: str
    change: Change
    usage: Usage | None
    is_outside: bool = False

    @property
    def in_use(self) -> bool:
        """Whether somebody loses what he was allowed, or gains what he was refused."""
        return self.usage is not None and self.usage.allowed is (self.change.effect is Effect.LOSES)


@dataclass(frozen=True, slots=True)
class Preview:
    """What was found, what is in use first, and how much was looked at; `keys` are those that the documents read."""

    principals: int
    examined: list[Asked]
    questions: int
    complete: bool
    found: list[Found]
    keys: frozenset[str]


@dataclass(frozen=True, slots=True)
class Asked:
    """A principal with its policies before and after, and what is asked of it: what it used first."""

    principal: Principal
    facts: Mapping[str, Given]
    before: Policies
    after: Policies
    is_outside: bool = False
    called: str = ""
    questions: dict[Question, Usage | None] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """How it is called: a role by its own ARN, though it is a session that acts."""
        return self.called or self.principal.role_arn or self.principal.arn

    def ask(self, used: Iterable[Usage], named: Named) -> None:
        for each in used:
            self.questions.setdefault(Question.of(each.action, each.resource, each.circumstances), each)
        for question in named.questions:
            self.questions.setdefault(question.about(self.facts), None)

    def changes(self, covering: Mapping[str, tuple[Bound, ...]]) -> Iterator[Found]:
        """What is answered otherwise: once for each action and resource, by what was used if anything was."""
        once: dict[tuple[Effect, str, str], Found] = {}
        for found in differences(
            self.principal,
            self.facts,
            ((question, covering.get(question.resource, ())) for question in self.questions),
            before=self.before,
            after=self.after,
        ):
            asked = found.question
            told = Found(self.name, found, self.questions[asked], self.is_outside)
            once.setdefault((found.effect, asked.action, asked.resource), told)
        return iter(once.values())


def preview(account_id: str, edits: Edits, *, now: datetime, first: str = "") -> Preview:
    """Ask of everybody whose policies are edited what he used and what the documents name.

    `first` is the unique id of who is examined in any case. Queries do not grow with the number of principals.
    """
    idents = sorted(usage.most_active(account_id, list(edits)), key=lambda ident: ident != first)
    moment = {**of_moment(int(now.timestamp())), "aws:ResourceAccount": account_id}
    asked = [_asked(subject, moment, edits) for subject in subjects(account_id, idents[:MOST_PRINCIPALS])]
    documents = _documents(edits, asked)
    named = named_by(documents)
    asked = asked[: max(1, MOST_QUESTIONS // max(1, len(named.questions)))]
    used = _used(account_id, [one.principal.unique_id for one in asked], documents, everything=_bounds_anew(asked))
    for one in asked:
        one.ask(used[one.principal.unique_id], named)
    covering = covering_each(account_id, {question.resource for one in asked for question in one.questions})
    return decided(asked, covering, documents, of=len(edits), complete=named.complete)


def decided(
    asked: list[Asked],
    covering: Mapping[str, tuple[Bound, ...]],
    documents: Iterable[Compiled],
    *,
    of: int,
    complete: bool,
) -> Preview:
    """What is answered otherwise to those who are asked, `of` so many whom the change concerns."""
    return Preview(
        principals=of,
        examined=asked,
        questions=sum(len(one.questions) for one in asked),
        complete=complete and len(asked) == of,
        found=sorted((found for one in asked for found in one.changes(covering)), key=_rank),
        keys=_keys(documents),
    )


def subjects(account_id: str, idents: Sequence[str]) -> list[Subject]:
    """Those users and roles, in that order."""
    held = policy_sets.several(idents, account_id)
    found = {subject.principal.unique_id: subject for each in held if (subject := of_set(each))}
    return [found[ident] for ident in idents if ident in found]


def _asked(subject: Subject, moment: Mapping[str, Given], edits: Edits) -> Asked:
    before = subject.policies
    after = made(edits[subject.principal.unique_id], before)
    return Asked(subject.principal, {**moment, **subject.facts}, before, after)


def _bounds_anew(asked: Iterable[Asked]) -> bool:
    return any(one.before.boundary != one.after.boundary for one in asked)


def _documents(edits: Edits, asked: Iterable[Asked]) -> list[Compiled]:
    """What is asked about: where a boundary changes, first what it limits."""
    limited = (
        bound.compiled for one in asked if one.before.boundary != one.after.boundary for bound in one.after.identity
    )
    return list(dict.fromkeys([*limited, *documents_of(edit for each in edits.values() for edit in each)]))


def _used(
    account_id: str, idents: Sequence[str], documents: Collection[Compiled], *, everything: bool
) -> defaultdict[str, list[Usage]]:
    """By principal, as far as the change can touch it; as much as can be asked."""
    found: defaultdict[str, list[Usage]] = defaultdict(list)
    room = MOST_QUESTIONS
    for each in usage.of_principals(account_id, idents, None if everything else services_of(documents)):
        if room and (everything or any(speaks_of(policy, each.action) for policy in documents)):
            found[each.principal_id].append(each)
            room -= 1
    return found


def _keys(policies: Iterable[Compiled]) -> frozenset[str]:
    """The condition keys that the documents read: the others of a request that was explain nothing here."""
    statements = (statement for policy in policies for statement in policy.document.statements)
    return frozenset(condition.key.lower() for statement in statements for condition in statement.conditions)


def _rank(found: Found) -> tuple[bool, bool, float, str, bool, str, str]:
    """What is in use first, the latest at the top; losses before gains, whole services before single actions."""
    last = found.usage.time.timestamp() if found.usage else 0.0
    asked = found.change.question
    return (
        not found.in_use,
        found.change.effect is Effect.GAINS,
        -last,
        found.principal,
        not asked.action.endswith(":*"),
        asked.action.lower(),
        asked.resource,
    )
