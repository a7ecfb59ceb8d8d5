"""Files are sent while they are made: the first part at once, and one that breaks off says so."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client

from accounts.importing import exports
from iamconsole.interfaces.console.pages import downloads
from iamconsole.interfaces.console.pages.events import export
from tests.console.client import sign_in, streamed, with_password
from tests.console.furniture import allowing, furnish
from tests.console.test_weight import AS_BROWSERS_DO
from tests.support.tenants import Tenant

FILES = ("users.csv", "groups.csv", "events/export/?format=csv", "events/export/?format=jsonl")


@pytest.fixture(autouse=True)
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exports, "PAGE", 2)
    monkeypatch.setattr(export, "PAGE", 2)


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The sizes of the pages of rows that were read for an export of users or groups."""
    sizes: list[int] = []

    def noted(rows: Any) -> Iterator[list[Any]]:
        for page in pages(rows):
            sizes.append(len(page))
            yield page

    pages = exports._pages
    monkeypatch.setattr(exports, "_pages", noted)
    return sizes


def test_parts_are_read_when_they_are_sent(tenant: Tenant, admin: Client, read: list[int]) -> None:
    for name in "edcba":
        tenant.run("iam:CreateUser", user_name=name)
    answer: Any = admin.get("/console/users.csv", headers=AS_BROWSERS_DO)
    assert (answer["Content-Encoding"], answer.streaming, "Content-Length" in answer) == ("gzip", True, False)
    unzip = zlib.decompressobj(wbits=31)
    parts = iter(answer.streaming_content)
    assert unzip.decompress(next(parts)) == b""  # the head of the file
    assert read == []
    text = b"".join(unzip.decompress(part) for part in parts).decode()
    assert read == [2, 2, 2]
    assert unzip.eof
    assert [line.partition(",")[0] for line in text.splitlines()] == ["UserName", "a", "admin", "b", "c", "d", "e"]


def test_groups_of_every_part_tell_all_of_themselves(tenant: Tenant, admin: Client, read: list[int]) -> None:
    furnish(tenant)
    for name in ("a", "b", "zoo"):
        tenant.run("iam:CreateGroup", group_name=name)
        tenant.run("iam:AddUserToGroup", group_name=name, user_name="ada")
        tenant.run("iam:PutGroupPolicy", group_name=name, policy_name="own", policy_document=allowing("s3:*"))
    lines = streamed(admin.get("/console/groups.csv")).splitlines()
    assert read == [2, 2]
    assert [line.split(",")[:5] for line in lines if line[:2] in ("a,", "b,", "zo")] == [
        [name, "/", "", "ada", "own"] for name in ("a", "b", "zoo")
    ]


@pytest.mark.parametrize("file", FILES)
def test_a_right_that_is_taken_away_meanwhile_ends_the_file_and_the_file_says_so(tenant: Tenant, file: str) -> None:
    for name in "abcdef":
        tenant.run("iam:CreateGroup", group_name=name)
    rights = allowing("iam:GetAccountAuthorizationDetails", "iamconsole:LookupAuditEvents", "iam:List*")
    with_password(tenant, "auditor", rights)
    parts = iter(sign_in(tenant, "auditor").get(f"/console/{file}").streaming_content)
    begun = next(parts)
    tenant.run("iam:DeleteUserPolicy", user_name="auditor", policy_name="p0")
    last = b"".join(parts).decode().splitlines()[-1]
    assert begun
    assert downloads.INCOMPLETE in last
    assert last.startswith("{") == file.endswith("jsonl")
    if last.startswith("{"):
        assert list(json.loads(last)) == ["incomplete"]


def test_what_broke_off_is_not_imported(admin: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(rows: Any) -> Iterator[list[Any]]:
        yield list(rows)
        raise ConnectionError("the database is gone")

    monkeypatch.setattr(exports, "_pages", failing)
    text = streamed(admin.get("/console/users.csv")).replace("admin,", "copy,", 1)
    answer = admin.post("/console/import/users/", {"text": text})
    assert answer.status_code == 400
    assert "row 3" in answer.content.decode()
