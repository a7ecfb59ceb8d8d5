"""Which roles trust an identity provider, and what they demand of whoever comes through it."""

from __future__ import annotations

from collections.abc import Iterator

from accounts.federation.shapes import (
    ListRolesTrustingProviderResult,
    TrustCondition,
    TrustingRole,
    TrustingStatement,
)
from accounts.roles.models import Role
from accounts.roles.resources import ROLES
from iamconsole.kernel.call import Call
from iamconsole.kernel.errors import InvalidInput
from iamconsole.kernel.operation import Access, Rest, operation
from iamconsole.kernel.shapes import Arn
from policies.engine import MalformedPolicy, PolicyKind, Statement, compiled

KINDS = ("oidc-provider", "saml-provider")


@operation(
    Access.LIST,
    on=ROLES,
    service="iamconsole",
    rest=Rest("GET", "/identity-provider/roles"),
    errors=(InvalidInput,),
)
def list_roles_trusting_provider(call: Call, *, provider_arn: Arn) -> ListRolesTrustingProviderResult:
    """List the roles whose trust policy names an OpenID Connect or SAML provider, and under which conditions."""
    kind = provider_arn.split(":", 5)[-1].partition("/")[0]
    if kind not in KINDS:
        raise InvalidInput(f"ARN {provider_arn} is not valid: write that of an OpenID Connect or SAML provider.")
    # JSON has several spellings of a slash, so the text is only searched for the kind and then read.
    rows = Role.objects.filter(account_id=call.account_id, trust_policy__contains=kind).order_by("name_key")
    found = ((role, list(_naming(role.trust_policy, provider_arn))) for role in rows)
    return ListRolesTrustingProviderResult(
        roles=[TrustingRole(role_name=role.name, arn=role.arn, statements=said) for role, said in found if said]
    )


def _naming(document: str, provider_arn: str) -> Iterator[TrustingStatement]:
    try:
        statements = compiled(document, PolicyKind.TRUST).document.statements
    except MalformedPolicy:
        return
    for statement in statements:
        if ("Federated", provider_arn) in statement.principals:
            yield _shown(statement)


def _shown(statement: Statement) -> TrustingStatement:
    return TrustingStatement(
        index=statement.index,
        sid=statement.sid or None,
        effect=str(statement.effect),
        actions=list(statement.actions),
        conditions=[
            TrustCondition(operator=each.operator, key=each.key, values=list(each.values))
            for each in statement.conditions
        ],
    )
