"""What binds a principal: his policies from the projection, or those of the local operator."""

from __future__ import annotations

from typing import Final

from iamconsole.kernel.call import Principal, PrincipalType
from iamconsole.replication.projection import policy_sets, session_policies
from policies.engine import Bound, Policies, PolicyKind, Source, compiled

EVERYTHING = '{"Version":"2012-10-17","Statement":[{"Sid":"Operator","Effect":"Allow","Action":"*","Resource":"*"}]}'
OPERATORS = Policies(
    identity=(
        Bound(
            Source(id="operator", type="aws-managed", name="LocalOperator"), compiled(EVERYTHING, PolicyKind.IDENTITY)
        ),
    )
)
HELD: Final = {
    PrincipalType.USER: "user",
    PrincipalType.FEDERATED_USER: "user",
    PrincipalType.ROLE_SESSION: "role",
}


def policies_of(principal: Principal) -> Policies:
    """Everything that decides for this principal, fresh as of now."""
    if principal.type is PrincipalType.OPERATOR:
        return OPERATORS
    kind = HELD.get(principal.type)
    if kind is None:
        return Policies()
    held = policy_sets.of(kind, principal.unique_id, principal.account_id)
    return session_policies.over(held, principal.temporary) if principal.temporary else held.policies
