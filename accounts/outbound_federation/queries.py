"""Reading issuers and the keys they publish."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from typing import Any

from accounts.outbound_federation import keys
from accounts.outbound_federation.models import IssuerKey, OutboundIssuer
from accounts.outbound_federation.urls import issuer_url

ALGORITHMS = ("RS256", "ES384")


def of_account(account_id: str, *, lock: bool = False) -> OutboundIssuer | None:
    rows = OutboundIssuer.objects.filter(account_id=account_id)
    found: OutboundIssuer | None = (rows.select_for_update() if lock else rows).first()
    return found


def accounts_with_keys_due(now: datetime) -> list[str]:
    """The accounts whose enabled issuer wants a new signing key, or has one that is over."""
    rows = IssuerKey.objects.across_accounts("signing keys of every account are rotated").filter(issuer__enabled=True)
    found: dict[tuple[str, str], list[datetime]] = defaultdict(list)
    for account_id, algorithm, since in rows.order_by("signs_from").values_list(
        "account_id", "algorithm", "signs_from"
    ):
        found[account_id, algorithm].append(since)
    return sorted({account_id for (account_id, _), since in found.items() if keys.is_due(since, now)})


def exists(issuer_id: str) -> bool:
    """Whether there is an issuer of this id, enabled or not."""
    return (
        OutboundIssuer.objects.across_accounts("anybody may read what an issuer publishes")
        .filter(pk=issuer_id)
        .exists()
    )


def published(issuer_id: str) -> list[dict[str, Any]]:
    """The public keys (JWK) of an issuer: those that sign, those that will, and those whose tokens may be out."""
    rows = IssuerKey.objects.across_accounts("anybody may read what an issuer publishes")
    return [key.public_jwk for key in rows.filter(issuer_id=issuer_id).order_by("created", "id")]


def published_keys(url: str) -> list[dict[str, Any]]:
    """The same by the issuer's URL; none where no issuer of ours has exactly this URL."""
    issuer_id = url.rpartition("/")[2]
    return published(issuer_id) if issuer_url(issuer_id) == url else []


def configuration(issuer_id: str) -> dict[str, Any]:
    """The discovery document of an issuer (OpenID Connect Discovery 1.0)."""
    url = issuer_url(issuer_id)
    return {
        "issuer": url,
        "jwks_uri": f"{url}/jwks",
        "response_types_supported": ["id_token"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": list(ALGORITHMS),
        "claims_supported": ["iss", "sub", "aud", "iat", "exp", "jti", "https://sts.amazonaws.com/"],
    }
