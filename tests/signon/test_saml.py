"""Single sign-on with SAML: a response that was posted by another site becomes a console session, once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from accounts.models import SAMLProvider, SpentAssertion
from iamconsole.interfaces.http import MAX_BODY
from tests.console.client import sign_in, with_password
from tests.federation.certificates import Certified, certified
from tests.federation.saml_idp import SamlIdp, encrypt, metadata, sent
from tests.query.aws import allow, document
from tests.signon.browser import acting, events, session_arn
from tests.signon.test_federation import DESTINATIONS
from tests.sts.sessions import role, trust, user_arn
from tests.support.tenants import Tenant, open_account

WHO = "ada@example.com"


def offer(tenant: Tenant, name: str) -> str:
    account = f"arn:aws:iam::{tenant.account_id}"
    return f"{account}:role/{name},{account}:saml-provider/Corp"


@pytest.fixture
def trusting(tenant: Tenant, idp: SamlIdp) -> SamlIdp:
    """Two roles that trust the provider: Dev may list users, Ops nothing."""
    for name, documents in (("Dev", [document(allow("iam:List*"))]), ("Ops", [])):
        provider = {"Federated": f"arn:aws:iam::{tenant.account_id}:saml-provider/Corp"}
        role(tenant, name, trust(provider, "sts:AssumeRoleWithSAML"), *documents)
    return idp


def post(client: Client, response: Any, path: str = "/saml", **more: str) -> Any:
    """As the browser posts it: from another site, so without cookies."""
    text = response if isinstance(response, str) else sent(response)
    return Client(enforce_csrf_checks=True).post(path, {"SAMLResponse": text, **more})


def arrive(client: Client, response: Any, path: str = "/saml", **more: str) -> Any:
    """Post, and go where the answer leads to, with one's cookies again."""
    answer = post(client, response, path, **more)
    assert answer.status_code == 303, answer.content.decode()
    assert not answer.cookies.get("sessionid")
    return client.get(answer.headers["Location"])


def test_a_response_opens_the_console(tenant: Tenant, trusting: SamlIdp) -> None:
    client = Client()
    answer = arrive(client, trusting.signed(), RelayState="http://testserver/console/users/")
    assert answer.headers["Location"] == "/console/users/"
    assert acting(client) == session_arn(tenant, "Dev", WHO)
    assert client.get("/console/users/").status_code == 200
    (assumed,), (login,) = events(tenant, "AssumeRoleWithSAML"), events(tenant, "ConsoleLogin")
    assert assumed["userIdentity"]["type"] == "SAMLUser"
    assert login["userIdentity"]["arn"] == session_arn(tenant, "Dev", WHO)


def test_a_response_is_good_once(tenant: Tenant, trusting: SamlIdp) -> None:
    response = trusting.signed()
    ticket = post(Client(), response).headers["Location"]
    assert Client().get(ticket).status_code == 302
    again = Client().get(ticket)
    assert again.status_code == 400
    assert "completed before" in again.content.decode()
    answer = arrive(Client(), response)
    assert answer.status_code == 400
    assert "The assertion was used before" in answer.content.decode()


@pytest.mark.parametrize(
    ("members", "said"),
    [
        ({"audience": "https://elsewhere.example/saml"}, "required audience"),
        ({"recipient": "https://elsewhere.example/saml"}, "another recipient"),
        ({"not_on_or_after": "2020-01-01T00:00:00Z"}, "must be redeemed before"),
        ({"issuer": "https://other.example"}, "Issuer not present"),
        ({"Role": []}, "no attribute Role"),
    ],
)
def test_what_is_not_meant_for_us_is_refused(trusting: SamlIdp, members: dict[str, Any], said: str) -> None:
    answer = post(Client(), trusting.signed(**members))
    assert answer.status_code == 400
    assert said in answer.content.decode()
    assert not SpentAssertion.objects.across_accounts("a test").exists()


def test_what_is_not_signed_by_the_provider_is_refused(tenant: Tenant, trusting: SamlIdp) -> None:
    stranger = certified("stranger.example.com")
    forged = trusting.response(trusting.sign(trusting.assertion(), stranger))
    for response in (forged, trusting.response(trusting.assertion()), "nonsense", "", "PGE+"):
        answer = post(Client(), response)
        assert answer.status_code == 400
        assert "You were not signed in" in answer.content.decode()


def test_a_role_that_refuses_says_so_with_an_id(tenant: Tenant, trusting: SamlIdp) -> None:
    tenant.run("iam:UpdateAssumeRolePolicy", role_name="Dev", policy_document=trust({"Service": "ec2.amazonaws.com"}))
    answer = arrive(Client(), trusting.signed())
    html = answer.content.decode()
    assert answer.status_code == 403
    assert "is not authorized to perform: sts:AssumeRoleWithSAML" in html
    assert "Authorization id" in html


