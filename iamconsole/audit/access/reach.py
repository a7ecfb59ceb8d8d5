"""Who can do an action on a resource, and who can become whom: every principal of an account, asked of the engine."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from iamconsole.audit.access.attached import trust_of
from iamconsole.audit.access.holdings import Holder, Holding
from policies import simulator
from policies.engine import (
    Compiled,
    Decision,
    Effect,
    EngineFault,
    Layer,
    Matched,
    NearMiss,
    Outcome,
    Principal,
    PrincipalType,
    Source,
)
from policies.simulator import Attached, Caller, Facts, Scenario, Simulation, Stored

BUDGET: Final = 2.0  # seconds that one question may take
ASSUME: Final = "sts:AssumeRole"
ELSEWHERE: Final = ("Service", "Federated")  # principals that are nobody's of an account


class Verdict(StrEnum):
    """How near a principal comes: `conditional` lacks one condition, `blocked` is allowed by one policy but not all."""

    ALLOWED = "allowed"
    CONDITIONAL = "conditional"
    BLOCKED = "blocked"


@dataclass(frozen=True, slots=True)
class Through:
    """A statement that had a say; `holder` is None for policies of the resource, and for boundaries."""

    layer: Layer
    source: Source
    holder: Holder | None
    sid: str
    index: int


@dataclass(frozen=True, slots=True)
class Reached:
    """A principal that comes near, by which statements, and what keeps it off."""

    holding: Holding
    verdict: Verdict
    allows: tuple[Through, ...]
    denies: tuple[Through, ...] = ()
    lacking: Layer | None = None
    miss: NearMiss | None = None


@dataclass(slots=True)
class Deadline:
    """Whether there is time for one more."""

    seconds: float = BUDGET
    _began: float = field(default_factory=time.monotonic)

    @property
    def is_over(self) -> bool:
        return time.monotonic() - self._began > self.seconds


@dataclass(frozen=True, slots=True)
class Question:
    """An action on a resource, under facts that are the same for everybody who is asked about."""

    action: str
    resource: str
    attached: Attached = simulator.unattached
    facts: Facts = field(default_factory=dict)
    _giving: dict[Compiled, bool] = field(default_factory=dict, init=False, repr=False, compare=False)

    def asked_of(self, holding: Holding) -> Reached | None:
        """How near a principal comes; None where no policy gives it any of this."""
        if not holding.is_root and not self._is_given(holding) and not self.attached(self.resource):
            return None
        scenario = Scenario(
            identity=holding.policies.identity,
            boundary=holding.policies.boundary,
            caller=caller_of(holding),
            attached=self.attached,
            context=self.facts,
        )
        try:
            decision = Simulation(scenario).decision(self.action, self.resource)
            return _reached(holding, decision)
        except EngineFault:
            return None  # what cannot be decided is denied

    def _is_given(self, holding: Holding) -> bool:
        """Whether any policy of a principal's own allows this in some context; most are the policies of many."""
        for bound in holding.policies.identity:
            policy = bound.compiled
            if (known := self._giving.get(policy)) is None:
                known = self._giving[policy] = policy.may_allow(self.action, self.resource)
            if known:
                return True
        return False


def is_given(holding: Holding, action: str) -> bool:
    """Whether any policy of a principal's own allows the action at all."""
    return any(bound.compiled.slice(action).allows for bound in holding.policies.identity)


def caller_of(holding: Holding) -> Caller:
    """A principal as the engine knows it, with the condition keys that follow from who it is."""
    who = holding.holder
    if holding.is_root:
        account = who.arn.split(":")[4]
        return Caller(Principal(PrincipalType.ROOT, account, who.arn, account, unique_id=who.id), {})
    return simulator.caller(who.arn, stored=Stored(arn=who.arn, unique_id=who.id, tags=holding.tags))


def _reached(holding: Holding, decision: Decision) -> Reached | None:
    matched = decision.matched()
    allows = _through(holding, matched, Effect.ALLOW)
    giving = tuple(each for each in allows if each.layer in (Layer.IDENTITY, Layer.RESOURCE, Layer.TRUST))
    if decision.allowed:
        return Reached(holding, Verdict.ALLOWED, giving)
    misses = [miss for miss in decision.near_misses() if miss.statement.effect is Effect.ALLOW]
    if decision.outcome is Outcome.EXPLICIT_DENY:
        denies = _through(holding, matched, Effect.DENY)
        return Reached(holding, Verdict.BLOCKED, giving, denies) if giving or holding.is_root else None
    if misses:
        return Reached(holding, Verdict.CONDITIONAL, (*_places(holding, misses[0]), *giving), miss=misses[0])
    return Reached(holding, Verdict.BLOCKED, giving, lacking=decision.denied_by) if giving else None


