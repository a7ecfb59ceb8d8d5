"""Switching to a role: who may, who one is then, what ends it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from accounts.models import ConsoleSession
from tests.console.client import sign_in, with_password
from tests.mfa.devices import Phone
from tests.query.aws import ANYTHING, allow, document
from tests.rest.signed import Rest
from tests.signon.browser import acting, events, session_arn, switch
from tests.sts.sessions import ASSUMING, role, trust, user_arn
from tests.support.tenants import PASSWORD, Tenant, open_account

USERS = "/console/users/"


def test_one_acts_as_the_role_and_as_oneself_again(tenant: Tenant, ada: Client) -> None:
    assert ada.get(USERS).status_code == 403
    before = ada.cookies["sessionid"].value
    assert switch(ada, tenant).headers["Location"] == "/console/"
    assert acting(ada) == session_arn(tenant, "app", "ada")
    assert ada.get(USERS).status_code == 200
    assert ada.get("/api/v1/users").status_code == 200
    html = ada.get("/console/").content.decode()
    assert f"app @ {tenant.alias}" in html
    assert "/console/mfa/" not in html
    as_role = ada.cookies["sessionid"].value
    ada.post("/console/switch-role/back/")
    assert acting(ada) == user_arn(tenant, "ada")
    assert ada.get(USERS).status_code == 403
    assert len({before, as_role, ada.cookies["sessionid"].value}) == 3
    for old in (before, as_role):
        stolen = Client()
        stolen.cookies["sessionid"] = old
        assert stolen.get("/console/").status_code == 302


def test_the_trail_has_the_switch_and_then_the_role(tenant: Tenant, ada: Client) -> None:
    tenant.run("iam:PutRolePolicy", role_name="app", policy_name="all", policy_document=ANYTHING)
    switch(ada, tenant)
    ada.post("/console/create/group/", {"group_name": "devs"})
    (assumed,), (created,) = events(tenant, "AssumeRole"), events(tenant, "CreateGroup")
    assert assumed["userIdentity"]["arn"] == user_arn(tenant, "ada")
    assert created["userIdentity"]["arn"] == session_arn(tenant, "app", "ada")
    issued = assumed["responseElements"]["credentials"]
    assert created["userIdentity"]["accessKeyId"] == issued["accessKeyId"]
    row = ConsoleSession.objects.get(account_id=tenant.account_id)
    assert row.switched_token not in str(assumed)


def test_aws_links_fill_in_the_form(tenant: Tenant, ada: Client) -> None:
    html = ada.get(f"/console/switch-role/?account={tenant.account_id}&roleName=app&displayName=Shop").content.decode()
    for value in (tenant.account_id, "app", "Shop"):
        assert f'value="{value}"' in html
    assert acting(ada) == user_arn(tenant, "ada")


def test_the_page_of_a_role_leads_to_the_form(tenant: Tenant) -> None:
    with_password(tenant, "eve", ANYTHING)
    role(tenant, "app", trust(user_arn(tenant, "eve")), path="/ops/")
    eve = sign_in(tenant, "eve")
    link = f"/console/switch-role/?account={tenant.account_id}&amp;roleName=ops%2Fapp"
    assert link in eve.get("/console/roles/app/").content.decode()
    assert 'value="ops/app"' in eve.get(link.replace("&amp;", "&")).content.decode()


def test_how_a_role_is_shown_and_the_recent_ones(tenant: Tenant, ada: Client) -> None:
    for number in range(7):
        role(tenant, f"r{number}", trust(user_arn(tenant, "ada")))
        switch(ada, tenant, f"r{number}", displayName=f"<b>{number}</b>", colour="red")
    html = ada.get("/console/").content.decode()
    assert "role-button--red" in html
    assert html.count('name="roleName"') == 4  # five, of which one acts
    assert "&lt;b&gt;6&lt;/b&gt;" in html
    assert "<b>6" not in html
    assert 'value="r0"' not in html


@pytest.mark.parametrize("name", ["closed", "nothing"])
def test_a_role_that_refuses_and_one_that_is_not_there_say_the_same(tenant: Tenant, ada: Client, name: str) -> None:
    role(tenant, "closed", trust({"Service": "ec2.amazonaws.com"}))
    answer = switch(ada, tenant, name)
    html = answer.content.decode()
    assert answer.status_code == 403
    assert f"User: {user_arn(tenant, 'ada')} is not authorized to perform: sts:AssumeRole on resource" in html
    assert f":role/{name}" in html.partition("on resource")[2]
    assert "Authorization id" in html
    assert acting(ada) == user_arn(tenant, "ada")


def test_what_is_no_role_is_said_on_the_form(tenant: Tenant, ada: Client) -> None:
    answer = ada.post("/console/switch-role/", {"account": "no-such-account", "roleName": "app"})
    assert answer.status_code == 400
    assert "is invalid" in answer.content.decode()


def test_a_trust_policy_may_demand_mfa_and_the_consoles_counts(tenant: Tenant) -> None:
    with_password(tenant, "eve", ASSUMING)
    demand = {"Bool": {"aws:MultiFactorAuthPresent": "true"}}
    role(tenant, "app", trust(user_arn(tenant, "eve"), **demand), document(allow("iam:List*")))
    eve = sign_in(tenant, "eve")
    assert switch(eve, tenant).status_code == 403
    phone = Phone.enabled(tenant, "eve")
    eve = Client()
    eve.post("/console/signin/", {"account": tenant.alias, "user_name": "eve", "password": PASSWORD})
    assert eve.post("/console/signin/mfa/", {"authentication_code": phone.code()}).status_code == 302
    assert switch(eve, tenant).status_code == 302
    assert eve.get(USERS).status_code == 200


def test_a_role_of_another_account_and_a_path(tenant: Tenant, ada: Client, app: Any) -> None:
    other = open_account(app)
    role(other, "auditor", trust(user_arn(tenant, "ada")), document(allow("iam:List*")), path="/ops/")
    account = f"{other.account_id[:4]}-{other.account_id[4:8]}-{other.account_id[8:]}"
    ada.post("/console/switch-role/", {"account": account, "roleName": "ops/auditor"})
    assert acting(ada) == session_arn(other, "auditor", "ada")
    html = ada.get(USERS).content.decode()
    assert other.alias in html
    assert "/console/users/ada/" not in html


def test_switching_again_is_asked_of_who_signed_in(tenant: Tenant, ada: Client) -> None:
    role(tenant, "second", trust(user_arn(tenant, "ada")))
    role(tenant, "chained", trust(f"arn:aws:iam::{tenant.account_id}:role/app"))
    switch(ada, tenant)
    assert switch(ada, tenant, "chained").status_code == 403
    assert switch(ada, tenant, "second").status_code == 302
    assert acting(ada) == session_arn(tenant, "second", "ada")


def test_root_cannot_switch_and_is_not_offered_to(tenant: Tenant) -> None:
    root = Client()
    root.post("/console/signin/?as=root", {"email": f"root@{tenant.alias}.localhost", "password": PASSWORD})
    assert "switch-role" not in root.get("/console/").content.decode()
    answer = switch(root, tenant, "app")
    assert answer.status_code == 403
    assert "Roles may not be assumed by root accounts." in answer.content.decode()


# --- what ends it ---------------------------------------------


def over(client: Client) -> bool:
    """Whether the next request, asked of the role, is not done in one's own name but leads to the start."""
    answer = client.post("/console/create/group/", {"group_name": "mine"})
    assert (answer.status_code, answer.headers["Location"]) == (302, "/console/")
    return "The session of the role has ended" in client.get("/console/").content.decode()


