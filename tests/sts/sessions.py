"""Short words for the tests of sessions."""

from __future__ import annotations

from typing import Any

from tests.query.aws import ANYTHING, allow, document
from tests.support.tenants import Tenant

ASSUMING = document(allow("sts:AssumeRole"))


def trust(principal: Any, action: Any = "sts:AssumeRole", **condition: Any) -> str:
    """A trust policy with a condition perhaps."""
    named = {"AWS": principal} if isinstance(principal, str | list) else principal
    statement = {"Effect": "Allow", "Principal": named, "Action": action}
    return document(statement | ({"Condition": condition} if condition else {}))


def user_arn(tenant: Tenant, name: str) -> str:
    return f"arn:aws:iam::{tenant.account_id}:user/{name}"


def role_arn(tenant: Tenant, name: str) -> str:
    return f"arn:aws:iam::{tenant.account_id}:role/{name}"


def role(tenant: Tenant, name: str, trusting: str, *documents: str, **members: Any) -> str:
    """A new role with inline policies; gives its ARN."""
    tenant.run("iam:CreateRole", role_name=name, assume_role_policy_document=trusting, **members)
    for index, text in enumerate(documents):
        tenant.run("iam:PutRolePolicy", role_name=name, policy_name=f"p{index}", policy_document=text)
    return role_arn(tenant, name)


def ada_and_app(tenant: Tenant, *documents: str, action: Any = "sts:*", **condition: Any) -> Any:
    """User ada, who may assume role app and nothing else; gives her STS client."""
    key = tenant.user("ada")
    role(tenant, "app", trust(user_arn(tenant, "ada"), action, **condition), *(documents or (ANYTHING,)))
    return tenant.client("sts", key)


def assume(sts: Any, tenant: Tenant, name: str = "app", session: str = "me", **members: Any) -> dict[str, str]:
    """Credentials of a session of a role."""
    arn = role_arn(tenant, name)
    found: dict[str, str] = sts.assume_role(RoleArn=arn, RoleSessionName=session, **members)["Credentials"]
    return found
