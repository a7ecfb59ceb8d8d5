"""Passwords that must be changed or have expired: one page is left, or none, and never for root."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import get_resolver

from accounts.models import User
from iamconsole.audit.models import AuditEvent
from iamconsole.runtime import calls
from iamconsole.runtime.authentication.identities import of_user
from tests.console.client import sign_in, with_password
from tests.support.tenants import PASSWORD, Tenant, run

NEW = "Another-horse-8"
SENT = {"old_password": PASSWORD, "new_password": NEW, "again": NEW}
EXPIRED = "Your password has expired. Ask an administrator to set a new one."
Later = Callable[..., None]


def expiring(tenant: Tenant, **more: Any) -> None:
    tenant.run("iam:UpdateAccountPasswordPolicy", max_password_age=90, allow_users_to_change_password=True, **more)


def attempt(tenant: Tenant, name: str = "ada", password: str = PASSWORD) -> Any:
    return Client().post("/console/signin/", {"account": tenant.alias, "user_name": name, "password": password})


@pytest.fixture
def ada(tenant: Tenant) -> None:
    everything = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}'
    with_password(tenant, "ada", everything)


def must_change(tenant: Tenant, later: Later, why: str) -> Client:
    if why == "reset":
        tenant.run("iam:UpdateLoginProfile", user_name="ada", password_reset_required=True)
    else:
        expiring(tenant)
        later(days=90)
    return sign_in(tenant, "ada")


@pytest.mark.parametrize("why", ["reset", "expired"])
def test_nothing_opens_but_the_choice_of_a_new_password(tenant: Tenant, ada: None, later: Later, why: str) -> None:
    client = must_change(tenant, later, why)
    _prefix, console = get_resolver().namespace_dict["console"]
    pages = [str(pattern.pattern) for pattern in console.url_patterns if "<" not in str(pattern.pattern)]
    assert len(pages) > 10
    open_to_all = ("signin/", "theme/", "signout/", "password/")
    for page in [page for page in pages if not page.startswith(open_to_all)]:
        address = f"/console/{page.strip('^$')}"
        for answer in (client.get(address), client.post(address), client.get(address, HTTP_HX_REQUEST="true")):
            assert answer.status_code in (204, 302), page
            assert answer.headers.get("Location", answer.headers.get("HX-Redirect")) == "/console/password/", page
    assert client.get("/api/v1/users").status_code == 403
    assert client.get("/console/password/").status_code == 200
    done = client.post("/console/password/", SENT)
    assert done.headers["Location"] == "/console/", done.content.decode()
    assert client.get("/console/users/").status_code == 200
    assert attempt(tenant).status_code == 403
    assert attempt(tenant, password=NEW).status_code == 302


def test_one_may_sign_out_instead(tenant: Tenant, ada: None, later: Later) -> None:
    client = must_change(tenant, later, "reset")
    assert client.post("/console/signout/").headers["Location"] == "/console/signin/"
    assert client.get("/console/password/").status_code == 302


def test_the_same_password_again_is_no_change(tenant: Tenant, ada: None, later: Later) -> None:
    client = must_change(tenant, later, "expired")
    answer = client.post("/console/password/", SENT | {"new_password": PASSWORD, "again": PASSWORD})
    assert answer.status_code == 400
    assert "must differ" in answer.content.decode()


def test_a_session_notices_when_the_password_expires(tenant: Tenant, ada: None, later: Later) -> None:
    expiring(tenant)
    later(days=89, hours=23, minutes=30)
    client = sign_in(tenant, "ada")
    assert "Your password expires on" in client.get("/console/").content.decode()
    later(minutes=40)
    assert client.get("/console/").headers["Location"] == "/console/password/"


def test_after_hard_expiry_only_an_administrator_helps(tenant: Tenant, ada: None, later: Later) -> None:
    expiring(tenant, hard_expiry=True)
    client = sign_in(tenant, "ada")
    later(days=89, hours=23, minutes=50)
    stays = sign_in(tenant, "ada")
    later(minutes=20)
    for gone in (client, stays):
        assert "/signin/" in gone.get("/console/").headers["Location"]
    refused = attempt(tenant)
    assert refused.status_code == 403
    assert EXPIRED in refused.content.decode()
    assert "sessionid" not in refused.cookies
    assert EXPIRED not in attempt(tenant, password="Wrong-password-1").content.decode()
    event = AuditEvent.objects.filter(account_id=tenant.account_id, name="ConsoleLogin").order_by("-sequence")[1]
    assert event.error_code == "SignInFailed"
    tenant.run("iam:UpdateLoginProfile", user_name="ada", password=NEW)
    assert attempt(tenant, password=NEW).status_code == 302


def test_an_expired_password_can_be_changed_by_key(tenant: Tenant, later: Later) -> None:
    """AWS: hard expiry closes the console alone. Signatures follow the real clock, so the operation is run directly."""
    tenant.run("iam:CreateUser", user_name="ada")
    tenant.run("iam:CreateLoginProfile", user_name="ada", password=PASSWORD)
    expiring(tenant, hard_expiry=True)
    later(days=100)
    user = User.objects.get(account_id=tenant.account_id, name="ada")
    call = calls.call_for(of_user(user), door="query")
    run(call, "iam:ChangePassword", old_password=PASSWORD, new_password=NEW)
    assert attempt(tenant, password=NEW).status_code == 302


# --- root --------------------------------------------------------------------------------------------------


def root(tenant: Tenant, password: str = PASSWORD) -> Client:
    client = Client()
    sent = {"email": f"root@{tenant.alias}.localhost", "password": password}
    assert client.post("/console/signin/?as=root", sent).status_code == 302
    return client


@pytest.mark.parametrize(
    "policy",
    [
        {"max_password_age": 1, "hard_expiry": True},
        {"max_password_age": 1, "hard_expiry": False},
        {"minimum_password_length": 128, "require_symbols": True, "password_reuse_prevention": 24},
    ],
)
def test_no_policy_keeps_root_out(tenant: Tenant, later: Later, policy: dict[str, Any]) -> None:
    tenant.run("iam:UpdateAccountPasswordPolicy", **policy)
    later(days=4000)
    assert root(tenant).get("/console/users/").status_code == 200


def test_no_operation_makes_root_change_or_lose_its_password(tenant: Tenant) -> None:
    for action in ("iam:UpdateLoginProfile", "iam:DeleteLoginProfile", "iamconsole:RevokeConsoleSessions"):
        with pytest.raises(Exception, match=r"userName|cannot be found"):
            tenant.run(action, user_name="<root_account>")
    root(tenant)


def test_root_changes_its_own_password_in_the_console(tenant: Tenant) -> None:
    client, other = root(tenant), root(tenant)
    wrong = client.post("/console/password/", SENT | {"old_password": "Wrong-password-1"})
    assert (wrong.status_code, "old password was incorrect" in wrong.content.decode()) == (400, True)
    assert client.post("/console/password/", SENT).status_code == 302
    assert client.get("/console/").status_code == 200
    assert other.get("/console/").status_code == 302
    root(tenant, NEW)


def test_breakglass_lets_root_in_while_everything_else_is_locked(tenant: Tenant, later: Later) -> None:
    expiring(tenant, hard_expiry=True)
    later(days=1000)
    token = tenant.run("iamconsole:CreateBreakglassLink").breakglass_link.token
    client = Client()
    client.post(f"/console/signin/breakglass/{token}")
    assert client.get("/console/users/").status_code == 200
    tenant.run("iamconsole:ChangeRootPassword", new_password=NEW)
    root(tenant, NEW)
