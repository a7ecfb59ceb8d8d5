"""What needs an organization is refused as AWS refuses it to an account that is in none; STS preferences are kept."""

from __future__ import annotations

from typing import Any

import pytest

from tests.query.aws import refused, root_client
from tests.support.tenants import Tenant

TASK = {"arn": "arn:aws:iam::aws:policy/root-task/IAMAuditRootUserCredentials"}


@pytest.mark.parametrize(
    "operation",
    [
        "enable_organizations_root_credentials_management",
        "disable_organizations_root_credentials_management",
        "enable_organizations_root_sessions",
        "disable_organizations_root_sessions",
        "list_organizations_features",
    ],
)
def test_there_is_no_organization(iam: Any, operation: str) -> None:
    with pytest.raises(iam.exceptions.OrganizationNotFoundException):
        getattr(iam, operation)()


def test_nobody_assumes_root(tenant: Tenant) -> None:
    with refused("AccessDenied", "Centralized root access is not enabled"):
        tenant.client("sts").assume_root(TargetPrincipal=tenant.account_id, TaskPolicyArn=TASK)
    with refused("AccessDenied", "Root user credentials cannot be used"):
        root_client(tenant, "sts").assume_root(TargetPrincipal=tenant.account_id, TaskPolicyArn=TASK)
    with refused("AccessDenied", "sts:AssumeRoot"):
        tenant.client("sts", tenant.user("ada")).assume_root(TargetPrincipal=tenant.account_id, TaskPolicyArn=TASK)


def test_no_trade_in_token_is_known(tenant: Tenant) -> None:
    sts = tenant.client("sts")
    with pytest.raises(sts.exceptions.ExpiredTradeInTokenException):
        sts.get_delegated_access_token(TradeInToken="none")


def test_token_version(iam: Any) -> None:
    assert iam.get_account_summary()["SummaryMap"]["GlobalEndpointTokenVersion"] == 1
    iam.set_security_token_service_preferences(GlobalEndpointTokenVersion="v2Token")
    assert iam.get_account_summary()["SummaryMap"]["GlobalEndpointTokenVersion"] == 2
    with refused("ValidationError"):
        iam.set_security_token_service_preferences(GlobalEndpointTokenVersion="v3Token")
