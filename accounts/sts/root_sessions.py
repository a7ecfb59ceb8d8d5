"""Centralized root access: management accounts acting as the root users of their members.

Accounts of this installation are members of no organization, which is what AWS answers to an account of its own that is
in none; so no root session is ever issued.
"""

from __future__ import annotations

from accounts.sts.resources import ROOT_USER
from accounts.sts.shapes import (
    AssumeRootResult,
    GetDelegatedAccessTokenResult,
    MinimumSessionTokenSize,
    OrganizationsFeaturesResult,
    PolicyDescriptor,
    RootDuration,
    TargetPrincipal,
    TradeInToken,
)
from iamconsole.kernel.call import Call, PrincipalType
from iamconsole.kernel.errors import AccessDenied, ExpiredTradeInToken, OrganizationNotFound
from iamconsole.kernel.operation import Access, Rest, operation
from iamconsole.kernel.resources import ANYTHING

NOT_ENABLED = "Centralized root access is not enabled: account {} is not the management account of an organization."


@operation(
    Access.WRITE,
    on=ROOT_USER,
    service="sts",
    rest=Rest("POST", "/sts/assume-root"),
)
def assume_root(
    call: Call,
    *,
    target_principal: TargetPrincipal,
    task_policy_arn: PolicyDescriptor,
    duration_seconds: RootDuration = 900,
    minimum_session_token_size: MinimumSessionTokenSize = 0,
) -> AssumeRootResult:
    """Act as the root user of a member account; refused, since there are no organizations here."""
    if call.principal.type is PrincipalType.ROOT:
        raise AccessDenied("Root user credentials cannot be used to call AssumeRoot.")
    raise AccessDenied(NOT_ENABLED.format(call.account_id))


@operation(
    Access.WRITE,
    on=ANYTHING,
    service="sts",
    rest=Rest("POST", "/sts/delegated-access-token"),
    errors=(ExpiredTradeInToken,),
)
def get_delegated_access_token(call: Call, *, trade_in_token: TradeInToken) -> GetDelegatedAccessTokenResult:
    """Trade in a token of a delegation request; none is issued here, so each is answered as one that expired."""
    raise ExpiredTradeInToken


@operation(
    Access.WRITE,
    on=ANYTHING,
    rest=Rest("PUT", "/organization/root-credentials-management"),
    errors=(OrganizationNotFound,),
)
def enable_organizations_root_credentials_management(call: Call) -> OrganizationsFeaturesResult:
    """Manage the root users of member accounts centrally; needs an organization."""
    raise OrganizationNotFound


@operation(
    Access.WRITE,
    on=ANYTHING,
    rest=Rest("DELETE", "/organization/root-credentials-management"),
    errors=(OrganizationNotFound,),
)
def disable_organizations_root_credentials_management(call: Call) -> OrganizationsFeaturesResult:
    """Leave member accounts to manage their own root users; needs an organization."""
    raise OrganizationNotFound


@operation(
    Access.WRITE,
    on=ANYTHING,
    rest=Rest("PUT", "/organization/root-sessions"),
    errors=(OrganizationNotFound,),
)
def enable_organizations_root_sessions(call: Call) -> OrganizationsFeaturesResult:
    """Let the management account assume root in member accounts; needs an organization."""
    raise OrganizationNotFound


@operation(
    Access.WRITE,
    on=ANYTHING,
    rest=Rest("DELETE", "/organization/root-sessions"),
    errors=(OrganizationNotFound,),
)
def disable_organizations_root_sessions(call: Call) -> OrganizationsFeaturesResult:
    """Keep the management account from assuming root in member accounts; needs an organization."""
    raise OrganizationNotFound


@operation(
    Access.LIST,
    on=ANYTHING,
    rest=Rest("GET", "/organization/features"),
    errors=(OrganizationNotFound,),
)
def list_organizations_features(call: Call) -> OrganizationsFeaturesResult:
    """List the centralized root features that are enabled; needs an organization."""
    raise OrganizationNotFound
