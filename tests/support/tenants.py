"""Accounts for tests, opened as the product opens them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from itertools import count
from typing import Any

from django.db import connection, transaction

from iamconsole.kernel.call import Call
from iamconsole.runtime import calls, catalogue, dispatch
from iamconsole.runtime.authentication.identities import of_operator
from tests.support import inprocess
from tests.support.copies import Original

NUMBERS = count(1)
PASSWORD = "Correct-horse-7"


@dataclass
class Tenant:
    """An account with an administrator."""

    account_id: str
    alias: str
    admin_key: dict[str, str]
    app: Any

    def operator(self) -> Call:
        return calls.call_for(of_operator(self.account_id), door="cli")

    def run(self, action: str, **members: Any) -> Any:
        """Run an operation as the local operator."""
        return run(self.operator(), action, **members)

    def client(self, service: str = "iam", key: dict[str, str] | None = None) -> Any:
        """A boto3 client of the administrator, or of whoever holds the key."""
        return inprocess.client(service, key or self.admin_key, self.app)

    def user(self, name: str, *documents: str, **members: Any) -> dict[str, str]:
        """A new user with inline policies; gives a key of his."""
        self.run("iam:CreateUser", user_name=name, **members)
        for index, document in enumerate(documents):
            self.run("iam:PutUserPolicy", user_name=name, policy_name=f"p{index}", policy_document=document)
        return self.key(name)

    def key(self, name: str) -> dict[str, str]:
        made = self.run("iam:CreateAccessKey", user_name=name).access_key
        return {"AccessKeyId": made.access_key_id, "SecretAccessKey": made.secret_access_key}


def run(call: Call, action: str, **members: Any) -> Any:
    """Execute an operation by its action."""
    operation = catalogue.find(*action.split(":"))
    assert operation, action
    return dispatch.execute(call, operation, members)


def open_account(app: Any) -> Tenant:
    """A fresh account with an administrator whose policy is AWS's AdministratorAccess.

    What the test's transaction rolls back is a copy of the account that was opened as the run began.
    """
    if not connection.in_atomic_block:
        return opened_account(app)
    tenant = _numbered(app)
    tenant.admin_key = original(app).copy(tenant.account_id, tenant.alias)
    return tenant


def opened_account(app: Any) -> Tenant:
    """The same by the operations themselves, whatever transaction this is in."""
    tenant = _numbered(app)
    tenant.run(
        "iamconsole:CreateAccount",
        account_alias=tenant.alias,
        root_email=f"root@{tenant.alias}.localhost",
        root_password=PASSWORD,
    )
    tenant.run("iam:CreateUser", user_name="admin")
    tenant.run("iam:AttachUserPolicy", user_name="admin", policy_arn="arn:aws:iam::aws:policy/AdministratorAccess")
    tenant.admin_key = tenant.key("admin")
    return tenant


@cache
def original(app: Any) -> Original:
    """What is copied: opened and rolled back, under the settings of the whole run."""
    with undone():
        tenant = opened_account(app)
        return Original(tenant.account_id, tenant.alias)


@contextmanager
def undone() -> Iterator[None]:
    """A transaction like a test's own, in which operations run as if it were none."""
    transaction_of_a_test = transaction.atomic()
    transaction_of_a_test._from_testcase = True
    with transaction_of_a_test:
        yield
        transaction.set_rollback(True)


def _numbered(app: Any) -> Tenant:
    number = next(NUMBERS)
    return Tenant(f"{100000000000 + number:012d}", f"tenant-{number}", {}, app)
