"""The token debugger: which check failed, which keys a token gives, and what a role's trust makes of it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from accounts.models import OpenIDConnectProvider
from iamconsole.audit.models import AuditEvent
from iamconsole.kernel.errors import NoSuchEntity
from tests.federation.idp import AUDIENCE, Idp
from tests.query.aws import allow, document
from tests.rest.signed import Rest
from tests.support.tenants import Tenant

EXPLAIN = "iamconsole:ExplainWebIdentityToken"


def results(found: Any) -> dict[str, str]:
    return {check.name: check.result for check in found.checks}


@pytest.mark.parametrize(
    ("header", "claims", "failed"),
    [
        ({"alg": "RS256", "jku": "https://evil.example"}, {}, "Algorithm"),
        ({}, {"iss": "https://evil.example"}, "Provider"),
        ({"kid": "none"}, {}, "Key"),
        ({"alg": "RS512"}, {}, "Signature"),
        ({}, {"aud": "other"}, "Audience"),
        ({}, {"exp": 1}, "Times"),
        ({}, {"sub": None}, "Claims"),
    ],
)
def test_the_check_that_failed_is_named(
    tenant: Tenant, idp: Idp, provider: Any, header: dict[str, Any], claims: dict[str, Any], failed: str
) -> None:
    token = idp.token(header, **claims)
    if failed == "Signature":
        token = token[:-4] + ("AAAA" if token[-4:] != "AAAA" else "BBBB")
    found = tenant.run(EXPLAIN, web_identity_token=token)
    names = list(results(found))
    assert not found.accepted
    for name, result in results(found).items():
        before = names.index(name) < names.index(failed)
        assert result == ("Passed" if before else "Failed" if name == failed else "NotReached"), name
    (reason,) = [check.reason for check in found.checks if check.reason]
    assert len(reason) > 10


def test_what_is_no_token_and_a_provider_that_is_down(tenant: Tenant, idp: Idp, provider: Any) -> None:
    assert results(tenant.run(EXPLAIN, web_identity_token="nonsense"))["Parse"] == "Failed"
    idp.answers["/jwks"] = 503, {}, b""
    assert results(tenant.run(EXPLAIN, web_identity_token=idp.token()))["Key"] == "Failed"


def _trust(provider: OpenIDConnectProvider) -> str:
    def statement(sid: str, **more: Any) -> dict[str, Any]:
        return {
            "Sid": sid,
            "Effect": "Allow",
            "Principal": {"Federated": provider.arn},
            "Action": "sts:AssumeRoleWithWebIdentity",
        } | more

    return document(
        statement("Main", Condition={"StringLike": {f"{provider.name}:sub": "repo:acme/app:ref:refs/heads/main"}}),
        statement("Any", Condition={"StringLike": {f"{provider.name}:sub": "repo:acme/*"}}),
        statement("Other", Principal={"Federated": "accounts.google.com"}),
        statement("Saml", Action="sts:AssumeRoleWithSAML"),
        statement("People", Principal={"AWS": provider.account_id}, Action="sts:AssumeRole"),
    )


def test_an_accepted_token_and_the_trust_of_a_role(tenant: Tenant, idp: Idp, provider: OpenIDConnectProvider) -> None:
    tenant.run("iam:CreateRole", role_name="Deployer", assume_role_policy_document=_trust(provider))
    token = idp.token(sub="repo:acme/app:ref:refs/heads/dev")
    found = tenant.run(EXPLAIN, web_identity_token=token, role_name="Deployer")
    assert found.accepted
    assert set(results(found).values()) == {"Passed"}
    assert {key.key: key.values for key in found.condition_keys}[f"{provider.name}:aud"] == [AUDIENCE]
    assert found.trust.decision == "allowed"
    assert [(each.sid, each.result) for each in found.trust.statements] == [
        ("Main", "ConditionNotMet"),
        ("Any", "Matched"),
        ("Other", "OtherPrincipal"),
        ("Saml", "OtherAction"),
        ("People", "OtherAction"),
    ]
    (unmet,) = found.trust.statements[0].unmet_conditions
    assert (unmet.key, unmet.found) == (f"{provider.name}:sub", ["repo:acme/app:ref:refs/heads/dev"])
    denied = tenant.run(EXPLAIN, web_identity_token=idp.token(sub="repo:evil/app"), role_name="Deployer")
    assert denied.accepted
    assert denied.trust.decision == "implicitDeny"
    with pytest.raises(NoSuchEntity):
        tenant.run(EXPLAIN, web_identity_token=token, role_name="none")


def test_the_token_is_on_no_record_and_the_role_needs_a_right_of_its_own(
    tenant: Tenant, idp: Idp, provider: OpenIDConnectProvider
) -> None:
    tenant.run("iam:CreateRole", role_name="Deployer", assume_role_policy_document=_trust(provider))
    rest = Rest(tenant.app, tenant.user("ops", document(allow("iamconsole:ExplainWebIdentityToken"))))
    body = {"WebIdentityToken": idp.token()}
    assert rest.post("/web-identity-tokens/explanation", body).body["Accepted"] is True
    assert rest.post("/web-identity-tokens/explanation", body | {"RoleName": "Deployer"}).code == "AccessDenied"
    kept = "".join(AuditEvent.objects.filter(account_id=tenant.account_id).values_list("body", flat=True))
    assert json.dumps(body["WebIdentityToken"].split(".")[2])[1:-1] not in kept
