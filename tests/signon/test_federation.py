"""AWS's federation endpoint with the credentials of stock clients: from getSigninToken to a console session."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from accounts.models import ConsoleSession
from tests.console.client import sign_in, with_password
from tests.query.aws import ANYTHING, allow, document
from tests.signon.browser import acting, events, session_arn, switch
from tests.sts.sessions import ada_and_app, assume, role, role_arn, trust, user_arn
from tests.support.tenants import Tenant

USERS = "/console/users/"
Credentials = dict[str, str]


@pytest.fixture
def held(tenant: Tenant) -> Credentials:
    """Credentials of a session of role app, which may do anything, and last for an hour."""
    return assume(ada_and_app(tenant), tenant)


def session_json(held: Credentials, **changed: Any) -> str:
    said = {
        "sessionId": held["AccessKeyId"],
        "sessionKey": held["SecretAccessKey"],
        "sessionToken": held["SessionToken"],
    }
    return json.dumps(said | changed)


def token_of(held: Credentials, method: str = "get", **more: Any) -> str:
    answer = getattr(Client(), method)(
        "/federation", {"Action": "getSigninToken", "Session": session_json(held), **more}
    )
    assert answer.status_code == 200, answer.content
    return str(answer.json()["SigninToken"])


def login(client: Client, token: str, destination: str = "https://console.aws.amazon.com/") -> Any:
    given = {"Action": "login", "Issuer": "https://example.com", "Destination": destination, "SigninToken": token}
    return client.get("/federation", given)


def test_the_documented_script(tenant: Tenant, held: Credentials, monkeypatch: pytest.MonkeyPatch) -> None:
    def urlopen(url: str, body: bytes) -> io.BytesIO:
        answer = Client().post(url, body, content_type="application/x-www-form-urlencoded")
        return io.BytesIO(answer.content)

    monkeypatch.setattr("urllib.request.urlopen", urlopen)
    script = Path("docs/federation.md").read_text().partition("<!-- federation -->\n```python\n")[2].partition("```")[0]
    names: dict[str, Any] = {"credentials": held, "url": "http://testserver"}
    exec(script, names)
    client = Client()
    assert client.get(names["link"]).headers["Location"] == "/console/roles/"
    assert acting(client) == session_arn(tenant, "app", "me")


@pytest.mark.parametrize("method", ["get", "post"])
def test_credentials_open_the_console(tenant: Tenant, held: Credentials, method: str) -> None:
    client = Client()
    answer = login(client, token_of(held, method), "http://testserver/console/users/?q=a")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/console/users/?q=a")
    assert acting(client) == session_arn(tenant, "app", "me")
    assert client.get(USERS).status_code == 200
    assert client.get("/api/v1/users").status_code == 200
    client.post("/console/create/group/", {"group_name": "devs"})
    client.post("/console/signout/")
    assert client.get("/console/").status_code == 302
    for name in ("GetSigninToken", "ConsoleLogin", "CreateGroup", "ConsoleLogout"):
        (event,) = events(tenant, name)
        assert event["userIdentity"]["arn"] == session_arn(tenant, "app", "me")
        assert event["userIdentity"]["accessKeyId"] == held["AccessKeyId"]


def test_no_secret_is_on_record_or_kept(tenant: Tenant, held: Credentials, caplog: pytest.LogCaptureFixture) -> None:
    token = token_of(held)
    login(Client(), token)
    row = ConsoleSession.objects.get(account_id=tenant.account_id)
    trail = json.dumps([events(tenant, name) for name in ("GetSigninToken", "ConsoleLogin")])
    for secret in (held["SecretAccessKey"], held["SessionToken"], token, row.session_token):
        assert secret not in trail
        assert secret not in caplog.text
    assert row.session_token != held["SessionToken"]
    assert "secret" not in row.session_token


def test_what_is_kept_of_a_session_signs_nothing(tenant: Tenant, held: Credentials) -> None:
    login(Client(), token_of(held))
    row = ConsoleSession.objects.get(account_id=tenant.account_id)
    for secret in ("", held["SecretAccessKey"]):
        stolen = {
            "AccessKeyId": row.access_key_id,
            "SecretAccessKey": secret or "x",
            "SessionToken": row.session_token,
        }
        with pytest.raises(Exception, match="SignatureDoesNotMatch"):
            tenant.client("sts", stolen).get_caller_identity()


def test_a_federated_user_may_use_iam_in_the_console_alone(tenant: Tenant) -> None:
    key = tenant.user("ada", document(allow("sts:GetFederationToken"), allow("iam:List*")))
    held = tenant.client("sts", key).get_federation_token(
        Name="bob", Policy=document(allow("iam:ListUsers")), DurationSeconds=900
    )["Credentials"]
    with pytest.raises(Exception, match="security token included in the request is invalid"):
        tenant.client("iam", held).list_users()
    client = Client()
    login(client, token_of(held))
    assert acting(client) == f"arn:aws:sts::{tenant.account_id}:federated-user/bob"
    assert client.get(USERS).status_code == 200
    assert client.get("/console/roles/").status_code == 403
    assert "switch-role" not in client.get("/console/").content.decode()
    tenant.run("iam:UpdateAccessKey", user_name="ada", access_key_id=key["AccessKeyId"], status="Inactive")
    assert client.get("/console/").status_code == 302


# --- who is refused ---------------------------------------------


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"sessionKey": "x" * 40}, "InvalidClientTokenId"),
        ({"sessionId": "ASIAAAAAAAAAAAAAAAAA"}, "InvalidClientTokenId"),
        ({"sessionToken": "nonsense"}, "InvalidClientTokenId"),
        ({"sessionToken": ""}, "ValidationError"),
        ({"sessionKey": None}, "ValidationError"),
        ({"sessionKey": ["a"]}, "ValidationError"),
    ],
)
def test_credentials_must_be_right_all_three(held: Credentials, changed: dict[str, Any], code: str) -> None:
    session = session_json(held, **changed)
    answer = Client().get("/federation", {"Action": "getSigninToken", "Session": session})
    assert answer.status_code >= 400
    assert answer.json()["Error"]["Code"] == code


@pytest.mark.parametrize("session", ["", "[]", "{", "null", '"x"', "{}"])
def test_what_is_no_session_is_said(session: str) -> None:
    answer = Client().post("/federation", {"Action": "getSigninToken", "Session": session})
    assert (answer.status_code, answer.json()["Error"]["Code"]) == (400, "ValidationError")


def test_long_lived_keys_and_sessions_of_users_open_nothing(tenant: Tenant) -> None:
    key = tenant.user("ada")
    of_user = tenant.client("sts", key).get_session_token()["Credentials"]
    for held, code in ((of_user, "AccessDenied"), (key | {"SessionToken": "x"}, "InvalidClientTokenId")):
        answer = Client().get("/federation", {"Action": "getSigninToken", "Session": session_json(held)})
        assert answer.json()["Error"]["Code"] == code


@pytest.mark.parametrize("action", ["", "Login", "login"])
def test_other_actions_are_none(held: Credentials, action: str) -> None:
    answer = Client().post("/federation", {"Action": action, "Session": session_json(held)})
    assert answer.json()["Error"]["Code"] == "InvalidAction"
    assert Client().put("/federation").status_code == 405


def test_a_token_is_good_once(held: Credentials) -> None:
    token = token_of(held)
    first, second = Client(), Client()
    assert login(first, token).status_code == 302
    answer = login(second, token)
    assert answer.status_code == 403
    assert "was used before" in answer.content.decode()
    assert second.get("/console/").status_code == 302


@pytest.mark.django_db(transaction=True)
def test_of_two_at_the_same_time_one_gets_in(tenant: Tenant, held: Credentials) -> None:
    token = token_of(held)

    def enter(_n: int) -> int:
        try:
            return int(login(Client(), token).status_code)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(enter, range(4))) == [302, 403, 403, 403]


def test_a_token_is_good_for_a_quarter_of_an_hour(held: Credentials, later: Callable[..., None]) -> None:
    token = token_of(held)
    later(minutes=14, seconds=58)
    assert login(Client(), token).status_code == 302
    token = token_of(held)
    later(minutes=15, seconds=1)
    assert login(Client(), token).status_code == 403


def test_a_token_that_was_touched_opens_nothing(held: Credentials) -> None:
    token = token_of(held)
    middle = len(token) // 2
    other = "A" if token[middle] != "A" else "B"
    for text in (token[:middle] + other + token[middle + 1 :], token[:-4], held["SessionToken"], "", "x" * 20_000):
        assert login(Client(), text).status_code == 403


DESTINATIONS = {
    "/console/groups/": "/console/groups/",
    "http://testserver/console/users/?q=%2F": "/console/users/?q=%2F",
    "https://console.aws.amazon.com/iam": "/console/",
    "https://evil.example/console/": "/console/",
    "//evil.example/console/": "/console/",
    "/\\evil.example/console/": "/console/",
    "https:evil.example/console/": "/console/",
    "http:///evil.example/console/": "/console/",
    "javascript:alert(1)": "/console/",
    "http://testserver@evil.example/console/": "/console/",
    "http://testserver.evil.example/console/": "/console/",
    "/console/../federation": "/console/",
    "/console/%2e%2e/federation": "/console/",
    "/federation?Action=login": "/console/",
    "/api/v1/users": "/console/",
    "/consoles/": "/console/",
    "/console/users/\r\nX-Header: 1": "/console/users/X-Header:%201",
    "/console/users/" + "x" * 3000: "/console/",
    "": "/console/",
}


@pytest.mark.parametrize("wanted", DESTINATIONS)
def test_it_leads_into_the_console_and_nowhere_else(held: Credentials, wanted: str) -> None:
    answer = login(Client(), token_of(held), wanted)
    assert answer.headers["Location"] == DESTINATIONS[wanted]


# --- for how long ---------------------------------------------


def lasts(client: Client, later: Callable[..., None], *, minutes: int) -> bool:
    for _ in range(minutes // 50):
        later(minutes=50)
        client.get("/console/")
    later(minutes=minutes % 50)
    return bool(client.get("/console/").status_code == 200)


def test_without_a_duration_it_ends_with_the_credentials(held: Credentials, later: Callable[..., None]) -> None:
    client = Client()
    login(client, token_of(held))
    assert lasts(client, later, minutes=59)
    assert not lasts(client, later, minutes=2)


def test_it_may_outlast_the_credentials_up_to_the_roles_own_limit(tenant: Tenant, later: Callable[..., None]) -> None:
    sts = ada_and_app(tenant)
    tenant.run("iam:UpdateRole", role_name="app", max_session_duration=7200)
    held = assume(sts, tenant, DurationSeconds=900)
    client = Client()
    login(client, token_of(held, SessionDuration=7200))
    assert lasts(client, later, minutes=119)
    assert not lasts(client, later, minutes=2)


@pytest.mark.parametrize(
    ("duration", "said"),
    [
        ("899", "SessionDuration"),
        ("43201", "SessionDuration"),
        ("-900", "from 900 to 43200"),
        ("1e4", "from 900 to 43200"),
        ("3601", "exceeds the MaxSessionDuration set for this role"),
    ],
)
def test_a_duration_has_bounds(held: Credentials, duration: str, said: str) -> None:
    given = {"Action": "getSigninToken", "Session": session_json(held), "SessionDuration": duration}
    answer = Client().get("/federation", given)
    assert answer.status_code == 400
    assert said.lower() in answer.json()["Error"]["Message"].lower()


def test_a_chained_role_and_a_federated_user_have_no_duration_of_choice(tenant: Tenant) -> None:
    sts = ada_and_app(tenant)
    role(tenant, "next", trust(role_arn(tenant, "app")), ANYTHING, max_session_duration=43200)
    chained = assume(tenant.client("sts", assume(sts, tenant)), tenant, "next")
    key = tenant.user("bob", document(allow("sts:GetFederationToken")))
    federated = tenant.client("sts", key).get_federation_token(Name="guest")["Credentials"]
    for held, said in ((chained, "role chaining"), (federated, "leave it out")):
        given = {"Action": "getSigninToken", "Session": session_json(held), "SessionDuration": "3600"}
        assert said in Client().get("/federation", given).json()["Error"]["Message"]
        token_of(held)


def test_it_ends_with_the_role(tenant: Tenant, held: Credentials) -> None:
    client, token = Client(), token_of(held)
    login(client, token_of(held))
    tenant.run("iam:DeleteRolePolicy", role_name="app", policy_name="p0")
    tenant.run("iam:DeleteRole", role_name="app")
    assert client.get("/console/").status_code == 302
    assert not ConsoleSession.objects.filter(account_id=tenant.account_id).exists()
    assert login(client, token).status_code == 403


def test_revoking_the_roles_sessions_closes_it(tenant: Tenant, held: Credentials, later: Callable[..., None]) -> None:
    client = Client()
    later(seconds=2)
    login(client, token_of(held, SessionDuration=3600))
    assert client.get(USERS).status_code == 200
    tenant.run("iamconsole:RevokeRoleSessions", role_name="app")
    assert client.get(USERS).status_code == 403


def test_it_may_switch_to_a_role_and_back(tenant: Tenant, held: Credentials) -> None:
    role(tenant, "next", trust(role_arn(tenant, "app")))
    client = Client()
    login(client, token_of(held))
    assert switch(client, tenant, "next").status_code == 302
    assert acting(client) == session_arn(tenant, "next", "me")
    client.post("/console/switch-role/back/")
    assert acting(client) == session_arn(tenant, "app", "me")
    row = ConsoleSession.objects.get(account_id=tenant.account_id)
    assert row.acting_as == session_arn(tenant, "app", "me")


# --- somebody is signed in ---------------------------------------------


def test_a_link_does_not_replace_whoever_is_signed_in_without_being_asked(tenant: Tenant, held: Credentials) -> None:
    with_password(tenant, "eve")
    eve, token = sign_in(tenant, "eve", enforce_csrf_checks=False), token_of(held)
    answer = login(eve, token, "/console/users/")
    html = answer.content.decode()
    assert answer.status_code == 200
    assert user_arn(tenant, "eve") in html
    assert session_arn(tenant, "app", "me") in html
    assert acting(eve) == user_arn(tenant, "eve")
    guarded = Client(enforce_csrf_checks=True)
    guarded.cookies = eve.cookies
    posted = {"SigninToken": token, "Destination": "/console/users/"}
    assert guarded.post("/console/signin/federation/", posted).status_code == 403
    assert guarded.get("/console/signin/federation/", posted).headers["Location"] == "/console/signin/"
    assert acting(eve) == user_arn(tenant, "eve")
    before = eve.cookies["sessionid"].value
    assert eve.post("/console/signin/federation/", posted).headers["Location"] == "/console/users/"
    assert acting(eve) == session_arn(tenant, "app", "me")
    assert eve.cookies["sessionid"].value != before
    assert ConsoleSession.objects.filter(account_id=tenant.account_id).count() == 1


def test_the_answer_to_the_question_leads_nowhere_else(tenant: Tenant, held: Credentials) -> None:
    with_password(tenant, "eve")
    posted = {"SigninToken": token_of(held), "Destination": "//evil.example/"}
    answer = sign_in(tenant, "eve").post("/console/signin/federation/", posted)
    assert answer.headers["Location"] == "/console/"


def test_a_session_fixed_by_somebody_else_is_not_taken_on(tenant: Tenant, held: Credentials) -> None:
    client = Client()
    client.cookies["sessionid"] = "chosenbysomebodyelse"
    login(client, token_of(held))
    assert client.cookies["sessionid"].value != "chosenbysomebodyelse"
