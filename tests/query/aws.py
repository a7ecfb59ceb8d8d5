"""Short words for what the tests of the Query door say over and over."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from botocore.exceptions import ClientError

from accounts.tenancy.models import QuotaOverride
from accounts.users.models import User
from iamconsole.runtime import calls
from iamconsole.runtime.authentication.identities import of_user
from tests.support.tenants import Tenant, run
from tests.support.write_guard import setting_up

ADMINISTRATOR = "arn:aws:iam::aws:policy/AdministratorAccess"
READ_ONLY = "arn:aws:iam::aws:policy/ReadOnlyAccess"


def allow(action: Any = "*", resource: Any = "*", **condition: Any) -> dict[str, Any]:
    statement = {"Effect": "Allow", "Action": action, "Resource": resource}
    return statement | ({"Condition": condition} if condition else {})


def deny(action: Any = "*", resource: Any = "*", **condition: Any) -> dict[str, Any]:
    return allow(action, resource, **condition) | {"Effect": "Deny"}


def document(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


ANYTHING = document(allow())


def trusting(principal: Any) -> str:
    """A trust policy; `principal` is the Principal element, or the ARN of an AWS principal."""
    named = {"AWS": principal} if isinstance(principal, str) else principal
    return document({"Effect": "Allow", "Principal": named, "Action": "sts:AssumeRole"})


EC2 = trusting({"Service": "ec2.amazonaws.com"})


@contextmanager
def refused(code: str, text: str = "") -> Iterator[None]:
    """The block must end in a ClientError of this code whose message contains `text`."""
    with pytest.raises(ClientError) as caught:
        yield
    error = caught.value.response["Error"]
    assert error["Code"] == code, error
    assert text in error["Message"], error


def limit(tenant: Tenant, quota: str, number: int) -> None:
    """Set a quota of the account, as an operator does."""
    with setting_up():
        QuotaOverride.objects.update_or_create(account_id=tenant.account_id, name=quota, defaults={"limit": number})


def root_client(tenant: Tenant, service: str = "iam") -> Any:
    """A client of the account's root user, with a key that root made for itself."""
    root = User.objects.get(account_id=tenant.account_id, is_root=True)
    made = run(calls.call_for(of_user(root), door="cli"), "iam:CreateAccessKey").access_key
    return tenant.client(service, {"AccessKeyId": made.access_key_id, "SecretAccessKey": made.secret_access_key})


def policy(iam: Any, name: str = "p", text: str = ANYTHING, **members: Any) -> str:
    """A new managed policy's ARN."""
    arn: str = iam.create_policy(PolicyName=name, PolicyDocument=text, **members)["Policy"]["Arn"]
    return arn


def names(entries: list[dict[str, Any]], member: str) -> list[str]:
    return [entry[member] for entry in entries]


def tags(**pairs: str) -> list[dict[str, str]]:
    return [{"Key": key, "Value": value} for key, value in pairs.items()]
