"""The table of checks: which function reports which codes, about what, in which kinds of policies."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Final, TypeAlias

from policies.engine import PolicyKind
from policies.validation.codes import SEVERITIES
from policies.validation.finding import Issue
from policies.validation.tree import Condition, Policy, Statement

AboutPolicy: TypeAlias = Callable[[Policy], Iterator[Issue]]
AboutStatement: TypeAlias = Callable[[Policy, Statement], Iterator[Issue]]
AboutCondition: TypeAlias = Callable[[Policy, Statement, Condition], Iterator[Issue]]

ALL: Final = frozenset(PolicyKind)
ORGANIZATION: Final = frozenset({PolicyKind.SCP, PolicyKind.RCP})
GRANTS: Final = frozenset({PolicyKind.IDENTITY, PolicyKind.SESSION})


@dataclass(frozen=True, slots=True)
class Check:
    """One row: the codes that `run` may report, and the kinds of policies it looks at."""

    codes: tuple[str, ...]
    kinds: frozenset[PolicyKind]
    run: AboutPolicy


CHECKS: Final[list[Check]] = []


def each_policy(*codes: str, kinds: Iterable[PolicyKind] = ALL) -> Callable[[AboutPolicy], AboutPolicy]:
    """Register a check of the policy as a whole."""

    def register(function: AboutPolicy) -> AboutPolicy:
        _add(codes, kinds, function)
        return function

    return register


def each_statement(*codes: str, kinds: Iterable[PolicyKind] = ALL) -> Callable[[AboutStatement], AboutStatement]:
    """Register a check of one statement."""

    def register(function: AboutStatement) -> AboutStatement:
        def run(policy: Policy) -> Iterator[Issue]:
            for statement in policy.statements:
                yield from function(policy, statement)

        _add(codes, kinds, run)
        return function

    return register


def each_condition(*codes: str, kinds: Iterable[PolicyKind] = ALL) -> Callable[[AboutCondition], AboutCondition]:
    """Register a check of one key under one operator."""

    def register(function: AboutCondition) -> AboutCondition:
        def run(policy: Policy) -> Iterator[Issue]:
            for statement in policy.statements:
                for condition in statement.conditions:
                    yield from function(policy, statement, condition)

        _add(codes, kinds, run)
        return function

    return register


def _add(codes: tuple[str, ...], kinds: Iterable[PolicyKind], run: AboutPolicy) -> None:
    unknown = [code for code in codes if code not in SEVERITIES]
    if unknown or not codes:
        raise LookupError(f"codes without a severity: {unknown}")
    CHECKS.append(Check(codes, frozenset(kinds), run))
