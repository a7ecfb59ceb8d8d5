"""Before a policy, a boundary or a membership is saved, the console tells who loses and who gains what by it."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.console.client import sign_in, with_password
from tests.console.furniture import ALLOW, TRUST, allowing
from tests.console.test_policy_views import fields_in, text_in
from tests.support.tenants import Tenant

LESS = ALLOW.replace("GetObject", "ListBucket")
ADMINISTRATOR = "arn:aws:iam::aws:policy/AdministratorAccess"
GAINS = re.compile(r"\+ 1</span>\s*<span class=\"grow\">gains something: <a [^>]*>(\w+)")
LOSES = re.compile(r"\N{MINUS SIGN} 1</span>\s*<span class=\"grow\">loses only what was not used: <a [^>]*>(\w+)")


@pytest.fixture
def people(tenant: Tenant) -> str:
    """Ada, who may read by an inline policy; ops, whom she is not in; and a policy that nobody has."""
    tenant.run("iam:CreateUser", user_name="ada")
    tenant.run("iam:PutUserPolicy", user_name="ada", policy_name="own", policy_document=ALLOW)
    tenant.run("iam:CreateGroup", group_name="ops")
    tenant.run("iam:PutGroupPolicy", group_name="ops", policy_name="own", policy_document=LESS)
    made: str = tenant.run("iam:CreatePolicy", policy_name="Lists", policy_document=LESS).policy.arn
    return made


def reviewed(html: str) -> dict[str, Any]:
    """What the button of a review sends."""
    return fields_in(html.replace('<form class="stack" method="post"', '<form id="editor-form"'))


def texts(tenant: Tenant) -> list[str]:
    return [
        tenant.run("iam:GetUserPolicy", user_name="ada", policy_name="own").policy_document,
        *tenant.run("iam:ListAttachedUserPolicies", user_name="ada").attached_policies,
        *tenant.run("iam:ListGroupsForUser", user_name="ada").groups,
        tenant.run("iam:GetUser", user_name="ada").user.permissions_boundary,
    ]


def test_an_inline_policy_is_looked_at_before_it_is_saved(tenant: Tenant, admin: Client, people: str) -> None:
    address = "/console/users/ada/inline/?policy=own"
    page = admin.get(address).content.decode()
    assert "Review and save" in page
    assert f'hx-post="{address}&amp;preview="' in page
    html = admin.post(address, fields_in(page) | {"policy_document": LESS, "then": "review"}).content.decode()
    assert "What saving changes" in html
    assert LOSES.search(html)
    assert texts(tenant)[0] == ALLOW
    back = admin.post(address, reviewed(html) | {"view": "visual"}).content.decode()
    assert "ListBucket" in back
    assert admin.post(address, reviewed(html) | {"then": "publish"}).status_code == 302
    assert texts(tenant)[0] == LESS


def test_the_panel_is_told_while_one_types(admin: Client, people: str) -> None:
    for address, sent, told in (
        ("/console/users/ada/inline/?policy=own&preview=", {"policy_document": LESS, "policy_name": "own"}, "gains"),
        ("/console/groups/ops/inline/?preview=", {"policy_document": ALLOW}, "concerns no user or role"),
        ("/console/users/ada/inline/?preview=", {"policy_document": "{"}, "Syntax errors in policy"),
    ):
        html = admin.post(address, sent).content.decode()
        assert told in html, address
        assert "<html" not in html


def test_what_is_no_policy_goes_back_to_the_editor(admin: Client, people: str) -> None:
    for address in ("/console/users/ada/inline/?policy=own", "/console/groups/ops/inline/"):
        sent = {"policy_name": "own2", "policy_document": "{", "then": "review"}
        response = admin.post(address, sent)
        assert response.status_code == 400
        assert text_in(response.content.decode()) == "{"


def test_a_review_of_what_others_saved_meanwhile_says_so(tenant: Tenant, admin: Client, people: str) -> None:
    address = "/console/users/ada/inline/?policy=own"
    mine = fields_in(admin.get(address).content.decode()) | {"policy_document": LESS, "then": "review"}
    theirs = ALLOW.replace("GetObject", "PutObject")
    tenant.run("iam:PutUserPolicy", user_name="ada", policy_name="own", policy_document=theirs)
    response = admin.post(address, mine)
    assert response.status_code == 409
    assert "Somebody else saved this policy" in response.content.decode()


def test_a_trust_policy_says_who_comes_in_and_who_stays_out(tenant: Tenant, admin: Client, people: str) -> None:
    tenant.run("iam:CreateRole", role_name="job", assume_role_policy_document=TRUST)
    trust = TRUST.replace('"Service":"ec2.amazonaws.com"', f'"AWS":"arn:aws:iam::{tenant.account_id}:user/ada"')
    assert trust != TRUST
    address = "/console/roles/job/trust/"
    sent = fields_in(admin.get(address).content.decode()) | {"policy_document": trust, "then": "review"}
    html = admin.post(address, sent).content.decode()
    assert re.search(r"can no longer assume the role: <code>ec2.amazonaws.com</code>", html)
    assert re.search(r"could assume the role: <a [^>]*>ada", html)
    assert "outside of this account" in html
    assert tenant.run("iam:GetRole", role_name="job").role.assume_role_policy_document == TRUST
    assert admin.post(address, reviewed(html) | {"then": "publish"}).status_code == 302
    nobody = trust.replace("Allow", "Deny")
    html = admin.post(address, {"policy_document": nobody, "then": "review"}).content.decode()
    assert "Nobody could assume the role any more." in html


Choice = Callable[[str], dict[str, Any]]
REVIEWED: list[tuple[str, Choice]] = [
    ("users/ada/attach/", lambda policy: {"selected": [policy]}),
    ("policies/attach/users/{policy}", lambda _policy: {"selected": ["ada"]}),
    ("users/ada/groups/add/", lambda _policy: {"selected": ["ops"]}),
    ("groups/ops/users/add/", lambda _policy: {"selected": ["ada"]}),
]


@pytest.mark.parametrize(("page", "chosen"), REVIEWED, ids=[page for page, _ in REVIEWED])
def test_what_is_chosen_from_a_list_is_looked_at_first(
    tenant: Tenant, admin: Client, people: str, page: str, chosen: Choice
) -> None:
    address, before = f"/console/{page.format(policy=people)}", texts(tenant)
    assert 'value="review"' in admin.get(address).content.decode()
    html = admin.post(address, {"action": "review", **chosen(people)}).content.decode()
    assert GAINS.search(html)
    assert texts(tenant) == before
    assert admin.post(address, reviewed(html)).status_code == 302
    assert texts(tenant) != before


def test_a_boundary_is_looked_at_before_it_is_set_and_before_it_goes(
    tenant: Tenant, admin: Client, people: str
) -> None:
    address = "/console/users/ada/boundary/"
    assert f'href="{address}?policy_arn=' in admin.get(address).content.decode()
    html = admin.get(address, {"policy_arn": people}).content.decode()
    assert LOSES.search(html)
    assert admin.post(address, reviewed(html)).status_code == 302
    assert texts(tenant)[-1] is not None
    removing = admin.get(f"{address}remove/").content.decode()
    assert "gains something" in removing
    assert "1 of 1 users and roles examined" in removing


def test_a_bulk_action_tells_it_beside_what_it_skips(tenant: Tenant, admin: Client, people: str) -> None:
    tenant.run("iam:AddUserToGroup", group_name="ops", user_name="ada")
    tenant.run("iam:DeleteGroupPolicy", group_name="ops", policy_name="own")
    sent = {"action": "attach-policy", "names": "ops", "asked": "1", "policy_arn": people}
    html = admin.post("/console/bulk/groups/", sent).content.decode()
    assert "What this changes for whom" in html
    assert GAINS.search(html)
    deleting = admin.post("/console/bulk/groups/", {"action": "delete", "names": "ops"}).content.decode()
    assert "What this changes for whom" not in deleting


def test_who_would_lock_himself_out_reads_so_at_the_top(tenant: Tenant, admin: Client, people: str) -> None:
    html = admin.get("/console/users/admin/detach/", {"policy_arn": ADMINISTRATOR}).content.decode()
    assert "You would lose the right to administer this account" in html
    assert "admin is the last who can" in html
    html = admin.get("/console/users/admin/boundary/", {"policy_arn": people}).content.decode()
    before, _, after = html.partition("You would lose the right")
    assert after
    assert "loses only what was not used" not in before


def test_without_the_right_to_preview_one_may_still_save(tenant: Tenant, people: str) -> None:
    with_password(tenant, "editor", allowing("iam:*"))
    client = sign_in(tenant, "editor")
    address = "/console/users/ada/inline/?policy=own"
    html = client.post(address, {"policy_document": LESS, "policy_name": "own", "then": "review"}).content.decode()
    assert "is not authorized to perform: iamconsole:PreviewAccessChange" in html
    assert client.post(address, reviewed(html)).status_code == 302
    assert texts(tenant)[0] == LESS


def test_a_review_asks_as_much_of_many_members_as_of_few(tenant: Tenant, admin: Client, people: str) -> None:
    address = "/console/groups/ops/inline/?policy=own"
    sent = {"policy_document": ALLOW, "policy_name": "own", "then": "review"}

    def queries(number: int) -> int:
        for member in range(number):
            tenant.run("iam:CreateUser", user_name=f"m{number}-{member}")
            tenant.run("iam:AddUserToGroup", group_name="ops", user_name=f"m{number}-{member}")
        assert "gain something" in admin.post(address, sent).content.decode()
        with CaptureQueriesContext(connection) as captured:
            admin.post(address, sent)
        return len(captured)

    assert queries(2) == queries(6)
