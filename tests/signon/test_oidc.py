"""Single sign-on through an OpenID Connect provider: a code that this browser asked for becomes a session, once."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import structlog
from django.test import Client

from accounts.models import OpenIDConnectProvider, OpenIDConnectSignIn
from iamconsole.audit.models import AuditEvent
from iamconsole.kernel.errors import InvalidInput, NoSuchEntity, ValidationError
from tests.console.client import sign_in, with_password
from tests.federation.conftest import believed
from tests.federation.idp import serving
from tests.query.aws import allow, document
from tests.signon.browser import acting, events, session_arn
from tests.signon.oidc_idp import CLIENT, EMAIL, SECRET, CodeIdp
from tests.signon.test_federation import DESTINATIONS
from tests.sts.sessions import role, role_arn, trust, user_arn
from tests.support.tenants import Tenant, open_account

UPDATE = "iamconsole:UpdateOpenIDConnectProviderSignIn"
SHOW = "iamconsole:GetOpenIDConnectProviderSignIn"


@pytest.fixture
def people(settings: Any) -> Iterator[CodeIdp]:
    settings.IAM_TEST_MODE = True
    with serving() as idp:
        yield CodeIdp(idp)


@pytest.fixture
def provider(tenant: Tenant, people: CodeIdp) -> OpenIDConnectProvider:
    """Role Dev trusts the provider for our client; the account's sign-in page leads there."""
    found = believed(tenant, people.idp.url, CLIENT, "another")
    audience = {f"{found.name}:aud": [CLIENT, "another"]}
    trusting = trust({"Federated": found.arn}, "sts:AssumeRoleWithWebIdentity", StringEquals=audience)
    role(tenant, "Dev", trusting, document(allow("iam:List*")))
    offer(tenant, found)
    return found


def offer(tenant: Tenant, provider: OpenIDConnectProvider, **members: Any) -> Any:
    usual = {
        "open_id_connect_provider_arn": provider.arn,
        "client_id": CLIENT,
        "client_secret": SECRET,
        "role_arn": role_arn(tenant, "Dev"),
        "label": "Corp",
    }
    return tenant.run(UPDATE, **(usual | members))


def start(client: Client, provider: OpenIDConnectProvider, **query: str) -> Any:
    return client.get(f"/console/signin/oidc/{provider.unique_id}/", query)


def back(client: Client, provider: OpenIDConnectProvider, people: CodeIdp, **query: str) -> str:
    """The address that the provider sends this browser back to."""
    answer = start(client, provider, **query)
    assert answer.status_code == 302, answer.content.decode()
    return people.visited(answer["Location"])


def refused(answer: Any, said: str, status: int = 400) -> None:
    html = answer.content.decode()
    assert answer.status_code == status, html
    assert "You were not signed in" in html
    assert said in html
    assert SECRET not in html


def test_a_code_opens_the_console(tenant: Tenant, provider: OpenIDConnectProvider, people: CodeIdp) -> None:
    client = Client()
    before = start(client, provider)
    anonymous = client.cookies["sessionid"].value
    asked = {name: values[0] for name, values in parse_qs(urlsplit(before["Location"]).query).items()}
    assert (asked["client_id"], asked["scope"]) == (CLIENT, "openid")
    callback = f"http://localhost:8000/console/signin/oidc/{provider.unique_id}/callback/"
    assert asked["redirect_uri"] == callback
    answer = client.get(people.visited(before["Location"]))
    assert (answer.status_code, answer["Location"]) == (302, "/console/"), answer.content.decode()
    assert client.cookies["sessionid"].value != anonymous
    assert acting(client) == session_arn(tenant, "Dev", EMAIL)
    (assumed,), (login,) = events(tenant, "AssumeRoleWithWebIdentity"), events(tenant, "ConsoleLogin")
    assert assumed["userIdentity"]["type"] == "WebIdentityUser"
    assert login["userIdentity"]["arn"] == session_arn(tenant, "Dev", EMAIL)
    assert people.refusals == []


