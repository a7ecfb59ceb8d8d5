"""Which services a policy opens at all: what it names in its Allow statements, whatever resources and conditions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from collections.abc import Set as AbstractSet

from policies import catalog
from policies.engine import Compiled, Effect, Statement


def services(policies: Iterable[Compiled]) -> list[str]:
    """The prefixes of the services in which some action is allowed, in alphabetical order."""
    known = {prefix.lower() for prefix in catalog.services()}
    found: set[str] = set()
    for policy in policies:
        for statement in _allowing(policy):
            found.update(_opened(statement, known))
    return sorted(found)


def grants(policy: Compiled, service: str) -> bool:
    """Whether a policy allows any action of a service."""
    return any(set(_opened(statement, {service.lower()})) for statement in _allowing(policy))


def actions(policies: Iterable[Compiled], service: str) -> list[str]:
    """The actions of a service that some policy allows, as policies write them: `s3:GetObject`."""
    policies, found = list(policies), catalog.service(service)
    every = [action.full_name for action in found.actions.values()] if found else []
    return sorted(name for name in every if any(policy.slice(name).allows for policy in policies))


def name_of(service: str) -> str:
    """What AWS calls a service: `Amazon S3` of `s3`."""
    found = catalog.service(service)
    return found.name if found else service


def _allowing(policy: Compiled) -> Iterator[Statement]:
    return (statement for statement in policy.document.statements if statement.effect is Effect.ALLOW)


def _opened(statement: Statement, known: AbstractSet[str]) -> Iterator[str]:
    for pattern in statement.actions:
        prefix = pattern.lower().partition(":")[0]  # a whole prefix, or the lone `*`: the grammar has no other
        yield from known if prefix == "*" else known & {prefix}
    if statement.not_actions:
        closed = {pattern.lower() for pattern in statement.not_actions}
        if "*" not in closed:
            yield from (service for service in known if f"{service}:*" not in closed)
