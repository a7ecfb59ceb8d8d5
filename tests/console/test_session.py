"""Signing in and out."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from iamconsole.audit.models import AuditEvent
from tests.console.client import sign_in, with_password
from tests.support.tenants import PASSWORD, Tenant

SIGN_IN = "/console/signin/"


def form(tenant: Tenant, name: str = "ada", password: str = PASSWORD, **more: str) -> dict[str, str]:
    return {"account": tenant.alias, "user_name": name, "password": password, **more}


@pytest.fixture
def ada(tenant: Tenant) -> None:
    with_password(tenant, "ada")


def test_by_account_id_and_by_alias(tenant: Tenant, ada: None) -> None:
    for account in (
        tenant.alias,
        tenant.account_id,
        f"{tenant.account_id[:4]}-{tenant.account_id[4:8]}-{tenant.account_id[8:]}",
    ):
        response = Client().post(SIGN_IN, form(tenant) | {"account": account})
        assert (response.status_code, response["Location"]) == (302, "/console/")


def test_the_root_user_signs_in_by_e_mail(tenant: Tenant) -> None:
    client = Client()
    sent = {"email": f"root@{tenant.alias}.localhost", "password": PASSWORD}
    assert client.post(f"{SIGN_IN}?as=root", sent).status_code == 302
    assert "Root user" in client.get("/console/").content.decode()


WRONG = {
    "password": {"password": "wrong"},
    "user": {"user_name": "nobody"},
    "account": {"account": "no-such-account"},
    "a user without a password": {"user_name": "admin"},
}


@pytest.mark.parametrize("wrong", WRONG.values(), ids=WRONG)
def test_one_answer_whatever_was_wrong(tenant: Tenant, ada: None, wrong: dict[str, str]) -> None:
    client = Client()
    response = client.post(SIGN_IN, form(tenant) | wrong)
    assert response.status_code == 403
    assert "Your authentication information is incorrect. Please try again." in response.content.decode()
    assert "sessionid" not in client.cookies
    assert "wrong" not in response.content.decode()


def test_too_many_attempts_are_told_to_wait(tenant: Tenant, ada: None) -> None:
    for _ in range(6):
        response = Client().post(SIGN_IN, form(tenant, password="wrong"))
    response = Client().post(SIGN_IN, form(tenant))
    assert response.status_code == 429
    assert "Too many attempts. Try again in" in response.content.decode()


def test_the_account_is_remembered_once_the_password_was_right(tenant: Tenant, ada: None) -> None:
    client = Client()
    client.post(SIGN_IN, form(tenant, password="wrong"))
    assert "account" not in client.cookies
    client.post(SIGN_IN, form(tenant))
    kept = client.cookies["account"]
    assert (kept.value, kept["path"], kept["httponly"], kept["samesite"]) == (tenant.alias, SIGN_IN, True, "Lax")
    client.post("/console/signout/")
    assert f'value="{tenant.alias}"' in client.get(SIGN_IN).content.decode()
    assert "another" in client.get(f"{SIGN_IN}?account=another").content.decode()


def test_a_cookie_that_is_no_account_is_ignored(client: Client, db: None) -> None:
    client.cookies["account"] = "x" * 64
    assert "xxx" not in client.get(SIGN_IN).content.decode()
    client.cookies["account"] = '"><script>'
    assert "<script>" not in client.get(SIGN_IN).content.decode().partition("<main")[2]


def test_asking_for_single_sign_on_tells_nothing_of_accounts(tenant: Tenant, client: Client) -> None:
    pages = [
        client.get(SIGN_IN, {"account": account, "sso": "1"}).content.decode().replace(account, "")
        for account in (tenant.alias, "no-such-account")
    ]
    assert "No single sign-on is offered for this account" in pages[0]
    known, unknown = (re.sub(r'csrfmiddlewaretoken" value="[^"]+"', "", page) for page in pages)
    assert known == unknown


def test_a_deep_link_survives_signing_in(tenant: Tenant, ada: None) -> None:
    client = Client()
    asked = client.get("/console/users/?filter=old-keys&page=2")
    response = client.post(asked["Location"], form(tenant))
    assert response["Location"] == "/console/users/?filter=old-keys&page=2"


@pytest.mark.parametrize(
    "there", ["https://evil.example/", "//evil.example", "javascript:alert(1)", "\\\\evil.example"]
)
def test_next_leads_nowhere_else(tenant: Tenant, ada: None, there: str) -> None:
    assert Client().post(SIGN_IN, form(tenant, next=there))["Location"] == "/console/"


def test_the_session_key_changes_when_one_signs_in(tenant: Tenant, ada: None) -> None:
    client = Client()
    session = client.session
    session["planted"] = True
    session.save()
    before = session.session_key
    client.cookies["sessionid"] = before
    client.post(SIGN_IN, form(tenant))
    assert client.cookies["sessionid"].value != before


def test_signing_in_and_out_is_on_record(tenant: Tenant, ada: None) -> None:
    client = sign_in(tenant, "ada")
    client.post("/console/signout/")
    records = AuditEvent.objects.filter(account_id=tenant.account_id, name__startswith="Console").order_by("sequence")
    assert [record.name for record in records] == ["ConsoleLogin", "ConsoleLogout"]
    assert client.get("/console/").status_code == 302


def test_signing_out_takes_a_post(admin: Client) -> None:
    admin.get("/console/signout/")
    assert admin.get("/console/").status_code == 200


def test_whoever_loses_his_password_is_signed_out(tenant: Tenant, ada: None) -> None:
    client = sign_in(tenant, "ada")
    tenant.run("iam:DeleteLoginProfile", user_name="ada")
    assert client.get("/console/").status_code == 302


def test_a_deleted_and_made_again_user_inherits_no_session(tenant: Tenant, ada: None) -> None:
    client = sign_in(tenant, "ada")
    tenant.run("iam:DeleteLoginProfile", user_name="ada")
    tenant.run("iam:DeleteUser", user_name="ada")
    with_password(tenant, "ada")
    assert client.get("/console/").status_code == 302


@pytest.mark.parametrize("address", [SIGN_IN, "/console/signout/", "/console/theme/", "/console/create/user/"])
def test_a_post_without_a_token_is_refused(tenant: Tenant, address: str) -> None:
    tenant.run("iam:CreateLoginProfile", user_name="admin", password=PASSWORD)
    client = Client(enforce_csrf_checks=True)
    client.cookies.update(sign_in(tenant, "admin").cookies)
    assert client.post(address, {"user_name": "eve"}).status_code == 403
    headers: dict[str, Any] = {"HTTP_ORIGIN": "https://evil.example"}
    assert client.post(address, {"user_name": "eve"}, **headers).status_code == 403


def test_the_theme_is_kept_in_a_cookie(client: Client, db: None) -> None:
    response = client.post("/console/theme/", {"theme": "dark", "next": "/console/signin/"})
    assert response["Location"] == "/console/signin/"
    assert 'data-theme="dark"' in client.get(SIGN_IN).content.decode()
    client.post("/console/theme/", {"theme": '"><script>'})
    assert 'data-theme="dark"' in client.get(SIGN_IN).content.decode()


def test_a_breakglass_link_works_once_and_by_post_alone(tenant: Tenant) -> None:
    token = tenant.run("iamconsole:CreateBreakglassLink").breakglass_link.token
    address, client = f"/console/signin/breakglass/{token}", Client()
    assert client.get(address).status_code == 200
    assert client.get("/console/").status_code == 302
    assert client.post(address)["Location"] == "/console/"
    assert "Root user" in client.get("/console/").content.decode()
    again = Client().post(address)
    assert again.status_code == 403
    assert "used before" in again.content.decode()
    assert Client().post("/console/signin/breakglass/unknown").status_code == 403
