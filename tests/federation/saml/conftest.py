"""A SAML identity provider that the tenant believes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from accounts.federation.saml import SamlAssertion, verify_assertion
from accounts.models import SAMLProvider
from iamconsole.kernel import clock
from tests.federation.certificates import Certified, certified
from tests.federation.saml_idp import SamlIdp, metadata, sent
from tests.support.tenants import Tenant


@pytest.fixture(scope="module")
def stranger() -> Certified:
    return certified("stranger.example.com")


@pytest.fixture
def idp(tenant: Tenant, certificate: Certified) -> SamlIdp:
    tenant.run("iam:CreateSAMLProvider", name="Corp", saml_metadata_document=metadata(certificate))
    return SamlIdp(certificate, tenant.account_id)


@pytest.fixture
def provider(tenant: Tenant, idp: SamlIdp) -> SAMLProvider:
    return SAMLProvider.objects.get(account_id=tenant.account_id, name="Corp")


@pytest.fixture
def verify(provider: SAMLProvider) -> Callable[..., SamlAssertion]:
    def verified(root: Any, **members: Any) -> SamlAssertion:
        provider.refresh_from_db()
        return verify_assertion(sent(root), provider=provider, now=clock.now(), **members)

    return verified
