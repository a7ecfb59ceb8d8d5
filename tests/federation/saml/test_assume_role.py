"""AssumeRoleWithSAML through a stock client: a response becomes a session, once."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError
from django.db import connection

from accounts.models import SpentAssertion
from iamconsole.audit.models import AuditEvent
from tests.federation.certificates import Certified
from tests.federation.saml_idp import SIGN_IN, SamlIdp, at, metadata, sent
from tests.query.aws import allow, document, refused
from tests.sts.sessions import role, role_arn, trust
from tests.support import inprocess
from tests.support.tenants import Tenant, open_account

ACTION = "sts:AssumeRoleWithSAML"


def provider_arn(tenant: Tenant) -> str:
    return f"arn:aws:iam::{tenant.account_id}:saml-provider/Corp"


def response(idp: SamlIdp, **members: Any) -> str:
    return sent(idp.sign(idp.response(idp.assertion(**members))))


def exchange(tenant: Tenant, assertion: str, name: str = "Dev", **members: Any) -> Any:
    """A stock client with keys of nobody: botocore does not sign these calls."""
    sts = inprocess.client("sts", {"AccessKeyId": "nobody", "SecretAccessKey": "nobody"}, tenant.app)
    arns = {"RoleArn": role_arn(tenant, name), "PrincipalArn": provider_arn(tenant)}
    return sts.assume_role_with_saml(SAMLAssertion=assertion, **arns | members)


def dev(tenant: Tenant, *documents: str, action: Any = ACTION, **condition: Any) -> str:
    return role(tenant, "Dev", trust({"Federated": provider_arn(tenant)}, action, **condition), *documents)


def test_a_response_becomes_a_session(tenant: Tenant, idp: SamlIdp) -> None:
    wants = document(allow("iam:ListUsers", StringEquals={"saml:sub": "ada"}, Null={"saml:aud": "true"}))
    dev(
        tenant, wants, StringEquals={"saml:aud": "http://localhost:8000/saml", "sts:RoleSessionName": "ada@example.com"}
    )
    found = exchange(tenant, response(idp))
    assert found["AssumedRoleUser"]["Arn"].endswith(":assumed-role/Dev/ada@example.com")
    assert (found["Subject"], found["SubjectType"], found["Issuer"], found["Audience"]) == (
        "ada",
        "persistent",
        "https://idp.example.com/saml",
        SIGN_IN,
    )
    assert found["NameQualifier"]
    iam = tenant.client("iam", found["Credentials"])
    assert iam.list_users()["Users"]
    with refused("AccessDenied"):
        iam.list_groups()
    event = AuditEvent.objects.get(account_id=tenant.account_id, name="AssumeRoleWithSAML")
    assert json.loads(event.body)["userIdentity"]["type"] == "SAMLUser"
    assert "PHNhbWx" not in event.body  # base64 of an assertion's beginning


def test_tags_and_source_identity_need_their_actions(tenant: Tenant, idp: SamlIdp) -> None:
    dev(tenant, document(allow("iam:ListUsers", StringEquals={"aws:PrincipalTag/team": "red"})))
    said = {"PrincipalTag:team": ["red"], "SourceIdentity": ["ada"]}
    with refused("AccessDenied"):
        exchange(tenant, response(idp, **said))
    both = trust({"Federated": provider_arn(tenant)}, [ACTION, "sts:TagSession", "sts:SetSourceIdentity"])
    tenant.run("iam:UpdateAssumeRolePolicy", role_name="Dev", policy_document=both)
    found = exchange(tenant, response(idp, ident="_a2", **said))
    assert found["SourceIdentity"] == "ada"
    assert tenant.client("iam", found["Credentials"]).list_users()["Users"]


@pytest.mark.parametrize("what", ["trust", "role", "provider", "stranger", "account"])
def test_who_is_not_trusted_gets_nothing(tenant: Tenant, idp: SamlIdp, app: Any, what: str) -> None:
    dev(tenant, StringEquals={"saml:sub": "eve" if what == "trust" else "ada"})
    role(tenant, "Other", trust({"Federated": provider_arn(tenant)}, ACTION))
    other = open_account(app)
    members: dict[str, Any] = {
        "role": {"RoleArn": role_arn(tenant, "Other")},
        "provider": {"PrincipalArn": provider_arn(tenant).replace("Corp", "None")},
        "stranger": {"PrincipalArn": provider_arn(other)},
        "account": {"RoleArn": role_arn(other, "Dev"), "PrincipalArn": provider_arn(other)},
    }.get(what, {})
    with refused("AccessDenied" if what == "trust" else "InvalidIdentityToken"):
        exchange(tenant, response(idp), **members)
    assert not SpentAssertion.objects.filter(account_id=tenant.account_id).exists()


def test_the_session_ends_with_the_providers_own(tenant: Tenant, idp: SamlIdp) -> None:
    dev(tenant)
    found = exchange(tenant, response(idp, statement=f'SessionNotOnOrAfter="{at(1200)}"'))
    assert found["Credentials"]["Expiration"] <= datetime.now(UTC) + timedelta(seconds=1201)


def test_a_response_is_good_once(tenant: Tenant, idp: SamlIdp) -> None:
    dev(tenant)
    assertion = response(idp)
    exchange(tenant, assertion)
    with refused("InvalidIdentityToken", "used before"):
        exchange(tenant, assertion)


def test_of_many_at_once_one_gets_a_session(transactional_db: Any, app: Any, certificate: Certified) -> None:
    tenant = open_account(app)
    tenant.run("iam:CreateSAMLProvider", name="Corp", saml_metadata_document=metadata(certificate))
    dev(tenant)
    assertion = response(SamlIdp(certificate, tenant.account_id))

    def tried(_number: int) -> str:
        try:
            exchange(tenant, assertion)
        except ClientError as error:
            return str(error.response["Error"]["Code"])
        finally:
            connection.close()
        return "a session"

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(tried, range(8))) == ["InvalidIdentityToken"] * 7 + ["a session"]
