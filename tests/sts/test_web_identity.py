"""Unsigned calls: AssumeRoleWithWebIdentity takes a token where others take a signature."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from accounts.federation.web_identity import WebIdentity
from iamconsole.audit.models import AuditEvent
from iamconsole.kernel.errors import InvalidIdentityToken
from tests.query import wire
from tests.query.aws import allow, document, refused
from tests.sts.sessions import assume, role, role_arn, trust, user_arn
from tests.support import inprocess
from tests.support.tenants import Tenant, open_account

NAME = "idp.example.com"
ACTION = "sts:AssumeRoleWithWebIdentity"


def provider(tenant: Tenant) -> str:
    return f"arn:aws:iam::{tenant.account_id}:oidc-provider/{NAME}"


def identity(tenant: Tenant, **members: Any) -> WebIdentity:
    said: dict[str, Any] = {
        "provider_arn": provider(tenant),
        "provider_name": NAME,
        "issuer": f"https://{NAME}",
        "subject": "ada-7",
        "audience": "app",
        "azp": "",
        "amr": (),
        "expires": datetime.now(UTC) + timedelta(hours=1),
        "principal_tags": {},
        "transitive_tag_keys": (),
        "source_identity": "",
        "condition_keys": {f"{NAME}:aud": "app", f"{NAME}:sub": "ada-7", f"{NAME}:hd": "example.com"},
        "claims": {},
    }
    return WebIdentity(**said | members)


@pytest.fixture
def verified(tenant: Tenant, monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """What the identity provider says of token `good`; every other token is invalid."""
    members: list[dict[str, Any]] = [{}]

    def verify(token: str, *, account_id: str, now: datetime) -> WebIdentity:
        if token != "good" or account_id != tenant.account_id:
            raise InvalidIdentityToken("The token is not valid.")
        return identity(tenant, **members[-1])

    monkeypatch.setattr("accounts.sts.web_identity.verify_web_identity", verify)
    return members


def anonymous(tenant: Tenant) -> Any:
    """A stock client with keys of nobody: botocore does not sign these calls."""
    return inprocess.client("sts", {"AccessKeyId": "nobody", "SecretAccessKey": "nobody"}, tenant.app)


def exchange(tenant: Tenant, token: str = "good", name: str = "app", **members: Any) -> Any:
    arn = role_arn(tenant, name)
    return anonymous(tenant).assume_role_with_web_identity(
        RoleArn=arn, RoleSessionName="me", WebIdentityToken=token, **members
    )


def trusting(tenant: Tenant, action: Any = ACTION, **condition: Any) -> str:
    return trust({"Federated": provider(tenant)}, action, **condition)


@pytest.mark.usefixtures("verified")
def test_a_token_becomes_a_session(tenant: Tenant) -> None:
    wants = document(allow("iam:ListUsers", StringEquals={f"{NAME}:sub": "ada-7"}, Null={f"{NAME}:hd": "true"}))
    both = {f"{NAME}:aud": "app", f"{NAME}:hd": "example.com"}
    role(tenant, "app", trusting(tenant, StringEquals=both), wants)
    made = exchange(tenant)
    assert made["SubjectFromWebIdentityToken"] == "ada-7"
    assert (made["Provider"], made["Audience"]) == (provider(tenant), "app")
    assert tenant.client("iam", made["Credentials"]).list_users()
    tenant.run(
        "iam:PutRolePolicy",
        role_name="app",
        policy_name="p0",
        policy_document=document(allow("iam:ListUsers", Null={"aws:MultiFactorAuthPresent": "true"})),
    )
    assert tenant.client("iam", made["Credentials"]).list_users()


@pytest.mark.usefixtures("verified")
@pytest.mark.parametrize(
    "trusting_whom",
    ["other provider", "other audience", "account", "anyone", "assume role"],
)
def test_the_trust_policy_must_name_the_provider(tenant: Tenant, trusting_whom: str) -> None:
    documents = {
        "other provider": trust({"Federated": f"{provider(tenant)}x"}, ACTION),
        "other audience": trusting(tenant, StringEquals={f"{NAME}:aud": "other"}),
        "account": trust(tenant.account_id, ACTION),
        "anyone": trust("*", ACTION),
        "assume role": trusting(tenant, "sts:AssumeRole"),
    }
    role(tenant, "app", documents[trusting_whom])
    with refused("AccessDenied", f"is not authorized to perform: {ACTION}"):
        exchange(tenant)
    with refused("AccessDenied", f"is not authorized to perform: {ACTION}"):
        exchange(tenant, name="unknown")


@pytest.mark.usefixtures("verified")
def test_a_token_that_proves_nothing(tenant: Tenant) -> None:
    role(tenant, "app", trusting(tenant))
    with refused("InvalidIdentityToken"):
        exchange(tenant, "bad-token")
    with refused("AccessDenied"):
        anonymous(tenant).assume_role_with_web_identity(
            RoleArn="arn:aws:iam::999999999999:role/app", RoleSessionName="me", WebIdentityToken="good"
        )
    with refused("ValidationError", "ProviderId"):
        exchange(tenant, ProviderId="www.amazon.com")


def test_tags_and_source_identity_of_a_token_need_their_permissions(tenant: Tenant, verified: Any) -> None:
    verified.append({"principal_tags": {"team": "red"}, "source_identity": "ada-at-work"})
    wants = {"aws:PrincipalTag/team": "red", "aws:SourceIdentity": "ada-at-work"}
    role(tenant, "app", trusting(tenant), document(allow("iam:ListUsers", StringEquals=wants)))
    for action in ("sts:TagSession", "sts:SetSourceIdentity"):
        with refused("AccessDenied", action):
            exchange(tenant)
        document_now = trusting(tenant, [ACTION, "sts:TagSession"])
        tenant.run("iam:UpdateAssumeRolePolicy", role_name="app", policy_document=document_now)
    asked = {"aws:RequestTag/team": "red", "sts:SourceIdentity": "ada-at-work"}
    everything = trusting(tenant, "sts:*", StringEquals=asked)
    tenant.run("iam:UpdateAssumeRolePolicy", role_name="app", policy_document=everything)
    assert tenant.client("iam", exchange(tenant)["Credentials"]).list_users()


@pytest.mark.usefixtures("verified")
def test_the_record_says_who_vouched_and_hides_the_token(tenant: Tenant) -> None:
    role(tenant, "app", trusting(tenant))
    exchange(tenant)
    record = json.loads(AuditEvent.objects.get(account_id=tenant.account_id, name="AssumeRoleWithWebIdentity").body)
    assert record["userIdentity"] == {
        "type": "WebIdentityUser",
        "principalId": f"https://{NAME}:app:ada-7",
        "userName": "ada-7",
        "identityProvider": provider(tenant),
    }
    assert record["requestParameters"]["webIdentityToken"] == "HIDDEN_DUE_TO_SECURITY_REASONS"
    credentials = record["responseElements"]["credentials"]
    assert credentials["accessKeyId"].startswith("ASIA")
    assert {credentials[name] for name in ("secretAccessKey", "sessionToken")} == {"HIDDEN_DUE_TO_SECURITY_REASONS"}


@pytest.mark.parametrize(
    "action", ["AssumeRole", "GetSessionToken", "GetCallerIdentity", "GetAccessKeyInfo", "Nothing"]
)
def test_everything_else_wants_a_signature(tenant: Tenant, action: str) -> None:
    answer = wire.send(tenant.app, wire.unsigned(f"Action={action}&Version=2011-06-15"))
    assert (answer.status, answer.code) == (403, "MissingAuthenticationToken")


def test_an_unsigned_call_of_the_other_service_is_none(tenant: Tenant) -> None:
    answer = wire.send(tenant.app, wire.unsigned("Action=AssumeRoleWithWebIdentity&Version=2010-05-08"))
    assert answer.code == "MissingAuthenticationToken"


def test_the_record_of_a_role_says_who_assumed_it(tenant: Tenant) -> None:
    sts = tenant.client("sts", tenant.user("ada"))
    role(tenant, "app", trust(user_arn(tenant, "ada"), "sts:*"), document(allow()))
    tenant.client("iam", assume(sts, tenant, SourceIdentity="ada-at-work")).create_user(UserName="bob")
    assumed = json.loads(AuditEvent.objects.get(account_id=tenant.account_id, name="AssumeRole").body)
    assert assumed["userIdentity"]["arn"] == user_arn(tenant, "ada")
    assert assumed["resources"][0]["ARN"] == role_arn(tenant, "app")
    made = AuditEvent.objects.filter(account_id=tenant.account_id, name="CreateUser").latest("sequence")
    identity = json.loads(made.body)["userIdentity"]
    assert (identity["type"], identity["arn"].split(":")[-1]) == ("AssumedRole", "assumed-role/app/me")
    context = identity["sessionContext"]
    assert context["sessionIssuer"]["arn"] == role_arn(tenant, "app")
    assert (context["sessionIssuer"]["type"], context["sessionIssuer"]["userName"]) == ("Role", "app")
    assert context["attributes"]["mfaAuthenticated"] == "false"
    assert context["sourceIdentity"] == "ada-at-work"


def test_whoever_assumes_a_role_of_another_account_is_on_record_in_both(tenant: Tenant, app: Any) -> None:
    there = open_account(app)
    sts = tenant.client("sts", tenant.user("ada", document(allow("sts:AssumeRole"))))
    role(there, "app", trust(tenant.account_id))
    assume(sts, there)
    mine, theirs = (
        json.loads(AuditEvent.objects.get(account_id=each.account_id, name="AssumeRole").body)
        for each in (tenant, there)
    )
    assert (mine["recipientAccountId"], theirs["recipientAccountId"]) == (tenant.account_id, there.account_id)
    assert mine["sharedEventID"] == theirs["sharedEventID"]
    assert mine["eventID"] != theirs["eventID"]
    assert theirs["userIdentity"]["arn"] == user_arn(tenant, "ada")
