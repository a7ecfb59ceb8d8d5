"""A registered service with a key of its own, and its clients."""

from __future__ import annotations

from typing import Any

from tests.services.examples import register
from tests.support.tenants import Tenant

PREFIX = "orders"


def service_name(tenant: Tenant, prefix: str = PREFIX) -> str:
    return f"{prefix}.{tenant.account_id}.iamconsole"


def service_arn(tenant: Tenant, prefix: str = PREFIX) -> str:
    return f"arn:aws:iamconsole::{tenant.account_id}:service/{prefix}"


def service_key(tenant: Tenant) -> dict[str, str]:
    """One more key of the service."""
    made = tenant.run("iamconsole:CreateServiceAccessKey", service_prefix=PREFIX).access_key
    return {"AccessKeyId": made.access_key_id, "SecretAccessKey": made.secret_access_key}


def registered(tenant: Tenant, **changed: Any) -> dict[str, str]:
    """Register the service; gives a key of its own."""
    register(tenant, **changed)
    return service_key(tenant)


def client(tenant: Tenant, key: dict[str, str], service: str = "sts", **headers: str) -> Any:
    """The service's boto3 client, which adds headers (`x_amz_source_arn`) under its signature."""
    made = tenant.client(service, key)

    def add(request: Any, **_members: Any) -> None:
        for name, value in headers.items():
            request.headers[name.replace("_", "-")] = value

    made.meta.events.register(f"before-sign.{service}", add)
    return made
