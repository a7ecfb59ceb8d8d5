"""May this principal do this? The one place that asks the engine for operations; what it cannot decide is denied."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from iamconsole.audit.decisions.denial import Denial
from iamconsole.audit.history.recorder import recorder
from iamconsole.kernel.call import Call, PrincipalType
from iamconsole.kernel.errors import AccessDenied
from iamconsole.kernel.operation import Operation
from iamconsole.kernel.resources import Resource, ResourceType
from iamconsole.kernel.shapes import Shape
from iamconsole.runtime import context, principals, restrictions
from iamconsole.runtime.tracing import step
from policies import engine


@step("locate")
def locate(call: Call, types: Sequence[ResourceType], request: Shape) -> list[Resource]:
    """The resources that an input names, as they are stored."""
    found: list[Resource] = []
    for kind in types:
        located = kind.locate(call, request)
        found += [located] if isinstance(located, Resource) else located
    return found


@step("authorize")
def authorize(call: Call, operation: Operation, request: Shape, resources: Sequence[Resource]) -> None:
    """Demand the operation's action, and every action it implies, on every resource; each decision goes on record.

    AccessDenied carries the evidence; whoever puts it on record gives it the id under which it can be looked up.
    """
    for decision in _decisions(call, operation, request, resources):
        recorder.decided(decision, call.door)


def examine(call: Call, operation: Operation, request: Shape, resources: Sequence[Resource]) -> None:
    """What `authorize` would say, where nothing is done: the same AccessDenied, and no record."""
    for _ in _decisions(call, operation, request, resources):
        pass


def _decisions(
    call: Call, operation: Operation, request: Shape, resources: Sequence[Resource]
) -> Iterator[engine.Decision]:
    """Every decision in order; after one that denies comes its AccessDenied."""
    restrictions.demand(call.principal, operation)
    if operation.unrestricted:
        return
    policies = principals.policies_of(call.principal, operation.permission)
    caller = context.of_caller(call) | context.of_input(operation, request)
    principal = engine_principal(call)
    decisions: list[engine.Decision] = []
    for action, resource, facts in _demands(call, operation, request, resources, policies):
        decision = _decide(principal, action, resource, policies, caller | context.of_resource(resource) | facts)
        decisions.append(decision)
        yield decision
        if not decision.allowed:
            raise AccessDenied(
                engine.reason_text(decision),
                explicit=decision.outcome is engine.Outcome.EXPLICIT_DENY,
                evidence=Denial(tuple(decisions), shared=caller),
            )


def _demands(
    call: Call, operation: Operation, request: Shape, resources: Sequence[Resource], policies: engine.Policies
) -> Iterator[tuple[str, Resource, context.Context]]:
    for resource in resources:
        yield operation.permission, resource, {}
    found: dict[ResourceType, list[Resource]] = {}
    for implied in operation.implies:
        if implied.applies(call, request):
            if implied.on not in found:
                found[implied.on] = locate(call, (implied.on,), request)
            for resource in _telling(found[implied.on], policies, implied.action, call.principal.account_id):
                yield implied.action, resource, dict(implied.facts)


def _telling(
    resources: Sequence[Resource], policies: engine.Policies, action: str, account_id: str
) -> Sequence[Resource]:
    """Of an account's resources, one, where the answer is the same for all of them: there may be thousands."""
    own = all(resource.account_id == account_id and not resource.trust_policy for resource in resources)
    return resources[:1] if own and policies.plan(action).allows_everything else resources


def _decide(
    principal: engine.Principal, action: str, resource: Resource, policies: engine.Policies, facts: context.Context
) -> engine.Decision:
    request = engine.Request(
        principal=principal,
        action=action,
        resource=resource.arn,
        context=facts,
        resource_account=resource.account_id,
    )
    if resource.many:
        return engine.authorize_all(request, policies)
    return engine.authorize(request, _with_trust(policies, resource) if resource.trust_policy else policies)


def _with_trust(policies: engine.Policies, role: Resource) -> engine.Policies:
    """The caller's policies and the role's trust policy, which must allow whatever the others say."""
    trust = engine.compiled(role.trust_policy, engine.PolicyKind.TRUST)
    bound = engine.Bound(engine.Source(id=role.arn, type="resource", arn=role.arn), trust)
    return replace(policies, resource=(bound,), resource_must_allow=True)


def engine_principal(call: Call) -> engine.Principal:
    """The caller as the engine knows it."""
    principal = call.principal
    federated = principal.type is PrincipalType.FEDERATED_USER
    return engine.Principal(
        type=ENGINE_TYPES[principal.type],
        account=None if principal.vouched is not None else principal.account_id,
        arn=principal.arn,
        id=principal.user_id,
        unique_id=principal.unique_id,
        role_arn=principal.issuer_arn if principal.type is PrincipalType.ROLE_SESSION else None,
        issuer_arn=principal.issuer_arn if federated else None,
    )


ENGINE_TYPES = {
    PrincipalType.ROOT: engine.PrincipalType.ROOT,
    PrincipalType.USER: engine.PrincipalType.USER,
    PrincipalType.ROLE_SESSION: engine.PrincipalType.ROLE_SESSION,
    PrincipalType.FEDERATED_USER: engine.PrincipalType.FEDERATED_USER,
    PrincipalType.SERVICE: engine.PrincipalType.SERVICE,
    PrincipalType.WEB_IDENTITY: engine.PrincipalType.WEB_IDENTITY,
    PrincipalType.SAML: engine.PrincipalType.SAML,
    PrincipalType.ANONYMOUS: engine.PrincipalType.ANONYMOUS,
    # Identities of the account, each by its own policy.
    PrincipalType.OPERATOR: engine.PrincipalType.USER,
    PrincipalType.WORKER: engine.PrincipalType.USER,
}
