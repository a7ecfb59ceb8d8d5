"""The same question under two sets of policies."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from policies.engine import Bound, Compiled, EngineFault, Policies, Principal, Request, authorize
from policies.engine.context import Context, Given
from policies.previews.questions import Question


class Effect(StrEnum):
    """What a change does to somebody."""

    LOSES = "Loses"
    GAINS = "Gains"


@dataclass(frozen=True, slots=True)
class Change:
    """A question that is answered otherwise than before."""

    effect: Effect
    question: Question


def exchanged(policies: Policies, source_id: str, identity: Bound | None, boundary: Bound | None) -> Policies:
    """The policies with others in the place of those of one source; None leaves out what grants.

    A boundary is never left out: it stays as `boundary` says.
    """
    granting = tuple(identity if bound.source.id == source_id else bound for bound in policies.identity)
    limiting = policies.boundary
    if limiting is not None and limiting.source.id == source_id:
        limiting = boundary
    return replace(policies, identity=tuple(bound for bound in granting if bound is not None), boundary=limiting)


def speaks_of(policy: Compiled | None, action: str) -> bool:
    """Whether a policy has any statement about an action."""
    if policy is None:
        return False
    found = policy.slice(action)
    return found.allows is not None or found.denies is not None


def differences(
    principal: Principal,
    facts: Mapping[str, Given],
    questions: Iterable[tuple[Question, tuple[Bound, ...]]],
    *,
    before: Policies,
    after: Policies,
) -> Iterator[Change]:
    """The questions that are answered differently `after`; each comes with the policies of its resource.

    `facts` are what is known of every request of the principal. What cannot be decided is denied, as it would be.
    """
    for question, resource in questions:
        request = _request(principal, facts, question)
        was, is_now = (_decided(request, policies, resource) for policies in (before, after))
        if was is not is_now:
            yield Change(Effect.LOSES if was else Effect.GAINS, question)


def allowed(principal: Principal, facts: Mapping[str, Given], question: Question, policies: Policies) -> bool:
    """The answer to one question; what cannot be decided is denied."""
    return _decided(_request(principal, facts, question), policies, ())


def _request(principal: Principal, facts: Mapping[str, Given], question: Question) -> Request:
    context = Context(_together(facts, dict(question.circumstances)))
    return Request(principal, question.action, question.resource, context)


def _decided(request: Request, policies: Policies, resource: tuple[Bound, ...]) -> bool:
    try:
        return authorize(request, replace(policies, resource=resource) if resource else policies).allowed
    except EngineFault:
        return False


def _together(facts: Mapping[str, Given], circumstances: dict[str, Given]) -> Mapping[str, Given]:
    """Both; a circumstance wins, as it is that of a request that was."""
    if not circumstances:
        return facts
    told = {key.lower() for key in circumstances}
    return {key: value for key, value in facts.items() if key.lower() not in told} | circumstances
