"""The signing keys of an issuer: made ahead, used for a while, published as long as a token of theirs may be out.

A verifier that keeps key sets for a day knows every key before it signs. Rotation happens when beat asks, when a token
is issued, and when an account wants it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from joserfc.jwk import ECKey, RSAKey
from joserfc.jws import JWSRegistry

from accounts.federation.sealed import seal, unseal
from accounts.outbound_federation.models import IssuerKey, OutboundIssuer
from iamconsole.kernel.call import Call

USED = timedelta(days=90)
"""For how long a key signs."""
AHEAD = timedelta(days=2)
"""For how long a key is published before it signs, and after it no longer does."""
RSA_BITS = 2048
KIND = "issuer-key"


def signing_key(call: Call, issuer: OutboundIssuer, algorithm: str) -> IssuerKey:
    """The key that signs now. The issuer must be locked: makes the next key and drops old ones when it is time."""
    keys = _kept(call, issuer, algorithm)
    return [key for key in keys if key.signs_from <= call.time][-1]


def next_key(call: Call, issuer: OutboundIssuer, algorithm: str, *, if_due: bool) -> IssuerKey:
    """The key that signs next, or already does: a new one unless one waits. `if_due` makes it only when it is time."""
    keys = _kept(call, issuer, algorithm)
    if not if_due and keys[-1].signs_from <= call.time:
        keys.append(make(call, issuer, algorithm, signs_from=call.time + AHEAD))
    return keys[-1]


def is_due(signs_from: Sequence[datetime], now: datetime) -> bool:
    """Whether keys that sign from these moments on, oldest first, want a successor or one of them is over."""
    return signs_from[-1] + USED - AHEAD <= now or (len(signs_from) > 1 and signs_from[1] + AHEAD <= now)


def _kept(call: Call, issuer: OutboundIssuer, algorithm: str) -> list[IssuerKey]:
    """The keys, oldest first, as they should be by now."""
    keys = list(IssuerKey.objects.filter(issuer=issuer, algorithm=algorithm).order_by("signs_from"))
    keys = _without_old(keys, call.time)
    if not keys:
        keys = [make(call, issuer, algorithm, signs_from=call.time)]
    elif keys[-1].signs_from + USED - AHEAD <= call.time:
        keys.append(make(call, issuer, algorithm, signs_from=call.time + AHEAD))
    return keys


def make(call: Call, issuer: OutboundIssuer, algorithm: str, *, signs_from: datetime) -> IssuerKey:
    """A new key, known by its thumbprint (RFC 7638)."""
    private: RSAKey | ECKey
    private = RSAKey.generate_key(RSA_BITS) if algorithm == "RS256" else ECKey.generate_key("P-384")
    key_id = private.thumbprint()
    sealed = seal(private.as_pem(private=True), kind=KIND, account_id=issuer.account_id, key_id=key_id)
    made: IssuerKey = IssuerKey.objects.create(
        id=key_id,
        account_id=issuer.account_id,
        issuer=issuer,
        algorithm=algorithm,
        public_jwk={**private.as_dict(private=False), "kid": key_id, "use": "sig", "alg": algorithm},
        sealed_key=sealed,
        created=call.time,
        signs_from=signs_from,
    )
    call.emit("outbound_issuer", issuer.pk, "updated")
    return made


def sign(key: IssuerKey, signed: bytes) -> bytes:
    """The signature of a token's first two parts."""
    pem = unseal(key.sealed_key, kind=KIND, account_id=key.account_id, key_id=key.pk)
    private: Any = (RSAKey if key.algorithm == "RS256" else ECKey).import_key(pem)
    return JWSRegistry.algorithms[key.algorithm].sign(signed, private)


def _without_old(keys: Sequence[IssuerKey], now: datetime) -> list[IssuerKey]:
    """The keys, oldest first, less those whose successor has signed for longer than any token lives."""
    kept = list(keys)
    while len(kept) > 1 and kept[1].signs_from + AHEAD <= now:
        kept.pop(0).delete()
    return kept
