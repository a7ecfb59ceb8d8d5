"""What binds a principal: his policies from the projection, or those of the local operator."""

from __future__ import annotations

from iamconsole.kernel.call import Principal, PrincipalType
from iamconsole.replication.projection import policy_sets
from policies.engine import Bound, Policies, PolicyKind, Source, compiled

EVERYTHING = '{"Version":"2012-10-17","Statement":[{"Sid":"Operator","Effect":"Allow","Action":"*","Resource":"*"}]}'
OPERATORS = Policies(
    identity=(
        Bound(
            Source(id="operator", type="aws-managed", name="LocalOperator"), compiled(EVERYTHING, PolicyKind.IDENTITY)
        ),
    )
)


def policies_of(principal: Principal) -> Policies:
    """Everything that decides for this principal, fresh as of now."""
    if principal.type is PrincipalType.OPERATOR:
        return OPERATORS
    if principal.type is PrincipalType.USER:
        return policy_sets.of("user", principal.unique_id, principal.account_id).policies
    return Policies()
