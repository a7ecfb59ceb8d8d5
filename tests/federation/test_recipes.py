"""The recipes of docs/federation.md, against a provider that speaks TLS under a certificate of its own."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from accounts.models import OpenIDConnectProvider
from tests.federation.certificates import Certified
from tests.federation.conftest import believed
from tests.federation.idp import Idp, serving
from tests.support.tenants import Tenant

EXPLAIN = "iamconsole:ExplainWebIdentityToken"
DOCUMENT = Path(__file__).parents[2] / "docs" / "federation.md"
PLACE = "ISSUER"

# What each kind of issuer puts into its tokens; the trust policies stand in the document.
TOKENS: dict[str, list[tuple[dict[str, Any], str]]] = {
    "kubernetes": [
        ({"sub": "system:serviceaccount:shop:cart", "kubernetes.io": {"namespace": "shop"}}, "allowed"),
        ({"sub": "system:serviceaccount:shop:other"}, "implicitDeny"),
        ({"sub": "system:serviceaccount:shop2:cart"}, "implicitDeny"),
    ],
    "github": [
        ({"sub": "repo:acme/app:ref:refs/heads/main", "repository": "acme/app", "ref": "refs/heads/main"}, "allowed"),
        ({"sub": "repo:acme/app:ref:refs/heads/dev", "repository": "acme/app"}, "implicitDeny"),
        ({"sub": "repo:acme/app-evil:ref:refs/heads/main", "repository": "acme/app-evil"}, "implicitDeny"),
        ({"sub": "repo:evil/app:ref:refs/heads/main", "repository": "evil/app"}, "implicitDeny"),
    ],
    "keycloak": [
        ({"sub": "f:1:ada", "azp": "console", "groups": ["/dev", "/ops"]}, "allowed"),
        ({"sub": "f:1:bob", "azp": "console", "groups": ["/dev"]}, "implicitDeny"),
        ({"sub": "f:1:eve"}, "implicitDeny"),
    ],
}


@pytest.fixture
def idp(certificate: Certified, tmp_path: Path) -> Iterator[Idp]:
    with serving(certificate, tmp_path) as found:
        yield found


@pytest.fixture
def provider(tenant: Tenant, idp: Idp, certificate: Certified) -> OpenIDConnectProvider:
    """A provider on a network that an operator allowed, certified by nobody public."""
    made = believed(tenant, idp.url)
    tenant.run(
        "iamconsole:UpdateOpenIDConnectProviderNetwork",
        open_id_connect_provider_arn=made.arn,
        allowed_networks=["127.0.0.0/8"],
        ca_certificate=certificate.certificate_pem,
    )
    return made


def policy(name: str) -> str:
    found = re.search(rf"<!-- {name} -->\n```json\n(.*?)```", DOCUMENT.read_text(), re.DOTALL)
    assert found, name
    return found[1]


@pytest.mark.parametrize("name", TOKENS)
def test_a_recipe(tenant: Tenant, idp: Idp, provider: OpenIDConnectProvider, name: str) -> None:
    text = policy(name).replace("123456789012", tenant.account_id).replace(PLACE, provider.name)
    tenant.run("iam:CreateRole", role_name="Recipe", assume_role_policy_document=text)
    for claims, decision in TOKENS[name]:
        found = tenant.run(EXPLAIN, web_identity_token=idp.token(**claims), role_name="Recipe")
        assert found.accepted, found.checks
        assert found.trust.decision == decision, claims


def test_without_its_network_the_provider_is_out_of_reach(tenant: Tenant, idp: Idp) -> None:
    believed(tenant, idp.url)
    found = tenant.run(EXPLAIN, web_identity_token=idp.token())
    (reason,) = [check.reason for check in found.checks if check.result == "Failed"]
    assert "not public and not allowed" in reason
    assert idp.hits == []
