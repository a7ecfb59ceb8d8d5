"""Console sessions: how they begin, how long they last, who sees them and what ends them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.test import Client

from accounts.models import ConsoleSession
from iamconsole.interfaces.workers.tasks import forget_expired_sessions
from iamconsole.kernel import clock
from tests.console.client import sign_in, with_password
from tests.query.aws import allow, deny, document
from tests.rest.signed import Rest
from tests.support.tenants import PASSWORD, Tenant, open_account

NEW = "Another-horse-8"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
Later = Callable[..., None]


@pytest.fixture
def two(tenant: Tenant) -> tuple[Client, Client]:
    """ada, signed in twice."""
    with_password(tenant, "ada")
    return sign_in(tenant, "ada"), sign_in(tenant, "ada", headers={"User-Agent": FIREFOX})


def inside(client: Client) -> bool:
    return client.get("/console/").status_code == 200


def rows(tenant: Tenant) -> Any:
    return ConsoleSession.objects.filter(account_id=tenant.account_id).order_by("pk")


# --- beginning ---------------------------------------------------------------------------------------------


def test_signing_in_again_takes_a_new_id_and_ends_the_old_session(tenant: Tenant, two: tuple[Client, Client]) -> None:
    client, _ = two
    before = client.cookies["sessionid"].value
    client.post("/console/signin/", {"account": tenant.alias, "user_name": "ada", "password": PASSWORD})
    assert client.cookies["sessionid"].value != before
    stolen = Client()
    stolen.cookies["sessionid"] = before
    assert not inside(stolen)
    assert rows(tenant).count() == 2


def test_no_session_key_is_kept_beside_djangos_own(tenant: Tenant, two: tuple[Client, Client]) -> None:
    key = two[0].cookies["sessionid"].value
    assert not any(key in str(value) for row in rows(tenant).values() for value in row.values())


def test_a_django_session_alone_is_worth_nothing(tenant: Tenant, two: tuple[Client, Client]) -> None:
    client, other = two
    rows(tenant).first().delete()
    assert Session.objects.count() == 2
    assert not inside(client)
    assert inside(other)
    assert Session.objects.count() == 1


def test_the_cookie_is_for_this_site_and_no_script() -> None:
    assert settings.SESSION_COOKIE_HTTPONLY
    assert settings.SESSION_COOKIE_SAMESITE == "Lax"
    assert settings.SESSION_COOKIE_NAME.startswith("__Host-") == settings.SESSION_COOKIE_SECURE


# --- lasting -----------------------------------------------------------------------------------------------


def test_an_unattended_session_ends_after_an_hour(two: tuple[Client, Client], later: Later) -> None:
    client, other = two
    later(minutes=50)
    assert inside(client)
    later(minutes=50)
    assert inside(client)
    assert not inside(other)
    later(minutes=61)
    assert not inside(client)


def test_a_session_ends_after_twelve_hours_however_busy(two: tuple[Client, Client], later: Later) -> None:
    client, _ = two
    for _n in range(14):
        later(minutes=50)
        assert inside(client)
    later(minutes=21)
    assert not inside(client)


def test_what_is_over_is_swept(tenant: Tenant, two: tuple[Client, Client], later: Later) -> None:
    later(minutes=50)
    assert inside(two[0])
    later(minutes=50)
    forget_expired_sessions()
    assert rows(tenant).count() == 1


# --- ending ------------------------------------------------------------------------------------------------


def test_signing_out_ends_it_for_whoever_kept_the_cookie(two: tuple[Client, Client]) -> None:
    client, other = two
    stolen = Client()
    stolen.cookies["sessionid"] = client.cookies["sessionid"].value
    assert inside(stolen)
    client.post("/console/signout/")
    assert not inside(stolen)
    assert inside(other)


@pytest.mark.parametrize(
    ("action", "members"),
    [
        ("iam:UpdateLoginProfile", {"password": NEW}),
        ("iam:DeleteLoginProfile", {}),
        ("iamconsole:RevokeConsoleSessions", {}),
    ],
)
def test_what_an_administrator_does_ends_every_session(
    tenant: Tenant, two: tuple[Client, Client], action: str, members: dict[str, Any]
) -> None:
    tenant.run(action, user_name="ada", **members)
    assert not any(inside(client) for client in two)
    assert not rows(tenant).exists()


def test_a_right_that_is_taken_away_is_gone_from_the_next_request_on(tenant: Tenant) -> None:
    with_password(tenant, "bob")
    users = document(allow("iam:ListUsers"))
    tenant.run("iam:PutUserPolicy", user_name="bob", policy_name="p", policy_document=users)
    bob = sign_in(tenant, "bob")
    assert bob.get("/api/v1/users").status_code == 200
    tenant.run("iam:DeleteUserPolicy", user_name="bob", policy_name="p")
    assert bob.get("/api/v1/users").status_code == 403


def test_a_session_is_as_old_as_its_password_for_policies(tenant: Tenant, later: Later) -> None:
    """A policy that denies what was signed in to before a moment ends nothing, and stops everything."""
    with_password(tenant, "bob", document(allow("iam:ListUsers")))
    before = sign_in(tenant, "bob")
    later(minutes=2)
    moment = (clock.now() - timedelta(minutes=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
    stop = document(deny("*", DateLessThan={"aws:TokenIssueTime": moment}))
    tenant.run("iam:PutUserPolicy", user_name="bob", policy_name="stop", policy_document=stop)
    assert before.get("/api/v1/users").status_code == 403
    assert sign_in(tenant, "bob").get("/api/v1/users").status_code == 200


def test_changing_ones_own_password_keeps_this_session_and_ends_the_others(
    tenant: Tenant, two: tuple[Client, Client]
) -> None:
    tenant.run("iam:UpdateAccountPasswordPolicy", allow_users_to_change_password=True)
    client, other = two
    before = client.cookies["sessionid"].value
    sent = {"old_password": PASSWORD, "new_password": NEW, "again": NEW}
    assert client.post("/console/password/", sent).headers["Location"] == "/console/"
    assert inside(client)
    assert not inside(other)
    assert client.cookies["sessionid"].value != before
    stolen = Client()
    stolen.cookies["sessionid"] = before
    assert not inside(stolen)


def test_an_administrator_who_sets_his_own_password_goes_on(tenant: Tenant) -> None:
    tenant.run("iam:CreateLoginProfile", user_name="admin", password=PASSWORD)
    admin, other = sign_in(tenant, "admin"), sign_in(tenant, "admin")
    admin.post("/console/users/admin/password/", {"choice": "typed", "password": NEW})
    assert [inside(client) for client in (admin, other)] == [True, False]


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"again": "Another-horse-9"}, "not the same"),
        ({"old_password": "Wrong-password-1"}, "old password was incorrect"),
        ({"new_password": "short", "again": "short"}, "length between 8 and 128"),
        ({"new_password": "caf\u00e9 \u20ac", "again": "caf\u00e9 \u20ac"}, "regular expression pattern"),
    ],
)
def test_what_is_wrong_with_ones_own_new_password_is_said(
    tenant: Tenant, two: tuple[Client, Client], sent: dict[str, str], said: str
) -> None:
    own = document(allow("iam:ChangePassword"))
    tenant.run("iam:PutUserPolicy", user_name="ada", policy_name="own", policy_document=own)
    whole = {"old_password": PASSWORD, "new_password": NEW, "again": NEW} | sent
    answer = two[0].post("/console/password/", whole)
    assert answer.status_code == 400
    assert said in answer.content.decode()
    assert all(client.get("/console/").status_code == 200 for client in two)


def test_without_the_permission_the_page_says_so(two: tuple[Client, Client]) -> None:
    sent = {"old_password": PASSWORD, "new_password": NEW, "again": NEW}
    answer = two[0].post("/console/password/", sent)
    assert answer.status_code == 400
    assert "Your administrator does not let you change your password" in answer.content.decode()


# --- seeing and ending them ------------------------------------------------------------------------------------


def test_one_sees_ones_own_and_ends_them(two: tuple[Client, Client]) -> None:
    client, other = two
    html = client.get("/console/sessions/").content.decode()
    assert html.count("This one") == 1
    assert "Firefox on Linux" in html
    listed = client.get("/api/v1/console-sessions").json()["ConsoleSessions"]
    (elsewhere,) = [session for session in listed if not session["Current"]]
    assert elsewhere["UserAgent"] == FIREFOX
    client.post("/console/sessions/", {"session_id": elsewhere["SessionId"]})
    assert (inside(client), inside(other)) == (True, False)


def test_one_ends_all_others(tenant: Tenant, two: tuple[Client, Client]) -> None:
    third = sign_in(tenant, "ada")
    two[0].post("/console/sessions/")
    assert [inside(client) for client in (*two, third)] == [True, False, False]


def test_others_sessions_take_the_permission(tenant: Tenant, two: tuple[Client, Client]) -> None:
    theirs = rows(tenant).first().session_id
    key = tenant.user("eve")
    eve, boss = Rest(tenant.app, key), Rest(tenant.app, tenant.admin_key)
    for method, path in (
        ("GET", "/console-sessions?UserName=ada"),
        ("DELETE", "/console-sessions?UserName=ada"),
        ("DELETE", f"/console-sessions/{theirs}?UserName=ada"),
    ):
        assert eve.send(method, path).code == "AccessDenied"
    assert eve.send("DELETE", f"/console-sessions/{theirs}").code == "NoSuchEntity"
    assert eve.get("/console-sessions").body == {"ConsoleSessions": []}
    assert all(inside(client) for client in two)
    assert boss.get("/console-sessions?UserName=ada").body["ConsoleSessions"][0]["UserName"] == "ada"
    assert boss.send("DELETE", f"/console-sessions/{theirs}?UserName=ada").status == 204
    assert [inside(client) for client in two] == [False, True]


def test_a_denial_stands_above_what_everybody_may(tenant: Tenant) -> None:
    rest = Rest(tenant.app, tenant.user("eve", document(deny("iamconsole:*"))))
    assert rest.get("/console-sessions").code == "AccessDenied"


def test_the_administrators_page(tenant: Tenant, two: tuple[Client, Client]) -> None:
    tenant.run("iam:CreateLoginProfile", user_name="admin", password=PASSWORD)
    admin = sign_in(tenant, "admin")
    assert "/console/users/ada/sessions/" in admin.get("/console/users/ada/tab/credentials/").content.decode()
    assert "Firefox on Linux" in admin.get("/console/users/ada/sessions/").content.decode()
    admin.post("/console/users/ada/sessions/")
    assert [inside(client) for client in (*two, admin)] == [False, False, True]


def test_another_accounts_session_is_as_unknown_as_none(tenant: Tenant, two: tuple[Client, Client], app: Any) -> None:
    other = open_account(app)
    theirs = rows(tenant).first().session_id
    answers = [
        Rest(other.app, other.admin_key).send("DELETE", f"/console-sessions/{ident}") for ident in (theirs, "cs-0")
    ]
    assert {answer.code for answer in answers} == {"NoSuchEntity"}
    assert answers[0].body["detail"].replace(theirs, "cs-0") == answers[1].body["detail"]
    assert all(inside(client) for client in two)


def test_a_generated_password_satisfies_whatever_the_account_demands(tenant: Tenant) -> None:
    tenant.run("iam:CreateLoginProfile", user_name="admin", password=PASSWORD)
    admin = sign_in(tenant, "admin")
    tenant.run("iam:CreateUser", user_name="ada")
    tenant.run(
        "iam:UpdateAccountPasswordPolicy",
        minimum_password_length=64,
        require_symbols=True,
        require_numbers=True,
        require_uppercase_characters=True,
        require_lowercase_characters=True,
    )
    answer = admin.post("/console/users/ada/password/", {"choice": "generated", "password_reset_required": "on"})
    assert answer.status_code == 200, answer.content.decode()
    assert tenant.run("iam:GetLoginProfile", user_name="ada").login_profile.password_reset_required


def test_the_console_shows_edits_replaces_and_deletes_the_policy(tenant: Tenant) -> None:
    tenant.run("iam:CreateLoginProfile", user_name="admin", password=PASSWORD)
    admin = sign_in(tenant, "admin")

    def page() -> str:
        return admin.get("/console/account/").content.decode()

    assert "AWS&#x27;s default rule" in page()
    sent = {"minimum_password_length": "12", "max_password_age": "90", "require_numbers": "on"}
    assert admin.post("/console/account/password-policy/", sent).status_code == 302
    assert "90 days" in page()
    policy = tenant.run("iam:GetAccountPasswordPolicy").password_policy
    assert (policy.minimum_password_length, policy.require_numbers, policy.require_symbols) == (12, True, False)
    wrong = admin.post("/console/account/password-policy/", {"minimum_password_length": "5"})
    assert wrong.status_code == 400
    assert "greater than or equal to 6" in wrong.content.decode()
    assert admin.post("/console/account/password-profile/", {"profile": "ASVS"}).status_code == 302
    assert "OWASP ASVS 5.0" in page()
    assert "replaces it" in admin.get("/console/account/password-policy/").content.decode()
    assert admin.post("/console/account/password-profile/").status_code == 302
    assert "AWS&#x27;s default rule" in page()
    assert admin.get("/console/account/password-profile/").status_code == 302
