"""What a role's trust policy says of a verified identity, statement by statement."""

from __future__ import annotations

from accounts.federation.saml import SamlAssertion
from accounts.federation.shapes import TrustStatement, TrustVerdict, UnmetCondition
from accounts.federation.web_identity import WebIdentity
from accounts.roles.models import Role
from policies import engine
from policies.engine.rule import Rule

DECISIONS = {
    engine.Outcome.ALLOW: "allowed",
    engine.Outcome.EXPLICIT_DENY: "explicitDeny",
    engine.Outcome.IMPLICIT_DENY: "implicitDeny",
}


def request_of(identity: WebIdentity | SamlAssertion, role: Role) -> engine.Request:
    """The question to the engine: may this identity assume the role?"""
    if isinstance(identity, SamlAssertion):
        principal = engine.Principal(engine.PrincipalType.SAML, None, identity.provider_arn, "")
        action, keys = "sts:AssumeRoleWithSAML", {"sts:RoleSessionName": identity.role_session_name}
    else:
        principal = engine.Principal(
            engine.PrincipalType.WEB_IDENTITY, None, identity.provider_arn, identity.provider_name
        )
        action, keys = "sts:AssumeRoleWithWebIdentity", {}
    return engine.Request(
        principal=principal,
        action=action,
        resource=role.arn,
        context={**identity.condition_keys, **keys},
        resource_account=role.account_id,
    )


def verdict(identity: WebIdentity | SamlAssertion, role: Role) -> TrustVerdict:
    """The decision of the role's trust policy, and what each of its statements contributed."""
    trusting = engine.compiled(role.trust_policy, engine.PolicyKind.TRUST)
    bound = engine.Bound(engine.Source(role.unique_id, "resource", arn=role.arn), trusting)
    request = request_of(identity, role)
    decision = engine.authorize(request, engine.Policies(resource=(bound,), resource_must_allow=True))
    context = engine.Context.of(request.context)
    about = trusting.about(request.action, role.arn, context)
    return TrustVerdict(
        role_arn=role.arn,
        decision=DECISIONS[decision.outcome],
        statements=[_statement(rule, request.principal, context, rule in about) for rule in trusting.rules],
    )


def _statement(rule: Rule, principal: engine.Principal, context: engine.Context, is_about: bool) -> TrustStatement:
    failing = rule.failing(context)
    if not is_about:
        result = "OtherAction"
    elif not rule.means(principal):
        result = "OtherPrincipal"
    else:
        result = "ConditionNotMet" if failing else "Matched"
    return TrustStatement(
        index=rule.statement.index,
        sid=rule.statement.sid or None,
        effect=str(rule.statement.effect),
        result=result,
        unmet_conditions=[
            UnmetCondition(
                operator=test.condition.operator,
                key=test.condition.key,
                wanted=list(test.condition.values),
                found=listed(context.find(test.key)),
            )
            for test in failing
        ],
    )


def listed(value: str | tuple[str, ...] | None) -> list[str]:
    """The values of a condition key, none for one that is absent."""
    return [] if value is None else [value] if isinstance(value, str) else list(value)
