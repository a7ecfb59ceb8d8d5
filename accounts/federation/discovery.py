"""Discovery documents of OpenID Connect providers, and the two endpoints of the authorization code flow in them."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from typing import Any

import structlog
from django.conf import settings
from django.core.cache import cache

from accounts.egress.addresses import network
from accounts.egress.exchange import Guard
from accounts.federation.fetching import FetchRefused, checked_url, fetch_json
from accounts.oidc_providers.models import OpenIDConnectProvider
from iamconsole.kernel.errors import IDPCommunicationError

KEPT = 300
AFTER_FAILURE = 5
FAILED = "failed"
UNREACHABLE = "The configuration of your identity provider could not be had, or names no endpoints to sign in at."

logger = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Endpoints:
    """Where a browser is sent to, and where its code is exchanged."""

    authorization: str
    token: str


def endpoints(provider: OpenIDConnectProvider) -> Endpoints:
    """The endpoints of a provider, kept for five minutes; IDPCommunicationError without, whose reason is logged.

    Whoever asks is not signed in: what our resolver says of the provider's network is not for him.
    """
    where = place("oidc-endpoints", provider)
    known: Endpoints | str | None = cache.get(where)
    if isinstance(known, Endpoints):
        return known
    try:
        if known == FAILED:
            raise FetchRefused("the last attempt failed a moment ago")
        found = _endpoints(provider)
    except FetchRefused as refused:
        logger.warning("sign-in endpoints not fetched", provider=provider.arn, reason=str(refused))
        cache.add(where, FAILED, AFTER_FAILURE)
        raise IDPCommunicationError(UNREACHABLE) from None
    cache.set(where, found, KEPT)
    return found


def discovery_document(provider: OpenIDConnectProvider) -> dict[str, Any]:
    """The document as the provider has it now; FetchRefused where it cannot be had or is another issuer's."""
    found = fetch_json(provider.url.removesuffix("/") + "/.well-known/openid-configuration", guard_of(provider))
    if found.get("issuer") != provider.url:
        raise FetchRefused(f"the discovery document names issuer {found.get('issuer')!r}, not {provider.url!r}")
    return found


def guard_of(provider: OpenIDConnectProvider) -> Guard:
    """Where the documents of a provider may come from."""
    networks = tuple(map(network, provider.allowed_networks))
    return Guard(networks, provider.ca_certificate, loopback=settings.IAM_TEST_MODE)


def place(kind: str, provider: OpenIDConnectProvider) -> str:
    """Where the cache has a document: a provider whose network changed is another one."""
    facts = (provider.unique_id, provider.url, *provider.allowed_networks, provider.ca_certificate)
    return f"{kind}:" + sha256("\n".join(facts).encode()).hexdigest()


def _endpoints(provider: OpenIDConnectProvider) -> Endpoints:
    document, guard = discovery_document(provider), guard_of(provider)
    found = [document.get(f"{name}_endpoint") for name in ("authorization", "token")]
    for each in found:
        if not isinstance(each, str):
            raise FetchRefused("the discovery document has no authorization_endpoint or no token_endpoint")
        checked_url(each, guard)
    return Endpoints(*found)  # type: ignore[arg-type]
