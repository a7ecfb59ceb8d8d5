"""People who may switch to a role, clocks that can be moved, and an identity provider."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.core.cache import cache
from django.test import Client

from tests.console.client import sign_in, with_password
from tests.federation.certificates import Certified, certified
from tests.federation.saml_idp import SamlIdp, metadata
from tests.passwords.conftest import later as later  # a fixture
from tests.query.aws import allow, document
from tests.sts.sessions import ASSUMING, role, trust, user_arn
from tests.support.tenants import Tenant


@pytest.fixture(autouse=True)
def _nothing_cached() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def ada(tenant: Tenant) -> Client:
    """ada, who may do nothing but switch to role app, which may list users."""
    with_password(tenant, "ada", ASSUMING)
    role(tenant, "app", trust(user_arn(tenant, "ada")), document(allow("iam:List*")))
    return sign_in(tenant, "ada")


@pytest.fixture(scope="session")
def certificate() -> Certified:
    return certified("idp.example.com")


@pytest.fixture
def idp(tenant: Tenant, certificate: Certified) -> SamlIdp:
    tenant.run("iam:CreateSAMLProvider", name="Corp", saml_metadata_document=metadata(certificate))
    return SamlIdp(certificate, tenant.account_id)
