"""The first-run guide: its steps follow what there is, each has one button, and it can be put away."""

from __future__ import annotations

import re

import pytest
from botocore.exceptions import ClientError
from django.test import Client

from iamconsole.interfaces.console.pages import first_steps
from tests.console.client import sign_in, with_password
from tests.console.furniture import ALLOW, allowing
from tests.support.tenants import PASSWORD, Tenant

START = "/console/start/"
STEP = re.compile(r'<li class="first-step first-step--(\w+)"')


def states(client: Client, address: str = START) -> list[str]:
    return STEP.findall(client.get(address).content.decode())


def test_each_step_is_done_once_it_is_there(tenant: Tenant, admin: Client) -> None:
    assert states(admin) == ["next", "later", "later", "later", "later"]
    assert states(admin, "/console/") == states(admin)
    tenant.run("iam:CreateGroup", group_name="devs")
    assert states(admin)[1] == "done"
    html = admin.get(START).content.decode()
    assert "/console/create/user/?group=devs&amp;console=generated" in html
    assert "/console/groups/devs/attach/" in html
    assert 'id="trial"' not in html
    form = admin.get("/console/create/user/?group=devs&console=generated").content.decode()
    assert re.search(r'<textarea name="groups"[^>]*>\s*devs\s*</textarea>', form)
    assert re.search(r'value="generated"[^>]*checked', form)
    tenant.run("iam:CreateUser", user_name="ada")
    tenant.run("iam:AddUserToGroup", group_name="devs", user_name="ada")
    assert states(admin)[2] == "later"  # nobody can be ada yet
    tenant.run("iam:CreateLoginProfile", user_name="ada", password=PASSWORD)
    assert states(admin)[2:4] == ["done", "later"]
    tenant.run("iam:PutGroupPolicy", group_name="devs", policy_name="p", policy_document=ALLOW)
    assert states(admin)[3:] == ["done", "later"]


def test_nobody_is_named_whom_the_viewer_may_not_list(tenant: Tenant) -> None:
    """How much there is an account's summary tells, not who."""
    tenant.run("iam:CreateGroup", group_name="secret-group")
    tenant.run("iam:PutGroupPolicy", group_name="secret-group", policy_name="p", policy_document=ALLOW)
    tenant.user("secret-user")
    tenant.run("iam:AddUserToGroup", group_name="secret-group", user_name="secret-user")
    summary = "iam:GetAccountSummary"
    for name, rights, told in (
        ("nobody", [summary], set()),
        ("groups", [summary, "iam:ListGroups"], {"secret-group"}),
        ("users", [summary, "iam:ListUsers"], {"secret-user"}),
    ):
        with_password(tenant, name, allowing(*rights))
        client = sign_in(tenant, name)
        assert states(client)[1:4] == ["done"] * 3
        html = client.get(START).content.decode()
        assert {word for word in ("secret-group", "secret-user") if word in html} == told


def test_the_first_denial_is_made_by_the_command_that_is_shown(tenant: Tenant, admin: Client) -> None:
    tenant.run("iam:CreateGroup", group_name="devs")
    tenant.run(
        "iam:PutGroupPolicy", group_name="devs", policy_name="p", policy_document=allowing("iam:ListUsers", "s3:*")
    )
    key = tenant.user("ada")
    tenant.run("iam:AddUserToGroup", group_name="devs", user_name="ada")
    html = admin.get(START).content.decode()
    assert "aws configure --profile ada" in html
    assert "aws iam list-roles --profile ada" in html  # list-users would be allowed
    assert "Open this address in a private window" not in html  # without a password
    assert "Look again" in html
    with pytest.raises(ClientError):
        tenant.client(key=key).list_roles()
    assert states(admin)[4] == "done"
    html = admin.get(START).content.decode()
    assert (denial := re.search(r'href="(/console/denied/[0-9a-f]{26}/)"', html))
    assert "iam:ListRoles" in admin.get(denial[1]).content.decode()


def test_whoever_may_do_everything_is_told_that_nothing_is_denied(tenant: Tenant, admin: Client) -> None:
    tenant.run("iam:CreateGroup", group_name="devs")
    tenant.run("iam:PutGroupPolicy", group_name="devs", policy_name="p", policy_document=allowing("*"))
    with_password(tenant, "ada")
    tenant.run("iam:AddUserToGroup", group_name="devs", user_name="ada")
    html = admin.get(START).content.decode()
    assert "ada may do all that is tried here" in html
    assert f"/console/signin/?account={tenant.account_id}" in html


def test_it_is_put_away_and_brought_back_by_each_for_himself(tenant: Tenant, admin: Client) -> None:
    assert states(admin, "/console/")
    assert admin.post("/console/start/dismiss/")["Location"] == "/console/"
    assert states(admin, "/console/") == []
    assert states(admin) != []
    with_password(tenant, "other", allowing("iam:*"))
    other = sign_in(tenant, "other")
    other.cookies[first_steps.COOKIE] = admin.cookies[first_steps.COOKIE].value
    assert states(other, "/console/")
    admin.post("/console/start/dismiss/", {"do": "show"})
    assert states(admin, "/console/")


def test_it_never_stands_in_the_way(tenant: Tenant, admin: Client, weak: Client) -> None:
    assert states(weak, "/console/") == []
    assert "First steps" not in weak.get("/console/").content.decode()
    assert "First steps" in admin.get("/console/users/").content.decode()  # in the menu of one's own
    for number in range(first_steps.SETTLED + 1):
        tenant.run("iam:CreateUser", user_name=f"u{number}")
    assert states(admin, "/console/") == []
