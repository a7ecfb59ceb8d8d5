"""A service of an account's own, and policies of its resources."""

from __future__ import annotations

import json
from typing import Any

from tests.support.tenants import Tenant

ORDERS: dict[str, Any] = {
    "ServiceName": "Order desk",
    "Actions": [
        {
            "Name": "GetOrder",
            "AccessLevel": "Read",
            "ResourceTypes": ["order"],
            "ConditionKeys": ["orders:Priority", "aws:ResourceTag/${TagKey}"],
            "Description": "Show an order.",
        },
        {"Name": "ListOrders", "AccessLevel": "List"},
    ],
    "ResourceTypes": [
        {
            "Name": "order",
            "ArnTemplate": "arn:${Partition}:orders:${Region}:${Account}:order/${OrderId}",
            "ConditionKeys": ["aws:ResourceTag/${TagKey}"],
        }
    ],
    "ConditionKeys": [{"Name": "orders:Priority", "Type": "Numeric"}, {"Name": "orders:Label/${Key}"}],
}
BUCKET = "arn:aws:s3:::reports"


def register(tenant: Tenant, prefix: str = "orders", **changed: Any) -> Any:
    """Register the service, or a variation of it."""
    return tenant.run("iamconsole:RegisterService", ServicePrefix=prefix, **{**ORDERS, **changed})


def order(tenant: Tenant, number: str = "1") -> str:
    return f"arn:aws:orders:eu-west-1:{tenant.account_id}:order/{number}"


def document(principal: Any, *, effect: str = "Allow", action: str = "s3:GetObject", resource: str = "*") -> str:
    """A resource policy of one statement; a principal that is no dict is one of AWS's."""
    named = principal if principal == "*" or isinstance(principal, dict) else {"AWS": principal}
    statement = {"Effect": effect, "Principal": named, "Action": action, "Resource": resource}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]}, indent=2)


def attach(tenant: Tenant, arn: str, text: str) -> Any:
    """Give a resource its policy."""
    made = tenant.run("iamconsole:PutResourcePolicy", resource_arn=arn, policy_document=text)
    return made.resource_policy


def attached(tenant: Tenant, arn: str) -> str:
    """The document of a resource's policy as it is shown."""
    found = tenant.run("iamconsole:GetResourcePolicy", resource_arn=arn)
    return str(found.resource_policy.policy_document)
