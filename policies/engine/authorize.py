"""AWS's order of layers, from one request to one decision."""

from policies.engine.context import Context
from policies.engine.decision import Decision, Outcome
from policies.engine.errors import EngineFault
from policies.engine.layers import allows, bounded, granted, identity_lacks, limit, resource_is_needed, resource_layer
from policies.engine.principals import Grant
from policies.engine.request import Layer, Plan, Policies, Request


def authorize(request: Request, policies: Policies) -> Decision:
    """Decide a request. Raises EngineFault where the evaluation fails: the caller must deny."""
    try:
        return _decide(request, policies)
    except EngineFault:
        raise
    except Exception as fault:
        # Whatever went wrong in here must never become an answer other than no.
        raise EngineFault(f"evaluation failed: {fault!r}") from fault


def _decide(request: Request, policies: Policies) -> Decision:
    plan = policies.plan(request.action)
    context = Context.of(request.context)
    for layer, index in plan.denies:
        for rule in index.about(request.resource, context):
            if rule.holds(context) and rule.denies(bounded(request, policies)):
                return Decision(request, policies, Outcome.EXPLICIT_DENY, layer)
    for layer, level in plan.levels:
        if not allows(level, request, context):
            return Decision(request, policies, Outcome.IMPLICIT_DENY, layer)
    if resource_is_needed(request, policies):
        missing = _missing_with_resource(request, policies, plan, context)
    else:
        missing = _missing(request, plan, context)
    if missing is None:
        return Decision(request, policies, Outcome.ALLOW, None)
    return Decision(request, policies, Outcome.IMPLICIT_DENY, missing)


def _missing(request: Request, plan: Plan, context: Context) -> Layer | None:
    """The layer that lacks an Allow where either side may give it: identity policies or a resource policy."""
    missing = _own_side(request, plan, context)
    if missing is None or not plan.resource:
        return missing
    return _after_grant(granted(request, plan, context), missing, request, plan, context)


def _missing_with_resource(request: Request, policies: Policies, plan: Plan, context: Context) -> Layer | None:
    """The layer that lacks an Allow where the resource policy must give one."""
    grant = granted(request, plan, context)
    if not request.principal.has_identity_policies:
        return None if grant else resource_layer(policies)
    if request.crosses_accounts:
        # The other account's word never replaces the own account's; both must allow.
        return _own_side(request, plan, context) or (None if grant else resource_layer(policies))
    if not grant:
        return resource_layer(policies)
    return _after_grant(grant, _own_side(request, plan, context), request, plan, context)


def _own_side(request: Request, plan: Plan, context: Context) -> Layer | None:
    """What the policies of the principal's own account lack."""
    return Layer.IDENTITY if identity_lacks(request, plan, context) else limit(request, plan, context)


def _after_grant(grant: Grant, missing: Layer | None, request: Request, plan: Plan, context: Context) -> Layer | None:
    """What is still missing on the own side after an Allow of a resource policy in the same account."""
    if grant is Grant.DIRECT:
        return None
    return limit(request, plan, context) if grant is Grant.LIMITED else missing
