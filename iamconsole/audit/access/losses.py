"""What somebody used and would lose with a policy: decided by statements, since old requests' facts are gone. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from iamconsole.audit.access.usage import Used
from policies.engine import Bound, Context, Policies, matches
from policies.engine.rule import Rule

NO_FACTS = Context()


@dataclass(frozen=True, slots=True)
class Loss:
    """An action in use; not `sure` where a remaining statement allows it under conditions that may hold."""

    action: str
    resource: str
    last: datetime
    sure: bool


def losses(gone: Iterable[Bound], left: Policies, used: Iterable[Used]) -> Iterator[Loss]:
    """The uses that only these policies explain: one allows them and, without conditions, nothing that is left does."""
    gone = tuple(gone)
    for each in used:
        if each.allowed is None or not any(_allowing(bound, each) for bound in gone):
            continue
        remaining = [rule for bound in left.identity for rule in _allowing(bound, each)]
        if not any(not rule.tests and not _has_variables(rule) for rule in remaining):
            yield Loss(each.action, each.resource, each.allowed, sure=not remaining)


def _allowing(bound: Bound, used: Used) -> list[Rule]:
    """The Allow statements about a use, whatever their conditions; about any resource where it is not known."""
    if bound.compiled.slice(used.action).allows is None:
        return []
    named = [rule for rule in bound.compiled.rules if not rule.is_deny and _names(rule, used.action)]
    if not used.resource:
        return named
    return [rule for rule in named if _has_variables(rule) or rule.covers(used.resource, NO_FACTS)]


def _names(rule: Rule, action: str) -> bool:
    statement = rule.statement
    if statement.not_actions:
        return not any(matches(pattern, action, ignore_case=True) for pattern in statement.not_actions)
    return any(matches(pattern, action, ignore_case=True) for pattern in statement.actions)


def _has_variables(rule: Rule) -> bool:
    return any(pattern.tokens is None for pattern in (*rule.resources, *rule.not_resources))
