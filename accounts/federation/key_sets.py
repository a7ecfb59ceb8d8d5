"""The public keys of OpenID Connect providers (JWKS, RFC 7517): fetched seldom, kept for a while, rotated at once.

A key set is fresh for FRESH seconds; then one process fetches it anew while the others go on with what they have.
Where that fails, the last good one serves until GOOD seconds have passed, and then nothing is believed any more. A
token whose key is unknown has the set fetched once in APART seconds, whoever asks and however often.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

import structlog
from django.core.cache import cache

from accounts.federation.discovery import discovery_document, guard_of, place
from accounts.federation.fetching import TIMEOUT, FetchRefused, fetch_json
from accounts.oidc_providers.models import OpenIDConnectProvider
from accounts.outbound_federation.queries import published_keys
from accounts.outbound_federation.urls import is_own_issuer
from iamconsole.kernel.errors import IDPCommunicationError

FRESH = 300
GOOD = 3600
APART = 30
AFTER_FAILURE = 5
MOST_KEYS = 50
FETCHING, FETCHED, FAILED = "fetching", "fetched", "failed"

Jwk = dict[str, Any]
logger = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class KeySet:
    """The keys of a provider and when (seconds since the epoch) they were fetched."""

    keys: tuple[Jwk, ...]
    fetched: float

    def named(self, kid: str | None) -> list[Jwk]:
        """The keys of that id; all, for a token that names none."""
        return [key for key in self.keys if kid is None or key.get("kid") == kid]


def keys_for(provider: OpenIDConnectProvider, kid: str | None) -> list[Jwk]:
    """The keys a token of this provider may be signed with, perhaps none; IDPCommunicationError without a key set."""
    if is_own_issuer(provider.url):
        return KeySet(tuple(published_keys(provider.url)), 0).named(kid)
    where = place("jwks", provider)
    known: KeySet | None = cache.get(where)
    if known and (found := known.named(kid)) and time.time() - known.fetched < FRESH:
        return found
    return _renewed(provider, where, known).named(kid)


def fetched(provider: OpenIDConnectProvider) -> KeySet:
    """The key set as the provider has it now; FetchRefused where it cannot be had."""
    guard, end = guard_of(provider), time.monotonic() + TIMEOUT
    discovery = discovery_document(provider)
    address = discovery.get("jwks_uri")
    if not isinstance(address, str):
        raise FetchRefused("the discovery document has no jwks_uri")
    keys = fetch_json(address, guard, timeout=max(0.1, end - time.monotonic())).get("keys")
    if not isinstance(keys, list) or len(keys) > MOST_KEYS:
        raise FetchRefused(f"{address} is no set of at most {MOST_KEYS} keys")
    return KeySet(tuple(key for key in keys if isinstance(key, dict)), time.time())


def _renewed(provider: OpenIDConnectProvider, place: str, known: KeySet | None) -> KeySet:
    """A newer key set if it is our turn to fetch one, else the known one, else what another process fetches."""
    turn = f"{place}:turn"
    if not cache.add(turn, FETCHING, APART):
        return known or _awaited(place, turn)
    try:
        renewed = fetched(provider)
    except FetchRefused as refused:
        logger.warning("key set not fetched", provider=provider.arn, reason=str(refused))
        cache.set(turn, FAILED, AFTER_FAILURE)
        if known:
            return known
        raise IDPCommunicationError(
            f"Couldn't retrieve verification key from your identity provider: {refused}."
        ) from None
    cache.set(place, renewed, GOOD)
    cache.set(turn, FETCHED, APART)
    return renewed


def _awaited(place: str, turn: str) -> KeySet:
    """The key set that another request is fetching at this moment."""
    end = time.monotonic() + TIMEOUT
    while time.monotonic() < end:
        found: KeySet | None = cache.get(place)
        if found:
            return found
        if cache.get(turn) != FETCHING:
            break
        time.sleep(0.05)
    raise IDPCommunicationError("Couldn't retrieve verification key from your identity provider.")