def test_it_ends_with_the_role(tenant: Tenant, ada: Client) -> None:
    tenant.run("iam:PutUserPolicy", user_name="ada", policy_name="all", policy_document=ANYTHING)
    switch(ada, tenant)
    tenant.run("iam:DeleteRolePolicy", role_name="app", policy_name="p0")
    tenant.run("iam:DeleteRole", role_name="app")
    role(tenant, "app", trust(user_arn(tenant, "ada")))
    assert over(ada)
    assert not events(tenant, "CreateGroup")
    assert acting(ada) == user_arn(tenant, "ada")


def test_it_ends_after_an_hour_and_the_users_own_session_does_not(
    tenant: Tenant, ada: Client, later: Callable[..., None]
) -> None:
    switch(ada, tenant)
    for _ in range(2):
        later(minutes=29)
        assert ada.get(USERS).status_code == 200
    later(minutes=3)
    assert ada.get("/api/v1/users").status_code == 403
    assert over(ada)
    assert acting(ada) == user_arn(tenant, "ada")


def test_a_form_opened_as_the_role_cannot_be_sent_as_oneself(tenant: Tenant) -> None:
    with_password(tenant, "ada", ANYTHING)
    role(tenant, "app", trust(user_arn(tenant, "ada")), ANYTHING)
    page, form = Client(enforce_csrf_checks=True), {"account": tenant.alias, "roleName": "app"}

    def token(path: str) -> dict[str, str]:
        html = page.get(path).content.decode()
        return {"csrfmiddlewaretoken": html.partition('name="csrfmiddlewaretoken" value="')[2].partition('"')[0]}

    proof = {"account": tenant.alias, "user_name": "ada", "password": PASSWORD}
    page.post("/console/signin/", proof | token("/console/signin/"))
    assert page.post("/console/switch-role/", form).status_code == 403
    assert page.post("/console/switch-role/", form | token("/console/switch-role/")).status_code == 302
    opened = token("/console/create/group/")
    assert page.post("/console/switch-role/back/", opened).status_code == 302
    assert page.post("/console/create/group/", {"group_name": "x"} | opened).status_code == 403
    assert not events(tenant, "CreateGroup")