def test_a_public_client_needs_no_secret(tenant: Tenant, provider: OpenIDConnectProvider, people: CodeIdp) -> None:
    offer(tenant, provider, client_secret="")
    people.secret = ""
    client = Client()
    client.get(back(client, provider, people))
    assert acting(client) == session_arn(tenant, "Dev", EMAIL)


def test_a_wrong_secret_gets_no_token(tenant: Tenant, provider: OpenIDConnectProvider, people: CodeIdp) -> None:
    offer(tenant, provider, client_secret="of yesterday")
    client = Client()
    refused(client.get(back(client, provider, people)), "did not exchange")
    assert people.refusals == ["client"]


def test_a_state_is_good_once_and_in_one_browser(provider: OpenIDConnectProvider, people: CodeIdp) -> None:
    client = Client()
    address = back(client, provider, people)
    refused(Client().get(address), "began in another browser")
    assert client.get(address).status_code == 302
    refused(client.get(address), "completed before")
    assert people.idp.count("/token") == 1


def test_of_two_requests_with_a_state_one_counts(
    provider: OpenIDConnectProvider, people: CodeIdp, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = Client()
    address = back(client, provider, people)
    session = client.session
    kept = dict(session.items())
    people.claims = {"nonce": "another"}
    refused(client.get(address), "nonce")
    session = client.session
    session.update(kept)
    session.save()
    refused(client.get(address), "completed before")


def test_a_wrong_state_ends_the_flow(provider: OpenIDConnectProvider, people: CodeIdp) -> None:
    client = Client()
    address = back(client, provider, people)
    refused(client.get(address.partition("state=")[0] + "state=guessed"), "state is another")
    refused(client.get(address), "begin again")
    assert people.idp.count("/token") == 0


@pytest.mark.parametrize("query", ["", "?code=x", "?state=x", "?error=access_denied", "?state=%00&code=%FF"])
def test_a_callback_that_nobody_asked_for(provider: OpenIDConnectProvider, query: str) -> None:
    refused(Client().get(f"/console/signin/oidc/{provider.unique_id}/callback/{query}"), "begin again")


@pytest.mark.parametrize(
    ("claims", "said"),
    [
        ({"nonce": "another"}, "its nonce is another"),
        ({"nonce": None}, "its nonce is another"),
        ({"aud": "another"}, "its audience (aud) is another"),
        ({"aud": [CLIENT, "another"], "azp": CLIENT}, "its audience (aud) is another"),
        ({"aud": "a stranger"}, "Incorrect token audience"),
        ({"azp": "another"}, "its authorized party (azp) is another"),
        ({"exp": 1_600_000_000, "iat": 1_599_999_000}, "Token expired"),
        ({"iss": "https://elsewhere.example"}, "issuer"),
        ({"sub": None}, "claim sub"),
    ],
)
def test_a_token_that_is_not_for_this_sign_in(
    tenant: Tenant, provider: OpenIDConnectProvider, people: CodeIdp, claims: dict[str, Any], said: str
) -> None:
    people.claims = claims
    client = Client()
    refused(client.get(back(client, provider, people)), said)
    assert acting(client) == ""
    assert events(tenant, "AssumeRoleWithWebIdentity") == []


@pytest.mark.parametrize(
    ("error", "said"), [("access_denied", "access_denied"), ("<b>call 555</b>", "it answered an error")]
)
def test_an_error_of_the_provider_is_told_if_it_is_one(
    provider: OpenIDConnectProvider, people: CodeIdp, error: str, said: str
) -> None:
    people.error = error
    client = Client()
    answer = client.get(back(client, provider, people))
    refused(answer, said)
    assert "call 555" not in answer.content.decode()


def test_an_answer_of_another_issuer_and_at_anothers_address(
    tenant: Tenant, provider: OpenIDConnectProvider, people: CodeIdp
) -> None:
    client = Client()
    address = back(client, provider, people)
    refused(client.get(address.replace("iss=", "iss=https%3A%2F%2Fevil.example")), "issuer (iss) is another")
    other = believed(tenant, f"{people.idp.url}/other", CLIENT)
    offer(tenant, other)
    address = back(client, provider, people)
    refused(client.get(address.replace(provider.unique_id, other.unique_id)), "begin again")
    assert people.idp.count("/token") == 0


def test_a_sign_in_that_is_disabled_or_gone(tenant: Tenant, provider: OpenIDConnectProvider, people: CodeIdp) -> None:
    client = Client()
    address = back(client, provider, people)
    offer(tenant, provider, enabled=False)
    refused(client.get(address), "not offered")
    refused(start(client, provider), "not offered")
    offer(tenant, provider)
    tenant.run("iam:DeleteOpenIDConnectProvider", open_id_connect_provider_arn=provider.arn)
    refused(start(client, provider), "not offered")
    assert not OpenIDConnectSignIn.objects.filter(account_id=tenant.account_id).exists()


def test_ten_minutes_are_enough(provider: OpenIDConnectProvider, people: CodeIdp, later: Callable[..., None]) -> None:
    client = Client()
    address = back(client, provider, people)
    later(minutes=11)
    refused(client.get(address), "took too long")


def test_a_role_that_refuses_says_so_with_an_id(
    tenant: Tenant, provider: OpenIDConnectProvider, people: CodeIdp
) -> None:
    nobody = trust({"Service": "ec2.amazonaws.com"})
    tenant.run("iam:UpdateAssumeRolePolicy", role_name="Dev", policy_document=nobody)
    client = Client()
    answer = client.get(back(client, provider, people))
    refused(answer, "is not authorized to perform: sts:AssumeRoleWithWebIdentity", 403)
    assert "Authorization id" in answer.content.decode()


def test_a_token_endpoint_that_redirects_is_not_followed(provider: OpenIDConnectProvider, people: CodeIdp) -> None:
    people.idp.answers["/token"] = (307, {"Location": f"{people.idp.url}/elsewhere"}, b"")
    client = Client()
    refused(client.get(back(client, provider, people)), "did not exchange")
    assert (people.idp.count("/token"), people.idp.count("/elsewhere")) == (1, 0)


@pytest.mark.parametrize(
    ("endpoint", "reason"),
    [
        ("https://169.254.169.254/token", "which is not public"),
        ("https://10.0.0.7/token", "which is not public"),
        ("http://10.0.0.7/token", "which is not public"),
        ("ftp://x/", "must begin with https"),
        ("https://u@idp.example/", "without user"),
        (7, "no token_endpoint"),
        (None, "no token_endpoint"),
    ],
)
def test_a_token_endpoint_where_nobody_may_go(
    provider: OpenIDConnectProvider, people: CodeIdp, endpoint: Any, reason: str
) -> None:
    discovered(people, token_endpoint=endpoint)
    client = Client()
    with structlog.testing.capture_logs() as logged:
        answer = start(client, provider)
        if answer.status_code == 302:
            answer = client.get(people.visited(answer["Location"]))
    refused(answer, "our identity provider")
    assert reason in str(logged)
    assert reason not in answer.content.decode()


@pytest.mark.parametrize("endpoint", ["javascript:alert(1)", "//evil.example", "https://x/#y", "", None])
def test_an_authorization_endpoint_that_is_none(
    provider: OpenIDConnectProvider, people: CodeIdp, endpoint: Any
) -> None:
    discovered(people, authorization_endpoint=endpoint)
    refused(start(Client(), provider), "names no endpoints")
    asked = people.idp.count("/.well-known/openid-configuration")
    refused(start(Client(), provider), "names no endpoints")
    assert people.idp.count("/.well-known/openid-configuration") == asked


def discovered(people: CodeIdp, **changes: Any) -> None:
    path = "/.well-known/openid-configuration"
    _status, headers, body = people.idp.answer(path)  # type: ignore[misc]
    people.idp.answers[path] = 200, headers, json.dumps(json.loads(body) | changes).encode()


def test_an_authorization_endpoint_may_have_a_query(provider: OpenIDConnectProvider, people: CodeIdp) -> None:
    discovered(people, authorization_endpoint=f"{people.idp.url}/authorize?realm=acme")
    assert "/authorize?realm=acme&response_type=code&" in start(Client(), provider)["Location"]


@pytest.mark.parametrize("wanted", DESTINATIONS)
def test_it_leads_into_the_console_and_nowhere_else(
    provider: OpenIDConnectProvider, people: CodeIdp, wanted: str
) -> None:
    client = Client()
    assert client.get(back(client, provider, people, next=wanted))["Location"] == DESTINATIONS[wanted]


def test_whoever_is_signed_in_is_asked_first(tenant: Tenant, provider: OpenIDConnectProvider, people: CodeIdp) -> None:
    with_password(tenant, "eve")
    eve = sign_in(tenant, "eve")
    address = back(eve, provider, people, next="/console/users/")
    answer = eve.get(address)
    assert answer.status_code == 200
    assert user_arn(tenant, "eve") in answer.content.decode()
    assert acting(eve) == user_arn(tenant, "eve")
    path = address.partition("?")[0]
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = eve.cookies
    assert strict.post(path).status_code == 403
    assert eve.post(path)["Location"] == "/console/users/"
    assert acting(eve) == session_arn(tenant, "Dev", EMAIL)
    refused(eve.post(path), "begin again")


def test_what_waits_for_the_answer_waits_for_one_provider(
    tenant: Tenant, provider: OpenIDConnectProvider, people: CodeIdp, later: Callable[..., None]
) -> None:
    with_password(tenant, "eve")
    eve = sign_in(tenant, "eve")
    other = believed(tenant, f"{people.idp.url}/other", CLIENT)
    offer(tenant, other)
    path = back_at_the_question(eve, provider, people)
    refused(eve.post(path.replace(provider.unique_id, other.unique_id)), "begin again")
    path = back_at_the_question(eve, provider, people)
    later(minutes=11)
    refused(eve.post(path), "took too long")


def back_at_the_question(client: Client, provider: OpenIDConnectProvider, people: CodeIdp) -> str:
    address = back(client, provider, people)
    assert client.get(address).status_code == 200
    return address.partition("?")[0]


@pytest.mark.parametrize(
    ("claims", "name"),
    [
        ({"email_verified": False}, "ada"),
        ({"email": None, "preferred_username": "ada.l"}, "ada.l"),
        ({"email": None, "preferred_username": "Ada Lovelace", "sub": "oidc|7 ü"}, "oidc-7--"),
        ({"email": None, "sub": "a"}, "a-console"),
        ({"email": None, "sub": "x" * 100}, "x" * 64),
    ],
)
def test_the_session_has_a_name_that_the_provider_vouches_for(
    tenant: Tenant, provider: OpenIDConnectProvider, people: CodeIdp, claims: dict[str, Any], name: str
) -> None:
    people.claims = claims
    client = Client()
    client.get(back(client, provider, people))
    assert acting(client) == session_arn(tenant, "Dev", name)


# --- the sign-in page -----------------------------------------------------------------------------------------------


def test_the_page_of_an_account_has_its_buttons_alone(
    tenant: Tenant, provider: OpenIDConnectProvider, app: Any
) -> None:
    link = f'href="/console/signin/oidc/{provider.unique_id}/?next=%2Fconsole%2Fusers%2F"'
    other = open_account(app)
    for account, count in {tenant.alias: 1, tenant.account_id: 1, other.alias: 0, "nobody": 0, "": 0, "\0": 0}.items():
        html = Client().get("/console/signin/", {"account": account, "next": "/console/users/"}).content.decode()
        assert html.count(link) == count, account
        assert html.count("signin/oidc") == count, account
    html = Client().get("/console/signin/", {"account": tenant.alias, "as": "root"}).content.decode()
    assert "signin/oidc" not in html
    offer(tenant, provider, enabled=False)
    assert "signin/oidc" not in Client().get("/console/signin/", {"account": tenant.alias}).content.decode()


def test_a_label_is_text(tenant: Tenant, provider: OpenIDConnectProvider) -> None:
    offer(tenant, provider, label="<b>Corp</b>")
    html = Client().get("/console/signin/", {"account": tenant.alias}).content.decode()
    assert "Sign in with &lt;b&gt;Corp" in html


# --- the configuration ----------------------------------------------------------------------------------------------


def test_the_configuration_is_shown_without_the_secret(tenant: Tenant, provider: OpenIDConnectProvider) -> None:
    shown = tenant.run(SHOW, open_id_connect_provider_arn=provider.arn)
    assert (shown.client_id, shown.has_secret, shown.enabled, shown.label) == (CLIENT, True, True, "Corp")
    assert SECRET not in shown.model_dump_json()
    row = OpenIDConnectSignIn.objects.get(account_id=tenant.account_id)
    assert SECRET not in row.sealed_secret
    kept = {"client_id": CLIENT, "role_arn": shown.role_arn, "open_id_connect_provider_arn": provider.arn}
    assert tenant.run(UPDATE, **kept).has_secret
    assert not tenant.run(UPDATE, **kept | {"client_id": "another"}).has_secret
    assert tenant.run(UPDATE, **kept, client_secret="x").has_secret
    assert not tenant.run(UPDATE, **kept, client_secret="").has_secret


def test_before_it_is_set_up_it_is_disabled(tenant: Tenant, people: CodeIdp) -> None:
    provider = believed(tenant, people.idp.url, CLIENT)
    shown = tenant.run(SHOW, open_id_connect_provider_arn=provider.arn)
    assert (shown.client_id, shown.enabled, shown.has_secret) == ("", False, False)
    assert provider.unique_id in shown.redirect_uri
    refused(start(Client(), provider), "not offered")


@pytest.mark.parametrize(
    ("members", "fault", "said"),
    [
        ({"client_id": "unknown"}, InvalidInput, "none of the provider's"),
        ({"role_arn": "arn:aws:iam::{account}:role/None"}, InvalidInput, "names no role"),
        ({"role_arn": "arn:aws:iam::{other}:role/Dev"}, InvalidInput, "names no role"),
        ({"role_arn": "arn:aws:iam::{account}:user/Dev"}, ValidationError, "is invalid"),
        ({"scopes": "profile email"}, InvalidInput, "openid"),
        ({"scopes": "openid\n"}, ValidationError, "scopes"),
        ({"label": "x" * 65}, ValidationError, "label"),
        ({"open_id_connect_provider_arn": "arn:aws:iam::{account}:oidc-provider/none"}, NoSuchEntity, "not found"),
    ],
)
def test_what_cannot_be_configured(
    tenant: Tenant, provider: OpenIDConnectProvider, app: Any, members: dict[str, str], fault: Any, said: str
) -> None:
    other = open_account(app)
    role(other, "Dev", trust({"Service": "ec2.amazonaws.com"}))
    filled = {
        name: value.format(account=tenant.account_id, other=other.account_id) if "{" in value else value
        for name, value in members.items()
    }
    with pytest.raises(fault, match=said):
        offer(tenant, provider, **filled)


def test_no_record_has_the_secret_or_the_code(
    tenant: Tenant, provider: OpenIDConnectProvider, people: CodeIdp, capsys: Any, caplog: Any
) -> None:
    client = Client()
    with structlog.testing.capture_logs() as logged:
        offer(tenant, provider)
        people.idp.answers["/token"] = (500, {}, b"")
        address = back(client, provider, people)
        refused(client.get(address), "did not exchange")
    code = parse_qs(urlsplit(address).query)["code"][0]
    bodies = " ".join(AuditEvent.objects.filter(account_id=tenant.account_id).values_list("body", flat=True))
    said = f"{bodies} {logged} {caplog.text} {capsys.readouterr()}"
    assert "UpdateOpenIDConnectProviderSignIn" in bodies
    assert "code not exchanged" in said
    assert SECRET not in said
    assert code not in said
