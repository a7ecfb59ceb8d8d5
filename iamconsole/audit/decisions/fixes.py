"""What would turn a denial into an allow, the least first: other circumstances, then the smallest change of policies.

Each fix was tried on the engine before it is offered; for a denial that nothing here can mend there is none.
"""

from __future__ import annotations

from dataclasses import dataclass

from iamconsole.audit.decisions import amending
from iamconsole.audit.decisions.amending import Step
from iamconsole.audit.decisions.circumstances import Circumstance, circumstances
from iamconsole.audit.decisions.denial import is_foreign
from policies.engine import Decision, EngineFault, Layer, MalformedPolicy, Outcome, authorize
from policies.engine.layers import resource_layer

MOST_STEPS = 16
"""Rounds of asking what is missing; each layer needs one."""
MOST_CIRCUMSTANCES = 8


@dataclass(frozen=True, slots=True)
class Fix:
    """A way out: a changed circumstance, or steps of which every one is needed."""

    text: str
    circumstance: Circumstance | None = None
    steps: tuple[Step, ...] = ()


def fixes(decision: Decision) -> tuple[Fix, ...]:
    """The ways out of a denial, ranked."""
    if decision.allowed:
        return ()
    try:
        found = [Fix(_sentence(each.text), circumstance=each) for each in circumstances(decision)[:MOST_CIRCUMSTANCES]]
        steps = _steps(decision)
    except (EngineFault, MalformedPolicy):
        return ()
    if steps:
        found.append(Fix(" ".join(text_of(step, decision) for step in steps), steps=steps))
    return tuple(found)


def _steps(decision: Decision) -> tuple[Step, ...]:
    """Changes that together are enough: whatever the engine names next is mended until it names nothing."""
    steps: list[Step] = []
    of_resource = resource_layer(decision.policies)
    for _ in range(MOST_STEPS):
        if decision.allowed:
            return tuple(steps)
        if decision.outcome is Outcome.EXPLICIT_DENY:
            more, policies = amending.without_denies(decision)
        else:
            more, policies = amending.with_allow(decision, of_resource=of_resource)
        steps += more
        decision = authorize(decision.request, policies)
    return ()


PLACES = {
    Layer.RCP: "a resource control policy",
    Layer.SCP: "a service control policy",
    Layer.RESOURCE: "the resource-based policy of {resource}",
    Layer.TRUST: "the trust policy of {resource}",
    Layer.IDENTITY: "a policy of {principal}",
    Layer.BOUNDARY: "the permissions boundary of {principal}",
    Layer.SESSION: "the session policy of {principal}",
}


def text_of(step: Step, decision: Decision) -> str:
    """What is to be done, as a sentence."""
    request = decision.request
    principal = request.principal
    if is_foreign(request, step.layer):
        owner = f"account {request.resource_account}, which owns {request.resource}"
        return (
            f"A policy of {owner}, denies this." if step.deny else f"Ask {owner}, to add the statement to its policy."
        )
    place = PLACES[step.layer].format(resource=request.resource, principal=principal.arn or principal.id)
    name = f" `{step.source.arn or step.source.name or step.source.id}`" if step.source else ""
    if step.deny is None:
        return f"Add the statement to {place}{name}."
    sid = f"`{step.deny.sid}`" if step.deny.sid else f"number {step.deny.index + 1}"
    text = f"Statement {sid} of {place}{name} denies this, and no Allow outweighs it: it must leave the request out."
    if step.deny.conditions:
        conditions = " and ".join(f"{each.operator} {each.key}" for each in step.deny.conditions)
        text += f" It applies only while its conditions hold: {conditions}."
    return text


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}: no policy has to change."
