"""What users can do in a word or two, for lists: a page of them with the same few queries. Pure but for `of_users`."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from accounts.deactivation import DENY_ALL
from iamconsole.audit.access import holdings
from policies import catalog
from policies.engine import Compiled, Condition, Effect, Policies, Statement

EVERYTHING: Final = "*"
HARMLESS: Final = frozenset({catalog.AccessLevel.LIST, catalog.AccessLevel.READ})
READING: Final = ("get", "list", "describe", "head", "batchget", "lookup", "search", "test", "verify", "view")
"""How actions that only read begin: for services that the catalogue does not know, and where it errs on caution."""


READING_SESSION: Final = Condition("StringEquals", "s3express:SessionMode", ("ReadOnly",))
"""Under this the one action of S3 Express that opens sessions is for reading."""


class Reach(StrEnum):
    """How far a user's policies let him go; conditions and single resources are not looked at."""

    NOTHING = "nothing"
    DEACTIVATED = "deactivated"  # denied everything by AWSDenyAll of its own
    DENIED = "denied"  # whatever else is allowed
    SERVICES = "services"
    READ_ONLY = "read-only"
    ADMINISTRATOR = "administrator"


@dataclass(frozen=True, slots=True)
class Summary:
    """How far, in which services (`*` for those that no policy names one by one), and whether something limits it.

    `limited`: there is a boundary or a Deny, some with conditions, that this summary does not work out.
    """

    reach: Reach
    services: frozenset[str] = frozenset()
    limited: bool = False


@dataclass(frozen=True, slots=True)
class _Said:
    """What one document says: services allowed and, whatever the resource, denied; `writes` in any of the allowed."""

    allowed: frozenset[str]
    denied: frozenset[str]
    writes: bool
    everything: bool
    denies: bool


def of_users(account_id: str, ids: Collection[str]) -> dict[str, Summary]:
    """By unique id; who is not in the projection is left out. At most four queries."""
    return {held.holder.id: _of_user(held) for held in holdings.of(account_id, "user", ids)}


def _of_user(held: holdings.Holding) -> Summary:
    own = (each.bound.source.arn for each in held.granted if each.holder == held.holder)
    return Summary(Reach.DEACTIVATED) if DENY_ALL in own else summary(held.policies)


def summary(policies: Policies) -> Summary:
    """What policies amount to."""
    said = [_said(bound.compiled) for bound in policies.identity]
    bound = _said(policies.boundary.compiled) if policies.boundary else None
    denied = frozenset[str]().union(*(each.denied for each in (*said, bound) if each))
    if EVERYTHING in denied:
        return Summary(Reach.DENIED)
    services = _within(frozenset[str]().union(*(each.allowed for each in said)), bound) - denied
    if not services:
        return Summary(Reach.NOTHING)
    limited = any(each.denies for each in (*said, bound) if each)
    everything = any(each.everything for each in said)
    if everything and (bound is None or bound.everything):
        return Summary(Reach.ADMINISTRATOR, services, limited)
    writes = any(each.writes for each in said) and (bound is None or bound.writes)
    return Summary(Reach.SERVICES if writes else Reach.READ_ONLY, services, limited or bound is not None)


def _within(services: frozenset[str], bound: _Said | None) -> frozenset[str]:
    """The services that a boundary lets through."""
    if bound is None or EVERYTHING in bound.allowed:
        return services
    return bound.allowed if EVERYTHING in services else services & bound.allowed


@catalog.cached(4_096)
def _said(policy: Compiled) -> _Said:
    allows = [each for each in policy.document.statements if each.effect is Effect.ALLOW]
    denies = [each for each in policy.document.statements if each.effect is Effect.DENY]
    return _Said(
        allowed=frozenset(_services(allows)),
        denied=frozenset(prefix for each in denies if _is_blunt(each) for prefix in _whole(each.actions)),
        writes=any(_writes(each) for each in allows),
        everything=any(_is_blunt(each) and EVERYTHING in _whole(each.actions) for each in allows),
        denies=bool(denies),
    )


def _is_blunt(statement: Statement) -> bool:
    """Whether it holds for every resource, always."""
    return statement.resources == (EVERYTHING,) and not statement.conditions


def _services(statements: Iterable[Statement]) -> Iterator[str]:
    for statement in statements:
        if statement.not_actions:
            yield EVERYTHING
        for pattern in statement.actions:
            prefix = pattern.partition(":")[0].lower()
            yield EVERYTHING if set("*?") & set(prefix) else prefix


def _whole(patterns: Iterable[str]) -> Iterator[str]:
    """The services that patterns name with all their actions."""
    for pattern in patterns:
        prefix, _, short = (EVERYTHING, "", EVERYTHING) if pattern == EVERYTHING else pattern.lower().partition(":")
        if short == EVERYTHING:
            yield prefix


def _writes(statement: Statement) -> bool:
    if READING_SESSION in statement.conditions:
        return False
    return bool(statement.not_actions) or any(_may_write(pattern) for pattern in statement.actions)


@catalog.cached(16_384)
def _may_write(pattern: str) -> bool:
    """Whether a pattern names an action that does more than list and read."""
    prefix, _, short = pattern.lower().rpartition(":")
    if short == EVERYTHING:
        return True
    if short.startswith(READING):
        return False
    if set("*?") & set(prefix) or catalog.service(prefix) is not None:
        return any(action.access_level not in HARMLESS for action in catalog.actions_matching(pattern))
    return True
