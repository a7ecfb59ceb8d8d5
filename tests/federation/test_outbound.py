"""The account as an issuer: its tokens, its keys, and what it publishes."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from joserfc import jwt
from joserfc.jwk import KeySet

from accounts.federation.web_identity import verify_web_identity
from accounts.models import IssuerKey
from accounts.outbound_federation import keys
from iamconsole.audit.models import AuditEvent
from iamconsole.kernel import clock
from iamconsole.kernel.errors import InvalidIdentityToken
from tests.federation.conftest import believed
from tests.query.aws import allow, deny, document, refused, tags
from tests.sts.sessions import ada_and_app, assume
from tests.support import inprocess
from tests.support.tenants import Tenant, open_account

AUDIENCE = "https://service.example.com"


@pytest.fixture
def issuer(iam: Any) -> str:
    return str(iam.enable_outbound_web_identity_federation()["IssuerIdentifier"])


@pytest.fixture
def sts(tenant: Tenant) -> Any:
    return tenant.client("sts")


def published(tenant: Tenant, url: str) -> Any:
    answer = inprocess.request(tenant.app, "GET", url, {}, b"")
    assert answer.status_code == 200, url
    assert answer.headers["Content-Type"] == "application/json"
    assert "max-age" in answer.headers["Cache-Control"]
    return json.loads(answer.content)


def test_the_feature_is_enabled_shown_and_disabled(iam: Any, sts: Any) -> None:
    with refused("FeatureDisabled"):
        iam.get_outbound_web_identity_federation_info()
    with refused("FeatureDisabled"):
        iam.disable_outbound_web_identity_federation()
    with refused("OutboundWebIdentityFederationDisabledException"):
        sts.get_web_identity_token(Audience=[AUDIENCE], SigningAlgorithm="RS256")
    url = iam.enable_outbound_web_identity_federation()["IssuerIdentifier"]
    with refused("FeatureEnabled"):
        iam.enable_outbound_web_identity_federation()
    info = iam.get_outbound_web_identity_federation_info()
    assert (info["IssuerIdentifier"], info["JwtVendingEnabled"]) == (url, True)
    iam.disable_outbound_web_identity_federation()
    assert iam.get_outbound_web_identity_federation_info()["JwtVendingEnabled"] is False
    with refused("OutboundWebIdentityFederationDisabledException"):
        sts.get_web_identity_token(Audience=[AUDIENCE], SigningAlgorithm="RS256")
    assert iam.enable_outbound_web_identity_federation()["IssuerIdentifier"] == url


@pytest.mark.parametrize("algorithm", ["RS256", "ES384"])
def test_a_stranger_verifies_a_token_with_what_is_published(
    tenant: Tenant, sts: Any, issuer: str, algorithm: str
) -> None:
    answer = sts.get_web_identity_token(
        Audience=[AUDIENCE], SigningAlgorithm=algorithm, DurationSeconds=600, Tags=tags(Env="test")
    )
    discovery = published(tenant, f"{issuer}/.well-known/openid-configuration")
    assert discovery["issuer"] == issuer
    assert algorithm in discovery["id_token_signing_alg_values_supported"]
    found = published(tenant, discovery["jwks_uri"])
    assert all(key["use"] == "sig" and "d" not in key for key in found["keys"])
    token = jwt.decode(answer["WebIdentityToken"], KeySet.import_key_set(found), algorithms=[algorithm])
    claims = token.claims
    assert token.header == {"alg": algorithm, "kid": token.header["kid"], "typ": "JWT"}
    assert (claims["iss"], claims["aud"]) == (issuer, AUDIENCE)
    assert claims["sub"] == f"arn:aws:iam::{tenant.account_id}:user/admin"
    assert claims["exp"] - claims["iat"] == 600
    assert answer["Expiration"].timestamp() == claims["exp"]
    assert claims["jti"]
    assert claims["https://sts.amazonaws.com/"]["aws_account"] == tenant.account_id
    assert claims["https://sts.amazonaws.com/"]["request_tags"] == {"Env": "test"}


def test_another_account_of_this_installation_believes_it(tenant: Tenant, sts: Any, issuer: str, iam: Any) -> None:
    other = open_account(tenant.app)
    provider = believed(other, issuer, AUDIENCE)
    token = sts.get_web_identity_token(Audience=[AUDIENCE, "else"], SigningAlgorithm="ES384")["WebIdentityToken"]
    found = verify_web_identity(token, account_id=other.account_id, now=clock.now())
    assert found.subject == f"arn:aws:iam::{tenant.account_id}:user/admin"
    assert found.provider_arn == provider.arn
    iam.disable_outbound_web_identity_federation()
    assert verify_web_identity(token, account_id=other.account_id, now=clock.now()).subject == found.subject


def test_one_accounts_issuer_says_nothing_for_another(tenant: Tenant, sts: Any, issuer: str) -> None:
    other = open_account(tenant.app)
    theirs = other.client().enable_outbound_web_identity_federation()["IssuerIdentifier"]
    believed(other, theirs, AUDIENCE)
    token = sts.get_web_identity_token(Audience=[AUDIENCE], SigningAlgorithm="RS256")["WebIdentityToken"]
    assert theirs != issuer
    with pytest.raises(InvalidIdentityToken, match="No OpenIDConnect provider"):
        verify_web_identity(token, account_id=other.account_id, now=clock.now())


def test_keys_are_published_before_they_sign_and_after(tenant: Tenant, issuer: str) -> None:
    def token() -> dict[str, Any]:
        made = tenant.run("sts:GetWebIdentityToken", audience=[AUDIENCE], signing_algorithm="ES384")
        header = made.web_identity_token.split(".")[0]
        return dict(json.loads(inprocess_decoded(header)))

    def ids() -> list[str]:
        return [key["kid"] for key in published(tenant, f"{issuer}/jwks")["keys"] if key["alg"] == "ES384"]

    with time_machine.travel(clock.now(), tick=False) as traveller:
        first = token()["kid"]
        assert ids() == [first]
        traveller.shift(keys.USED - keys.AHEAD)
        assert token()["kid"] == first
        (_, second) = ids()
        traveller.shift(keys.AHEAD)
        assert token()["kid"] == second
        assert ids() == [first, second]
        traveller.shift(keys.AHEAD + timedelta(seconds=1))
        assert token()["kid"] == second
        assert ids() == [second]


def inprocess_decoded(part: str) -> bytes:
    import base64

    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


def test_private_keys_and_tokens_are_on_no_record(tenant: Tenant, sts: Any, issuer: str) -> None:
    token = sts.get_web_identity_token(Audience=[AUDIENCE], SigningAlgorithm="RS256")["WebIdentityToken"]
    rows = IssuerKey.objects.filter(account_id=tenant.account_id)
    kept = "".join(AuditEvent.objects.filter(account_id=tenant.account_id).values_list("body", flat=True))
    kept += "".join(row.sealed_key + json.dumps(row.public_jwk) for row in rows)
    assert token.split(".")[2] not in kept
    assert "PRIVATE" not in kept


@pytest.mark.parametrize("path", ["nonsense/jwks", "00000000-0000-4000-8000-000000000000/jwks", "x"])
def test_what_is_not_there_is_not_found(tenant: Tenant, path: str) -> None:
    assert inprocess.request(tenant.app, "GET", f"{inprocess.ENDPOINT}/oidc/{path}", {}, b"").status_code == 404


def test_bounds(sts: Any, issuer: str) -> None:
    with refused("ValidationError", "RS256, ES384"):
        sts.get_web_identity_token(Audience=[AUDIENCE], SigningAlgorithm="HS256")
    with refused("JWTPayloadSizeExceededException"):
        many = {f"{'k' * 120}{n}": "v" * 256 for n in range(50)}
        sts.get_web_identity_token(Audience=[AUDIENCE], SigningAlgorithm="RS256", Tags=tags(**many))


def test_policies_limit_audience_duration_and_algorithm(tenant: Tenant, issuer: str) -> None:
    fits = {
        "ForAllValues:StringEquals": {"sts:IdentityTokenAudience": [AUDIENCE]},
        "NumericLessThanEquals": {"sts:DurationSeconds": "300"},
        "StringEquals": {"sts:SigningAlgorithm": "ES384"},
    }
    key = tenant.user("ci", document({**allow("sts:GetWebIdentityToken"), "Condition": fits}))
    sts = tenant.client("sts", key)
    good: dict[str, Any] = {"Audience": [AUDIENCE], "SigningAlgorithm": "ES384"}
    assert sts.get_web_identity_token(**good)
    for other in ({"Audience": [AUDIENCE, "else"]}, {"DurationSeconds": 301}, {"SigningAlgorithm": "RS256"}):
        with refused("AccessDenied"):
            sts.get_web_identity_token(**good | other)
    denied = tenant.user("no", document(allow(), deny("sts:GetWebIdentityToken")))
    with refused("AccessDenied"):
        tenant.client("sts", denied).get_web_identity_token(**good)


def test_a_session_cannot_prolong_itself(tenant: Tenant, issuer: str) -> None:
    session = assume(ada_and_app(tenant), tenant, DurationSeconds=900)
    sts = tenant.client("sts", session)
    asked = {"Audience": [AUDIENCE], "SigningAlgorithm": "RS256"}
    with refused("SessionDurationEscalationException"):
        sts.get_web_identity_token(**asked, DurationSeconds=1200)
    assert sts.get_web_identity_token(**asked, DurationSeconds=300)["WebIdentityToken"]
