"""Simulated decisions with everything that a kept denial tells: checks, near misses, tried fixes, policies."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice

from iamconsole.audit.access import shapes
from iamconsole.audit.decisions import answers
from iamconsole.audit.decisions.denial import Denial
from iamconsole.audit.decisions.explanation import bounds, explained, uri_of
from iamconsole.audit.decisions.shapes import DenialPolicy
from iamconsole.kernel.errors import InvalidInput
from policies import catalog
from policies.engine import Decision, Outcome
from policies.simulator import Simulation

MOST_ACTIONS = 300
"""Actions that wildcards may stand for in one question."""
VERDICTS = {
    Outcome.ALLOW: "allowed",
    Outcome.EXPLICIT_DENY: "explicitDeny",
    Outcome.IMPLICIT_DENY: "implicitDeny",
}


class Traces:
    """The traces of some questions, and the policies that any of them asked."""

    def __init__(self, simulation: Simulation, holders: Mapping[str, str]) -> None:
        """`holders` are the ARNs of those who have inline policies, by URI of the policy."""
        self._simulation, self._holders = simulation, holders
        self._policies: dict[tuple[str, str], DenialPolicy] = {}

    def of(self, action: str, resource: str) -> shapes.AccessTrace:
        """What is decided about one action on one resource, and why. Raises EngineFault."""
        decision = self._simulation.decision(action, resource)
        body = explained(Denial((decision,), shared={}))
        (evaluation,) = body["evaluations"]
        for policy in answers.policies(body, _texts(decision), self._holders):
            self._policies.setdefault((policy.type, policy.uri), policy)
        return shapes.AccessTrace(
            action=action,
            resource=resource,
            decision=VERDICTS[decision.outcome],
            checks=answers.checks(evaluation),
            near_misses=answers.near_misses(evaluation),
            fixes=answers.fixes(body),
            missing_context_values=self._simulation.missing(decision),
        )

    @property
    def policies(self) -> list[DenialPolicy]:
        """Every policy that was asked so far."""
        return list(self._policies.values())


def actions_named(patterns: Sequence[str], services: Sequence[catalog.Service]) -> list[str]:
    """The actions that names and wildcards stand for, in their order. InvalidInput for a wildcard without any."""
    with catalog.extended(services):
        named = [action for pattern in patterns for action in _named(pattern)]
    found = list(dict.fromkeys(named))
    if len(found) > MOST_ACTIONS:
        raise InvalidInput(f"ActionNames: the names stand for more than {MOST_ACTIONS} actions; ask for fewer at once.")
    return found


def _named(pattern: str) -> Iterator[str]:
    if "*" not in pattern and "?" not in pattern:
        yield pattern
        return
    matching = [action.full_name for action in islice(catalog.actions_matching(pattern), MOST_ACTIONS + 1)]
    if not matching:
        raise InvalidInput(f"ActionNames: no action that is known matches {pattern}.")
    yield from matching


def _texts(decision: Decision) -> dict[str, str]:
    return {uri_of(bound.source): bound.compiled.document.text for _, bound in bounds(decision)}
