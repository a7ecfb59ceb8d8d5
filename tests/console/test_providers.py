"""Identity providers in the console: what is published is shown first, and why a token is or is not believed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client

from accounts.models import OpenIDConnectProvider, SAMLProvider
from tests.console.client import sign_in, with_password
from tests.console.furniture import allowing
from tests.console.test_submission import token_of
from tests.federation.certificates import Certified, certified
from tests.federation.idp import Idp, serving
from tests.federation.saml_idp import SamlIdp, metadata, sent
from tests.support.tenants import Tenant

HERE = "/console/identity-providers"


@pytest.fixture
def idp(settings: Any) -> Iterator[Idp]:
    settings.IAM_TEST_MODE = True
    with serving() as found:
        yield found


@pytest.fixture(scope="session")
def certificate() -> Certified:
    return certified("idp.example.com")


def added(tenant: Tenant, idp: Idp) -> str:
    made = tenant.run("iam:CreateOpenIDConnectProvider", url=idp.url, client_id_list=["sts.amazonaws.com"])
    return str(made.open_id_connect_provider_arn)


def trusting(tenant: Tenant, arn: str, name: str = "Deployer", subject: str = "ada") -> None:
    key = arn.partition("-provider/")[2]
    statement = {
        "Sid": "People",
        "Effect": "Allow",
        "Principal": {"Federated": arn},
        "Action": "sts:AssumeRoleWithWebIdentity",
        "Condition": {"StringEquals": {f"{key}:sub": subject}},
    }
    document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    tenant.run("iam:CreateRole", role_name=name, assume_role_policy_document=document)


def test_an_issuer_is_looked_at_before_it_is_added(tenant: Tenant, admin: Client, idp: Idp) -> None:
    form = {"url": idp.url, "client_id_list": "one\r\n\r\n two ", "thumbprint_list": ""}
    html = admin.post("/console/create/oidc-provider/", form | {"step": "check"}).content.decode()
    assert html.count("Passed") == 5
    assert f"{idp.url}/jwks" in html
    assert not OpenIDConnectProvider.objects.filter(account_id=tenant.account_id).exists()
    made = admin.post("/console/create/oidc-provider/", form)
    row = OpenIDConnectProvider.objects.get(account_id=tenant.account_id)
    assert made["Location"] == f"{HERE}/trust/{row.arn}"
    assert row.client_ids == ["one", "two"]


@pytest.mark.parametrize(
    ("document", "said"),
    [
        ({"issuer": "https://other.example.com"}, "the document names issuer"),
        ({"jwks_uri": 5}, "Failed"),
        ({"id_token_signing_alg_values_supported": ["HS256"]}, "it signs with HS256"),
        ({"token_endpoint": None}, "the document has no token_endpoint"),
    ],
)
def test_what_is_wrong_with_an_issuer_is_said(admin: Client, idp: Idp, document: dict[str, Any], said: str) -> None:
    right = json.loads(idp.answer("/.well-known/openid-configuration")[2])  # type: ignore[index]
    idp.answers["/.well-known/openid-configuration"] = (200, {}, json.dumps(right | document).encode())
    html = admin.post("/console/create/oidc-provider/", {"url": idp.url, "step": "check"}).content.decode()
    assert said in html


def test_nobody_aims_a_fetch_at_our_own_network(admin: Client) -> None:
    """Without test mode loopback is refused like every private address (docs/federation.md)."""
    form = {"url": "https://127.0.0.1:1/x", "step": "check"}
    html = admin.post("/console/create/oidc-provider/", form).content.decode()
    assert "Failed" in html
    assert "Not reached" in html


def test_whoever_may_not_add_a_provider_fetches_nothing(tenant: Tenant, idp: Idp) -> None:
    with_password(tenant, "grace", allowing("iamconsole:InspectOpenIDConnectIssuer", "iam:List*"))
    grace = sign_in(tenant, "grace")
    assert grace.post("/console/create/oidc-provider/", {"url": idp.url, "step": "check"}).status_code == 403
    assert idp.hits == []


def test_clients_network_and_tags_of_a_provider(tenant: Tenant, admin: Client, idp: Idp) -> None:
    arn = added(tenant, idp)
    admin.post(f"{HERE}/clients/add/{arn}", {"client_id": "console"})
    admin.post(f"{HERE}/clients/remove/{arn}", {"client_id": "sts.amazonaws.com"})
    admin.post(f"{HERE}/network/{arn}", {"allowed_networks": "10.20.0.0/16\r\n"})
    admin.post(f"{HERE}/tags/{arn}", {"tag_key": ["team"], "tag_value": ["blue"]})
    row = OpenIDConnectProvider.objects.get(account_id=tenant.account_id)
    assert (row.client_ids, row.allowed_networks, row.tags) == (["console"], ["10.20.0.0/16"], {"team": "blue"})
    wrong = admin.post(f"{HERE}/network/{arn}", {"allowed_networks": "everywhere"})
    assert wrong.status_code == 400
    assert "id_allowed_networks_error" in wrong.content.decode()


def test_who_trusts_a_provider_and_on_which_condition(tenant: Tenant, admin: Client, idp: Idp) -> None:
    arn = added(tenant, idp)
    assert "No role trusts this provider" in admin.get(f"{HERE}/trust/{arn}").content.decode()
    trusting(tenant, arn)
    escaped = json.dumps(
        {
            "Version": "2012-10-17",
            "Statement": [
                {"Effect": "Allow", "Principal": {"Federated": arn}, "Action": "sts:AssumeRoleWithWebIdentity"}
            ],
        }
    ).replace("/", "\\/")
    tenant.run("iam:CreateRole", role_name="Everybody", assume_role_policy_document=escaped)
    trusting(tenant, arn + "x", "Other")
    html = admin.get(f"{HERE}/trust/{arn}").content.decode()
    assert ":sub = ada" in html
    assert "Everybody that it vouches for" in html
    assert "/console/roles/Other/" not in html


def test_a_pasted_token_is_explained_and_kept_nowhere(
    tenant: Tenant, admin: Client, idp: Idp, caplog: pytest.LogCaptureFixture
) -> None:
    arn = added(tenant, idp)
    trusting(tenant, arn)
    for subject, said in (("ada", "Deployer lets it in"), ("eve", "it is eve")):
        token = idp.token(sub=subject)
        response = admin.post(f"{HERE}/try/{arn}", {"token": token, "role_name": "Deployer"})
        html = response.content.decode()
        assert said in html
        assert token not in html
        assert "no-store" in response["Cache-Control"]
        assert token not in caplog.text
        found = tenant.run("iamconsole:LookupAuditEvents").events
        assert not any(token in event.cloud_trail_event for event in found)
    forged = idp.token()[:-6] + "AAAAAA"
    html = admin.post(f"{HERE}/try/{arn}", {"token": forged}).content.decode()
    assert "its signature does not match" in html
    assert "Not reached" in html


def test_a_saml_provider_from_metadata_to_a_response(tenant: Tenant, admin: Client, certificate: Certified) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    document = metadata(certificate)
    form = {"name": "Corp", "saml_metadata_document": document}
    html = admin.post("/console/create/saml-provider/", form | {"step": "check"}).content.decode()
    assert "https://idp.example.com/saml" in html
    assert not SAMLProvider.objects.filter(account_id=tenant.account_id).exists()
    file = SimpleUploadedFile("metadata.xml", document.encode())
    assert admin.post("/console/create/saml-provider/", {"name": "Corp", "metadata_file": file}).status_code == 302
    arn = f"arn:aws:iam::{tenant.account_id}:saml-provider/Corp"
    assert admin.post(f"{HERE}/metadata/{arn}", {"saml_metadata_document": document + " "}).status_code == 302
    assert SAMLProvider.objects.get(account_id=tenant.account_id).metadata == document + " "
    trust = {
        "Effect": "Allow",
        "Principal": {"Federated": arn},
        "Action": "sts:AssumeRoleWithSAML",
        "Condition": {"StringEquals": {"saml:sub": "ada"}},
    }
    for name in ("Dev", "Ops"):
        text = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
        tenant.run("iam:CreateRole", role_name=name, assume_role_policy_document=text)
    idp = SamlIdp(certificate, tenant.account_id)
    for name, role, said in (
        ("ada", "Dev", "Dev lets it in"),
        ("eve", "Dev", "saml:sub to be ada; it is eve"),
        ("ada", "Ops", "The response does not offer"),
    ):
        form = {"token": sent(idp.signed(name=name)), "role_name": role}
        assert said in admin.post(f"{HERE}/try/{arn}", form).content.decode()


def test_another_file_of_the_same_name_and_size_is_another_submission(
    tenant: Tenant, admin: Client, certificate: Certified
) -> None:
    """Whoever goes back and chooses the corrected file must not be told of the one before."""
    from django.core.files.uploadedfile import SimpleUploadedFile

    before = metadata(certificate)
    arn = tenant.run("iam:CreateSAMLProvider", name="Corp", saml_metadata_document=before).saml_provider_arn
    there = f"{HERE}/metadata/{arn}"
    token = token_of(admin, there)
    for document in (before, before.replace("/sso", "/new")):
        file = SimpleUploadedFile("metadata.xml", document.encode())
        assert admin.post(there, {"metadata_file": file, "submission": token}).status_code == 302
        assert SAMLProvider.objects.get(account_id=tenant.account_id).metadata == document


def test_metadata_that_is_none_is_refused_beside_its_field(admin: Client) -> None:
    sent = {"name": "Corp", "saml_metadata_document": "x" * 1200}
    response = admin.post("/console/create/saml-provider/", sent)
    assert response.status_code == 400
    assert 'id="id_saml_metadata_document_error"' in response.content.decode()


def test_deleting_a_provider_asks_for_its_name_where_roles_trust_it(tenant: Tenant, admin: Client, idp: Idp) -> None:
    arn = added(tenant, idp)
    trusting(tenant, arn)
    name = arn.partition("-provider/")[2]
    assert admin.post(f"{HERE}/delete/{arn}", {}).status_code == 400
    assert "Deployer" in admin.get(f"{HERE}/delete/{arn}").content.decode()
    assert admin.post(f"{HERE}/delete/{arn}", {"confirm": name}).status_code == 302
    tenant.run("iam:DeleteRole", role_name="Deployer")
    again = added(tenant, idp)
    assert "to confirm" not in admin.get(f"{HERE}/delete/{again}").content.decode()
    assert admin.post(f"{HERE}/delete/{again}", {}).status_code == 302
    assert not OpenIDConnectProvider.objects.filter(account_id=tenant.account_id).exists()


def test_a_provider_of_another_account_is_not_there(tenant: Tenant, admin: Client, app: Any, idp: Idp) -> None:
    from tests.support.tenants import open_account

    theirs = added(open_account(app), idp)
    for page in ("", "trust/", "try/", "delete/"):
        assert admin.get(f"{HERE}/{page}{theirs}").status_code == 404, page
