"""One decision about all resources whose ARNs begin alike, those that are yet to come among them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from policies.engine.authorize import authorize
from policies.engine.conditions import Null, Test
from policies.engine.context import Context
from policies.engine.decision import Decision, Outcome
from policies.engine.index import ResourceIndex
from policies.engine.layers import bounded
from policies.engine.principals import PrincipalType
from policies.engine.request import Layer, Plan, Policies, Request
from policies.engine.rule import ResourcePattern, Rule
from policies.engine.variables import bind
from policies.engine.wildcard import MANY, Tokens, matcher

_OF_ONE: Final = "resourcetag/"
"""Of the keys about a resource, those that its account does not share."""


def authorize_all(request: Request, policies: Policies) -> Decision:
    """Decide for every resource that begins like `request.resource`, which ends in `*`: allowed if each of them is.

    Of one that is not there yet neither the rest of its ARN nor its tags are known. So a Deny counts that might mean
    one of them, and an Allow only if it means them all.
    """
    decision = authorize(request, policies)
    if not decision.allowed:
        return decision
    plan, context, stem = policies.plan(request.action), Context.of(request.context), request.resource.removesuffix("*")
    principal = bounded(request, policies)
    for layer, index in plan.denies:
        if any(_may_mean_one(rule, stem, context) and rule.denies(principal) for rule in index.rules):
            return Decision(request, policies, Outcome.EXPLICIT_DENY, layer)
    for layer, indexes in _needed(request, plan):
        if not any(_means_all(rule, stem, context) for index in indexes for rule in index.rules):
            return Decision(request, policies, Outcome.IMPLICIT_DENY, layer)
    return decision


def _needed(request: Request, plan: Plan) -> Iterator[tuple[Layer, Iterable[ResourceIndex]]]:
    yield from plan.levels
    if request.principal.type is not PrincipalType.ROOT:
        yield Layer.IDENTITY, plan.identity
    if plan.boundary is not None:
        yield Layer.BOUNDARY, plan.boundary
    if plan.session is not None:
        yield Layer.SESSION, plan.session


def _may_mean_one(rule: Rule, stem: str, context: Context) -> bool:
    if not all(_tells_apart(test) or test.holds(context) for test in rule.tests):
        return False
    if rule.not_resources:
        return not any(_covers(pattern, stem, context) for pattern in rule.not_resources)
    return any(_meets(pattern, stem, context) for pattern in rule.resources)


def _means_all(rule: Rule, stem: str, context: Context) -> bool:
    if any(_tells_apart(test) or not test.holds(context) for test in rule.tests):
        return False
    if rule.not_resources:
        return not any(_meets(pattern, stem, context) for pattern in rule.not_resources)
    return any(_covers(pattern, stem, context) for pattern in rule.resources)


def _tells_apart(test: Test | Null) -> bool:
    """Whether a condition asks what only a single resource can answer, in its key or by a variable."""
    return any(_OF_ONE in text.lower() for text in (test.key, *test.condition.values))


def _covers(pattern: ResourcePattern, stem: str, context: Context) -> bool:
    """Whether a pattern matches every text that begins with `stem`."""
    tokens = bind(pattern.parts, context)
    return tokens is not None and tokens[-1:] == (MANY,) and matcher(tokens)(stem)


def _meets(pattern: ResourcePattern, stem: str, context: Context) -> bool:
    """Whether a pattern matches some text that begins with `stem`; what a variable without value stands for, may."""
    tokens = bind(pattern.parts, context)
    return tokens is None or any(matcher(begun)(stem) for begun in _beginnings(tokens, stem))


def _beginnings(tokens: Tokens, stem: str) -> Iterator[Tokens]:
    """Where a pattern may be when `stem` has been read: at or after a wildcard, or within a literal."""
    for place, token in enumerate(tokens):
        if isinstance(token, str):
            yield from ((*tokens[:place], token[:n]) for n in range(1, len(token) + 1) if stem.endswith(token[:n]))
        else:
            yield tokens[: place + 1]
