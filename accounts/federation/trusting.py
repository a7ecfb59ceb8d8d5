"""Which roles trust a user, a role, a registered service or an identity provider, and on which conditions."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Q

from accounts.federation.shapes import (
    ListTrustingRolesResult,
    TrustCondition,
    TrustingRole,
    TrustingStatement,
)
from accounts.roles.models import Role
from accounts.roles.resources import ROLES
from iamconsole.kernel.call import Call
from iamconsole.kernel.errors import InvalidInput
from iamconsole.kernel.operation import Access, Rest, operation
from iamconsole.kernel.services import service_principal
from iamconsole.kernel.shapes import Arn
from policies.engine import MalformedPolicy, PolicyKind, Statement, compiled

KINDS = {"user": "AWS", "role": "AWS", "oidc-provider": "Federated", "saml-provider": "Federated"}
"""How a trust policy names a principal of each kind."""


@operation(Access.LIST, on=ROLES, service="iamconsole", rest=Rest("GET", "/trusting-roles"), errors=(InvalidInput,))
def list_trusting_roles(call: Call, *, principal_arn: Arn) -> ListTrustingRolesResult:
    """List the roles of the account whose trust policy names a user, a role, a service or a provider by its ARN.

    A service is one that an account registered; trust policies have its name where this has its ARN.
    """
    word, principal = _named(principal_arn)
    # JSON has several spellings of a text; those with escapes are read, whatever they say.
    spelled = Q(trust_policy__contains=word) | Q(trust_policy__contains="\\u")
    rows = Role.objects.filter(spelled, account_id=call.account_id).order_by("name_key")
    found = ((role, list(_naming(role.trust_policy, principal))) for role in rows)
    return ListTrustingRolesResult(
        roles=[TrustingRole(role_name=role.name, arn=role.arn, statements=said) for role, said in found if said]
    )


def _named(arn: str) -> tuple[str, tuple[str, str]]:
    """A word that every trust policy with the principal has in it, and how one names the principal."""
    if (service := service_principal(arn)) is not None:
        return service.prefix, ("Service", service.name)
    kind = arn.split(":", 5)[-1].partition("/")[0]
    if kind not in KINDS:
        raise InvalidInput(
            f"ARN {arn} is not valid: write that of a user, a role, a registered service or an identity provider."
        )
    return kind, (KINDS[kind], arn)


def _naming(document: str, principal: tuple[str, str]) -> Iterator[TrustingStatement]:
    try:
        statements = compiled(document, PolicyKind.TRUST).document.statements
    except MalformedPolicy:
        return
    yield from (_shown(statement) for statement in statements if principal in statement.principals)


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
