"""What statements let a principal do, by service: access levels, and what a boundary or a deny takes back. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from iamconsole.audit.access.holdings import Granted, Holding
from policies import catalog
from policies.engine import Bound, Context, Effect, Policies, Statement, matches

EVERYTHING: Final = "*"
LEVELS: Final = tuple(catalog.AccessLevel)
NO_FACTS: Final = Context()


@dataclass(frozen=True, slots=True)
class Grant:
    """What one statement says about one service, or about every service (`*`).

    `actions` are its patterns for that service; `all_but` those of a NotAction. `levels` are what they amount to,
    `is_full` whether they name every action of the service. Of the `known` actions that they name, `withheld` are of
    no use: the boundary does not allow them, or an unconditional Deny takes them back.
    """

    granted: Granted
    statement: Statement
    service: str
    service_name: str
    actions: tuple[str, ...]
    all_but: tuple[str, ...] = ()
    levels: tuple[catalog.AccessLevel, ...] = ()
    is_full: bool = False
    known: int = 0
    withheld: int = 0

    @property
    def is_deny(self) -> bool:
        return self.statement.effect is Effect.DENY

    def names(self, action: str) -> bool:
        """Whether the statement is about an action, in any case."""
        if self.all_but:
            return not any(matches(pattern, action, ignore_case=True) for pattern in self.all_but)
        return any(matches(pattern, action, ignore_case=True) for pattern in self.actions)


def grants(holding: Holding) -> tuple[Grant, ...]:
    """Every statement of a holding, once for each service that it names, in the order of policies and statements.

    The catalogue must be extended with the services of the account.
    """
    return tuple(
        grant
        for granted in holding.granted
        for statement in granted.bound.compiled.document.statements
        for grant in _of_statement(granted, statement, holding.policies)
    )


def _of_statement(granted: Granted, statement: Statement, policies: Policies) -> Iterator[Grant]:
    if statement.not_actions:
        yield Grant(granted, statement, EVERYTHING, "", (), all_but=statement.not_actions, is_full=True)
        return
    for service, patterns in _by_service(statement.actions).items():
        if service == EVERYTHING:
            yield Grant(granted, statement, EVERYTHING, "", patterns, is_full=EVERYTHING in patterns)
        else:
            yield _of_service(granted, statement, service, patterns, policies)


def _by_service(patterns: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Patterns by the service that they name; those that cross services under `*`."""
    found: dict[str, list[str]] = {}
    for pattern in patterns:
        prefix = pattern.partition(":")[0].lower()
        found.setdefault(EVERYTHING if set("*?") & set(prefix) else prefix, []).append(pattern)
    return {service: tuple(some) for service, some in found.items()}


def _of_service(
    granted: Granted, statement: Statement, prefix: str, patterns: tuple[str, ...], policies: Policies
) -> Grant:
    service = catalog.service(prefix)
    named = {action.full_name: action for pattern in patterns for action in catalog.actions_matching(pattern)}
    levels = {action.access_level for action in named.values()}
    allowing = statement.effect is Effect.ALLOW
    return Grant(
        granted,
        statement,
        prefix,
        service.name if service else "",
        patterns,
        levels=tuple(level for level in LEVELS if level in levels),
        is_full=bool(service) and len(named) == len(service.actions) if service else f"{prefix}:*" in patterns,
        known=len(named),
        withheld=sum(is_withheld(policies, action) for action in named) if allowing else 0,
    )


def is_withheld(policies: Policies, action: str) -> bool:
    """Whether the boundary never allows an action, or a Deny without conditions on every resource takes it back."""
    boundary = policies.boundary
    if boundary is not None and boundary.compiled.slice(action).allows is None:
        return True
    return any(_forbids(bound, action) for bound in _bounds(policies))


def _forbids(bound: Bound, action: str) -> bool:
    denies = bound.compiled.slice(action).denies
    if denies is None:
        return False
    return any(not rule.tests and rule.statement.resources == (EVERYTHING,) for rule in denies.about("*", NO_FACTS))


def _bounds(policies: Policies) -> Iterable[Bound]:
    return (*policies.identity, policies.boundary) if policies.boundary else policies.identity
