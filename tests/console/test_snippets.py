"""The change of a page in other languages: what is shown is run for real, and secrets are placeholders."""

from __future__ import annotations

import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client

from accounts.models import Group, Membership, User
from iamconsole.interfaces.console import snippets, terraform
from iamconsole.runtime import catalogue
from tests.console.furniture import ALLOW, TRUST
from tests.support.tenants import Tenant

TAGS = [{"key": "team", "value": "blue"}]
CHANGES: list[tuple[str, dict[str, Any]]] = [
    ("CreateGroup", {"group_name": "devs", "path": "/team/"}),
    ("CreateUser", {"user_name": "grace", "path": "/", "tags": TAGS}),
    ("AddUserToGroup", {"group_name": "devs", "user_name": "grace"}),
    ("CreatePolicy", {"policy_name": "Reports", "policy_document": ALLOW, "description": 'it\'s "quoted"'}),
    ("CreateRole", {"role_name": "job", "assume_role_policy_document": TRUST, "max_session_duration": 7200}),
    ("PutUserPolicy", {"user_name": "grace", "policy_name": "p", "policy_document": ALLOW}),
    ("CreateAccessKey", {"user_name": "grace"}),
]
TERRAFORM = {
    "CreateUser": 'resource "aws_iam_user" "grace" {\n  path = "/"\n  name = "grace"\n  tags = {"team" = "blue"}\n}',
    "AddUserToGroup": 'resource "aws_iam_user_group_membership" "devs_grace" {\n  groups = ["devs"]\n'
    '  user = "grace"\n}',
    "CreateRole": 'resource "aws_iam_role" "job" {\n  name = "job"\n'
    '  assume_role_policy = file("${path.module}/assume-role-policy-document.json")\n  max_session_duration = 7200\n}',
}


def operation(name: str) -> Any:
    return catalogue.find("iam", name)


def said(*changes: tuple[str, dict[str, Any]]) -> dict[str, str]:
    return {one["key"]: one["text"] for one in snippets.of(*((operation(name), given) for name, given in changes))}


def test_boto3_is_run_for_real(tenant: Tenant, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "policy-document.json").write_text(ALLOW)
    (tmp_path / "assume-role-policy-document.json").write_text(TRUST)
    monkeypatch.setitem(sys.modules, "boto3", SimpleNamespace(client=tenant.client))
    exec(said(*CHANGES)["boto3"], {})
    account = {"account_id": tenant.account_id}
    assert User.objects.get(**account, name="grace").tags == {"team": "blue"}
    assert Group.objects.get(**account, name="devs").path == "/team/"
    assert Membership.objects.filter(**account, user__name="grace").count() == 1
    found = tenant.run("iam:GetRole", role_name="job").role
    assert found.max_session_duration == 7200


@pytest.mark.parametrize("name", TERRAFORM)
def test_terraform(name: str) -> None:
    text = said((name, dict(CHANGES)[name]))["terraform"]
    assert sorted(text.splitlines()) == sorted(TERRAFORM[name].splitlines())


def test_terraform_is_shown_only_where_it_has_a_place_for_everything() -> None:
    assert "terraform" in said(*CHANGES)
    assert "terraform" not in said(*CHANGES, ("UpdateUser", {"user_name": "grace", "new_user_name": "hopper"}))
    assert "terraform" not in said(("CreateLoginProfile", {"user_name": "grace", "password": "x"}))


@pytest.mark.parametrize("name", terraform.RESOURCES)
def test_arguments_are_of_members_that_there_are(name: str) -> None:
    assert set(terraform.RESOURCES[name].arguments) <= {
        *operation(name).input.model_fields,
        "assume_role_policy_document",
    }


def test_what_would_be_a_template_is_text() -> None:
    text = said(("CreatePolicy", {"policy_name": "P", "policy_document": "{}", "description": 'say "${x}"'}))[
        "terraform"
    ]
    assert r'description = "say \"$${x}\""' in text


def test_secrets_are_placeholders() -> None:
    texts = said(("CreateLoginProfile", {"user_name": "ada", "password": "hunter2", "password_reset_required": True}))
    assert "hunter2" not in "".join(texts.values())
    assert "Password='<password>'" in texts["boto3"]


def test_pages_show_each_language(tenant: Tenant, admin: Client) -> None:
    html = admin.get("/console/create/group/").content.decode()
    for shown in ("aws iam create-group", "iam.create_group(", "aws_iam_group"):
        assert shown in html.replace("&quot;", '"').replace("&#x27;", "'"), shown