def test_of_several_roles_one_is_chosen(tenant: Tenant, trusting: SamlIdp) -> None:
    client = Client()
    answer = post(client, trusting.signed(Role=[offer(tenant, "Dev"), offer(tenant, "Ops")]))
    ticket = answer.headers["Location"]
    html = client.get(ticket).content.decode()
    assert [html.count(f'value="{offer(tenant, name)}"') for name in ("Dev", "Ops")] == [1, 1]
    assert tenant.alias in html
    assert not SpentAssertion.objects.filter(account_id=tenant.account_id).exists()
    assert client.post(ticket, {"role": offer(tenant, "Admin")}).status_code == 400
    assert Client(enforce_csrf_checks=True).post(ticket, {"role": offer(tenant, "Ops")}).status_code == 403
    assert client.post(ticket, {"role": offer(tenant, "Ops")}).status_code == 302
    assert acting(client) == session_arn(tenant, "Ops", WHO)


def test_roles_of_accounts_that_do_not_know_the_provider_are_not_offered(
    tenant: Tenant, trusting: SamlIdp, certificate: Certified, app: Any
) -> None:
    other, stranger = open_account(app), open_account(app)
    other.run("iam:CreateSAMLProvider", name="Corp", saml_metadata_document=metadata(certificate))
    elsewhere = certified("other.example.com")
    stranger.run("iam:CreateSAMLProvider", name="Corp", saml_metadata_document=metadata(elsewhere))
    roles = [offer(tenant, "Dev"), offer(other, "Far"), offer(stranger, "No"), offer(tenant, "Dev").replace("Co", "No")]
    html = arrive(Client(), trusting.signed(Role=roles)).content.decode()
    assert html.count('name="role"') == 2
    assert other.alias in html
    assert stranger.alias not in html


def test_the_choice_takes_five_minutes_at_most(
    tenant: Tenant, trusting: SamlIdp, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("accounts.federation.saml_pending.KEPT", 0)
    ticket = post(Client(), trusting.signed()).headers["Location"]
    assert Client().get(ticket).status_code == 400


def test_whoever_is_signed_in_is_asked_first(tenant: Tenant, trusting: SamlIdp) -> None:
    with_password(tenant, "eve")
    eve = sign_in(tenant, "eve")
    answer = arrive(eve, trusting.signed())
    assert answer.status_code == 200
    assert user_arn(tenant, "eve") in answer.content.decode()
    assert acting(eve) == user_arn(tenant, "eve")
    eve.post(answer.request["PATH_INFO"], {"role": offer(tenant, "Dev")})
    assert acting(eve) == session_arn(tenant, "Dev", WHO)


@pytest.mark.parametrize("wanted", DESTINATIONS)
def test_relay_state_leads_into_the_console_and_nowhere_else(trusting: SamlIdp, wanted: str) -> None:
    assert arrive(Client(), trusting.signed(), RelayState=wanted).headers["Location"] == DESTINATIONS[wanted]


def test_the_session_lasts_as_long_as_the_response_says(
    tenant: Tenant, trusting: SamlIdp, later: Callable[..., None]
) -> None:
    client = Client()
    arrive(client, trusting.signed(SessionDuration=["1800"]))
    later(minutes=29)
    assert client.get("/console/").status_code == 200
    later(minutes=2)
    assert client.get("/console/").status_code == 302
    answer = arrive(Client(), trusting.signed(ident="_a2", SessionDuration=["7200"]))
    assert "exceeds the MaxSessionDuration" in answer.content.decode()


def test_encrypted_responses_have_an_address_of_their_providers_own(tenant: Tenant, trusting: SamlIdp) -> None:
    key = certified("ours.example.com")
    tenant.run(
        "iam:UpdateSAMLProvider",
        saml_provider_arn=offer(tenant, "Dev").partition(",")[2],
        assertion_encryption_mode="Allowed",
        add_private_key=key.key_pem.decode(),
    )
    provider = SAMLProvider.objects.get(account_id=tenant.account_id)
    own = f"/saml/acs/{provider.unique_id}"
    signed = trusting.sign(trusting.assertion(recipient=f"http://localhost:8000{own}"))
    response = trusting.response(encrypt(signed, key))
    refused = post(Client(), response)
    assert refused.status_code == 400
    assert "/saml/acs/" in refused.content.decode()
    assert post(Client(), response, "/saml/acs/ASAAAAAAAAAAAAAAAAAA").status_code == 400
    client = Client()
    arrive(client, response, own)
    assert acting(client) == session_arn(tenant, "Dev", WHO)


def test_only_posts_of_some_size_are_read(db: Any) -> None:
    assert Client().get("/saml").status_code == 405
    assert post(Client(), "A" * MAX_BODY).status_code == 413
