"""Tokens that carry a payload in the open and prove that we issued them, for one purpose.

    t1.<payload>.<HMAC-SHA256>      base64url

The keys come from the ring, so one secret rules sealing and signing alike.
"""

from __future__ import annotations

from collections.abc import Sequence
from hmac import compare_digest
from hmac import digest as hmac_digest

from .encoding import decode, encode
from .errors import SealBroken
from .ring import KeyRing, derive

_VERSION = "t1"
_FIELDS = 3


class Signer:
    """Signs with a key of its own purpose, derived from `key`; also verifies what the `retired` keys signed."""

    def __init__(self, key: bytes, purpose: str, *, retired: Sequence[bytes] = ()) -> None:
        self._keys = [derive(each, f"signing {purpose}") for each in (key, *retired)]

    @classmethod
    def from_ring(cls, ring: KeyRing, purpose: str) -> Signer:
        """Sign under the ring's current key; a token outlives the rotation as long as its key stays in the ring."""
        retired = [ring.derive("signing", key_id=key_id) for key_id in ring if key_id != ring.current_id]
        return cls(ring.derive("signing"), purpose, retired=retired)

    def sign(self, payload: bytes) -> str:
        """The token, ASCII and safe in a URL. The payload is readable by whoever holds it."""
        return f"{_VERSION}.{encode(payload)}.{encode(_mac(self._keys[0], payload))}"

    def verify(self, token: str) -> bytes:
        """The payload; SealBroken where the token was altered, is another purpose's or not ours."""
        fields = token.split(".")
        if fields[0] != _VERSION or len(fields) != _FIELDS:
            raise SealBroken(f"the text is not a signed token of version {_VERSION}")
        payload, given = decode(fields[1]), decode(fields[2])
        if not any(compare_digest(_mac(key, payload), given) for key in self._keys):
            raise SealBroken("the token was altered, is meant for another purpose, or was not issued here")
        return payload


def _mac(key: bytes, payload: bytes) -> bytes:
    return hmac_digest(key, _VERSION.encode() + payload, "sha256")
