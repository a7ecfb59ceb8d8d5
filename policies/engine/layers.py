"""What each layer of policies says to a request: which of them lack an Allow."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from policies.engine.context import Context
from policies.engine.document import PolicyKind
from policies.engine.index import ResourceIndex
from policies.engine.principals import Grant, Principal, PrincipalType
from policies.engine.request import Layer, Plan, Policies, Request


def allows(indexes: Iterable[ResourceIndex], request: Request, context: Context) -> bool:
    """Whether any statement allows."""
    for index in indexes:
        for rule in index.about(request.resource, context):
            if rule.holds(context):
                return True
    return False


def granted(request: Request, plan: Plan, context: Context) -> Grant:
    """The strongest Allow of the resource policies."""
    strongest = Grant.NONE
    for index in plan.resource:
        for rule in index.about(request.resource, context):
            if rule.holds(context):
                strongest = max(strongest, rule.grant(request.principal))
    return strongest


def identity_lacks(request: Request, plan: Plan, context: Context) -> bool:
    """Whether an Allow of an identity policy is missing; the root user needs none."""
    return request.principal.type is not PrincipalType.ROOT and not allows(plan.identity, request, context)


def limit(request: Request, plan: Plan, context: Context) -> Layer | None:
    """The first of boundary and session policy that does not allow; None if neither limits the request."""
    if plan.boundary is not None and not allows(plan.boundary, request, context):
        return Layer.BOUNDARY
    return Layer.SESSION if session_lacks(request, plan, context) else None


def session_lacks(request: Request, plan: Plan, context: Context) -> bool:
    """Whether a session policy does not allow; a federated user session without one can do nothing."""
    if plan.session is None:
        return request.principal.type is PrincipalType.FEDERATED_USER
    return not allows(plan.session, request, context)


def bounded(request: Request, policies: Policies) -> Principal:
    """The principal, marked as having a boundary where the policies hold one."""
    principal = request.principal
    if policies.boundary is None or principal.has_boundary:
        return principal
    return replace(principal, has_boundary=True)


def resource_layer(policies: Policies) -> Layer:
    """What the resource policies of a decision are called."""
    trusts = any(bound.compiled.kind is PolicyKind.TRUST for bound in policies.resource)
    return Layer.TRUST if trusts else Layer.RESOURCE


def resource_is_needed(request: Request, policies: Policies) -> bool:
    """Whether only a resource policy can allow: trust and key policies, other accounts, callers without policies."""
    return policies.resource_must_allow or request.crosses_accounts or not request.principal.has_identity_policies


def lacking(request: Request, policies: Policies) -> Iterator[Layer]:
    """Every layer that lacks an Allow which the request would have needed."""
    plan, context = policies.plan(request.action), Context.of(request.context)
    yield from (layer for layer, level in plan.levels if not allows(level, request, context))
    if resource_is_needed(request, policies) and not granted(request, plan, context):
        yield resource_layer(policies)
    if request.principal.has_identity_policies:
        if identity_lacks(request, plan, context):
            yield Layer.IDENTITY
        if plan.boundary is not None and not allows(plan.boundary, request, context):
            yield Layer.BOUNDARY
        if session_lacks(request, plan, context):
            yield Layer.SESSION
