"""Identity providers for the tests of federation."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core.cache import cache

from accounts.federation.web_identity import WebIdentity, verify_web_identity
from accounts.models import OpenIDConnectProvider
from iamconsole.kernel import clock
from tests.federation.certificates import Certified, certified
from tests.federation.idp import AUDIENCE, Idp, serving
from tests.support.tenants import Tenant


@pytest.fixture(autouse=True)
def _nothing_cached() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


@pytest.fixture(scope="session")
def certificate() -> Certified:
    return certified("idp.example.com")


@pytest.fixture
def idp(settings: Any) -> Iterator[Idp]:
    """A provider on loopback without TLS, which test mode allows."""
    settings.IAM_TEST_MODE = True
    with serving() as found:
        yield found


@pytest.fixture
def provider(tenant: Tenant, idp: Idp) -> OpenIDConnectProvider:
    """The tenant believes the provider's tokens for AUDIENCE."""
    return believed(tenant, idp.url)


def believed(tenant: Tenant, url: str, *client_ids: str) -> OpenIDConnectProvider:
    arn = tenant.run(
        "iam:CreateOpenIDConnectProvider", url=url, client_id_list=list(client_ids or (AUDIENCE,))
    ).open_id_connect_provider_arn
    return OpenIDConnectProvider.objects.get(account_id=tenant.account_id, name=arn.partition("/")[2])


@pytest.fixture
def verify(tenant: Tenant, provider: OpenIDConnectProvider) -> Callable[[str], WebIdentity]:
    """Verify a token for the tenant, now."""
    return lambda token: verify_web_identity(token, account_id=tenant.account_id, now=clock.now())