def test_revoking_the_roles_sessions_closes_everything_but_the_way_back(
    tenant: Tenant, ada: Client, later: Callable[..., None]
) -> None:
    switch(ada, tenant)
    later(seconds=2)
    tenant.run("iamconsole:RevokeRoleSessions", role_name="app")
    assert ada.get(USERS).status_code == 403
    ada.post("/console/switch-role/back/")
    assert acting(ada) == user_arn(tenant, "ada")


@pytest.mark.parametrize(
    ("action", "members"),
    [
        ("iamconsole:RevokeConsoleSessions", {}),
        ("iam:DeleteLoginProfile", {}),
        ("iam:UpdateLoginProfile", {"password": "Another-horse-8"}),
    ],
)
def test_it_ends_with_the_session_below_it(tenant: Tenant, ada: Client, action: str, members: dict[str, str]) -> None:
    switch(ada, tenant)
    tenant.run(action, user_name="ada", **members)
    assert ada.get("/console/").status_code == 302
    assert not ConsoleSession.objects.filter(account_id=tenant.account_id).exists()


def test_a_password_that_must_be_changed_comes_before_any_role(
    tenant: Tenant, ada: Client, later: Callable[..., None]
) -> None:
    tenant.run("iam:UpdateAccountPasswordPolicy", max_password_age=1, hard_expiry=False)
    switch(ada, tenant)
    login = {"account": tenant.alias, "user_name": "ada", "password": PASSWORD}
    later(hours=23, minutes=30)
    ada.post("/console/signin/", login)
    switch(ada, tenant)
    later(minutes=31)
    assert ada.get(USERS).headers["Location"] == "/console/"
    assert ada.get(USERS).headers["Location"] == "/console/password/"


def test_signing_out_ends_both(tenant: Tenant, ada: Client) -> None:
    switch(ada, tenant)
    ada.post("/console/signout/")
    assert ada.get("/console/").status_code == 302
    (event,) = events(tenant, "ConsoleLogout")
    assert event["userIdentity"]["arn"] == user_arn(tenant, "ada")


# --- what a role has not ---------------------------------------------


@pytest.mark.parametrize("page", ["password/", "sessions/", "mfa/", "mfa/app/", "mfa/key/", "mfa/recovery-codes/"])
def test_pages_about_oneself_are_not_for_roles(tenant: Tenant, ada: Client, page: str) -> None:
    switch(ada, tenant)
    answer = ada.get(f"/console/{page}", follow=True)
    assert answer.redirect_chain == [("/console/", 302)]
    assert "A role has no password" in answer.content.decode()


def test_what_is_dangerous_asks_for_the_device_of_who_switched(tenant: Tenant) -> None:
    with_password(tenant, "eve", ASSUMING)
    role(tenant, "app", trust(user_arn(tenant, "eve")), ANYTHING)
    eve = sign_in(tenant, "eve")
    phone = Phone.enabled(tenant, "eve")
    tenant.run("iam:CreateUser", user_name="bob")
    theirs = Phone.enabled(tenant, "bob", "bobs")
    eve = Client()
    eve.post("/console/signin/", {"account": tenant.alias, "user_name": "eve", "password": PASSWORD})
    eve.post("/console/signin/mfa/", {"authentication_code": phone.code()})
    session = eve.session
    session["verified_at"] = 0
    session.save()
    switch(eve, tenant)
    there = f"/console/users/bob/mfa/remove/?serial={theirs.serial_number}"
    assert eve.post(there).headers["Location"].startswith("/console/verify/")
    assert eve.post("/console/verify/", {"authentication_code": phone.code(1)}).headers["Location"] == "/console/"
    assert eve.post(there).headers["Location"].startswith("/console/users/bob/")


def test_the_list_of_sessions_shows_the_role(tenant: Tenant, ada: Client) -> None:
    switch(ada, tenant)
    rest = Rest(tenant.app, tenant.admin_key)
    (listed,) = rest.get("/console-sessions?UserName=ada").body["ConsoleSessions"]
    assert listed["ActingAs"] == session_arn(tenant, "app", "ada")
    tenant.run("iam:CreateLoginProfile", user_name="admin", password=PASSWORD)
    assert listed["ActingAs"] in sign_in(tenant, "admin").get("/console/users/ada/sessions/").content.decode()
