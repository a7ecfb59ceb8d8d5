"""AWS's AccessDenied sentences."""

from typing import Final

from policies.engine.decision import Decision, Outcome
from policies.engine.principals import Principal, PrincipalType
from policies.engine.request import Layer, Request

_NAMES: Final = {
    Layer.RCP: "a resource control policy",
    Layer.SCP: "a service control policy",
    Layer.RESOURCE: "a resource-based policy",
    Layer.TRUST: "the role trust policy",
    Layer.IDENTITY: "an identity-based policy",
    Layer.BOUNDARY: "a permissions boundary",
    Layer.SESSION: "a session policy",
}


def reason_text(decision: Decision, request: Request | None = None) -> str:
    """The sentence of an AccessDenied error; empty for an allowed request."""
    request = request or decision.request
    if decision.denied_by is None:
        return ""
    return (
        f"User: {shown(request.principal)} is not authorized to perform: {request.action} "
        f"on resource: {request.resource} {_because(decision, decision.denied_by, request.action)}"
    )


def shown(principal: Principal) -> str:
    """How a principal is named in an error."""
    if principal.type is PrincipalType.ANONYMOUS:
        return "anonymous"
    return principal.arn or principal.id


def _because(decision: Decision, layer: Layer, action: str) -> str:
    if decision.outcome is Outcome.IMPLICIT_DENY:
        _, _, name = _NAMES[layer].partition(" ")
        return f"because no {name} allows the {action} action"
    arn = next((found.source.arn for found in decision.statements if found.layer is layer and found.source.arn), None)
    # A resource-based policy has no ARN of its own to show.
    place = f": {arn}" if arn and layer not in (Layer.RESOURCE, Layer.TRUST) else ""
    return f"with an explicit deny in {_NAMES[layer]}{place}"