def _through(holding: Holding, matched: Iterable[Matched], effect: Effect) -> tuple[Through, ...]:
    return tuple(through for each in matched if each.effect is effect for through in _places(holding, each))


def _places(holding: Holding, found: Matched | NearMiss) -> Iterator[Through]:
    """Where a statement comes from: each of the holders that a principal has its policy by."""
    layer, source, statement = found.layer, found.source, found.statement
    holders = (
        [each.holder for each in holding.granted if each.bound.source == source] if layer is Layer.IDENTITY else []
    )
    for holder in holders or [None]:
        yield Through(layer, source, holder, statement.sid or "", statement.index)


@dataclass(frozen=True, slots=True)
class Step:
    """`principal` may assume `role`; `hops` counts from the principal that was asked about, or to the role."""

    principal: str
    role: str
    verdict: Verdict
    hops: int


def assumable_by(start: Holding, roles: Sequence[Holding], deadline: Deadline) -> Iterator[Step]:
    """The roles that a principal can become, one after another, each by its shortest way."""
    known = {start.holder.arn}
    frontier = [start]
    hops = 0
    while frontier and not deadline.is_over:
        hops += 1
        reached: list[Holding] = []
        for holding in frontier:
            for role in roles:
                if role.holder.arn in known or deadline.is_over:
                    continue
                found = _assuming(role).asked_of(holding)
                if found is not None and found.verdict is not Verdict.BLOCKED:
                    known.add(role.holder.arn)
                    reached.append(role)
                    yield Step(holding.holder.arn, role.holder.arn, found.verdict, hops)
        frontier = reached


def who_assumes(roles: Iterable[Holding], everybody: Sequence[Holding], deadline: Deadline) -> Iterator[Step]:
    """The principals that can become one of these roles, directly or by way of others."""
    frontier, hops = list(roles), 0
    known = {role.holder.arn for role in frontier}
    candidates = _Candidates(everybody) if frontier else None
    while candidates and frontier and not deadline.is_over:
        hops += 1
        more: list[Holding] = []
        for role in frontier:
            question = _assuming(role)
            for holding in candidates.of(role):
                if holding.holder.arn == role.holder.arn or deadline.is_over:
                    continue
                found = question.asked_of(holding)
                if found is None or found.verdict is Verdict.BLOCKED:
                    continue
                yield Step(holding.holder.arn, role.holder.arn, found.verdict, hops)
                if holding.holder.kind == "role" and holding.holder.arn not in known:
                    known.add(holding.holder.arn)
                    more.append(holding)
        frontier = more


class _Candidates:
    """Whom a trust policy could let in, so that not everybody need be asked."""

    def __init__(self, everybody: Sequence[Holding]) -> None:
        self._everybody = everybody
        self._named = {name: holding for holding in everybody for name in (holding.holder.arn, holding.holder.id)}
        self._granted = [holding for holding in everybody if holding.is_root or is_given(holding, ASSUME)]

    def of(self, role: Holding) -> Iterable[Holding]:
        """Those whom it names and, where it leaves that to the account, those whose policies speak of it as well."""
        statements = trust_of(role.holder.arn, role.trust).compiled.document.statements
        allowing = [each for each in statements if each.effect is Effect.ALLOW]
        named = [value for each in allowing for kind, value in each.principals if kind not in ELSEWHERE]
        known = {each.holder.id: each for value in named if (each := self._named.get(value)) is not None}
        if any(each.not_principals or any(value == "*" for _, value in each.principals) for each in allowing):
            return self._everybody
        if any(value not in self._named or self._named[value].is_root for value in named):
            known |= {each.holder.id: each for each in self._granted}
        return known.values()


def outsiders(role: Holding) -> list[str]:
    """The principals outside of the account, services and identity providers that a trust policy lets in."""
    account = role.holder.arn.split(":")[4]
    statements = trust_of(role.holder.arn, role.trust).compiled.document.statements
    named = [entry for each in statements if each.effect is Effect.ALLOW for entry in each.principals]
    return [value for kind, value in dict.fromkeys(named) if _is_outside(kind, value, account)]


def _is_outside(kind: str, value: str, account: str) -> bool:
    if kind != "AWS":
        return True
    if value.startswith("arn:"):
        return value.split(":")[4] != account
    return value.isdigit() and value != account


def _assuming(role: Holding) -> Question:
    trust = (trust_of(role.holder.arn, role.trust),)
    return Question(ASSUME, role.holder.arn, attached=lambda _resource: trust)
