"""The same deed through each door leaves the same row, record and change; the same mistake gets the same fault."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import pytest
from botocore.exceptions import ClientError
from django.core.cache import cache
from django.core.management import CommandError, call_command

from accounts.models import User
from iamconsole.audit.models import AuditEvent
from iamconsole.replication.models import ChangeEntry
from tests.console.client import sign_in
from tests.rest.signed import Rest
from tests.support.tenants import PASSWORD, Tenant

Door = Callable[[Tenant, str, str], None]
"""Creates a user of that name under a path, or is refused."""


def query(tenant: Tenant, name: str, path: str) -> None:
    with suppress(ClientError):
        tenant.client().create_user(UserName=name, Path=path)


def rest(tenant: Tenant, name: str, path: str) -> None:
    Rest(tenant.app, tenant.admin_key).send("POST", "/users", {"UserName": name, "Path": path})


def cli(tenant: Tenant, name: str, path: str) -> None:
    words = ["create-user", "--user-name", name, "--path", path, "--account", tenant.account_id]
    with suppress(SystemExit, CommandError):
        call_command("iam", *words, stdout=io.StringIO(), stderr=io.StringIO())


def console(tenant: Tenant, name: str, path: str) -> None:
    browser = sign_in(tenant, "admin")
    browser.post("/console/create/user/", {"user_name": name, "path": path, "console_access": "none"})


DOORS: dict[str, Door] = {"query": query, "rest": rest, "cli": cli, "console": console}


@pytest.fixture(autouse=True)
def _administrator_with_a_password(tenant: Tenant) -> Iterator[None]:
    cache.clear()
    tenant.run("iam:CreateLoginProfile", user_name="admin", password=PASSWORD)
    yield
    cache.clear()


def records(tenant: Tenant) -> list[dict[str, Any]]:
    rows = AuditEvent.objects.filter(account_id=tenant.account_id, name="CreateUser").order_by("sequence")
    return [json.loads(row.body) for row in rows]


def changes(tenant: Tenant) -> int:
    return ChangeEntry.objects.filter(account_id=tenant.account_id).count()


def test_the_same_row_one_record_and_one_change(tenant: Tenant) -> None:
    seen = []
    for number, (name, door) in enumerate(DOORS.items()):
        had_records, had_changes = len(records(tenant)), changes(tenant)
        door(tenant, f"ada-{number}", "/team/")
        assert changes(tenant) == had_changes + 1, name
        (record,) = records(tenant)[had_records:]
        row = User.objects.filter(account_id=tenant.account_id, name=f"ada-{number}").values().get()
        assert record["door"] == name
        seen.append(
            {
                "row": {k: v for k, v in row.items() if k not in VARIES} | {"name": "ada", "name_key": "ada"},
                "parameters": record["requestParameters"] | {"userName": "ada"},
                "answer": sorted(record["responseElements"]["user"]),
                "record": {k: record[k] for k in ("eventName", "eventSource", "readOnly", "recipientAccountId")},
            }
        )
    assert all(each == seen[0] for each in seen), seen


VARIES = {"id", "unique_id", "created", "name", "name_key", "password"}


@pytest.mark.parametrize(
    ("name", "path", "code"),
    [
        ("not a name", "/", "ValidationError"),
        ("x" * 65, "/", "ValidationError"),
        ("ada", "no-slash", "ValidationError"),
        ("ADMIN", "/", "EntityAlreadyExists"),
    ],
)
def test_the_same_mistake_gets_the_same_fault(tenant: Tenant, name: str, path: str, code: str) -> None:
    seen = {}
    for door_name, door in DOORS.items():
        had_records, had_changes = len(records(tenant)), changes(tenant)
        door(tenant, name, path)
        assert changes(tenant) == had_changes, door_name
        (record,) = records(tenant)[had_records:]
        seen[door_name] = (record["errorCode"], record["errorMessage"])
    assert {fault[0] for fault in seen.values()} == {code}, seen
    assert len(set(seen.values())) == 1, seen
