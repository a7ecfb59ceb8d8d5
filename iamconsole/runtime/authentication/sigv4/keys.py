"""The signing key of a day: AWS4+secret → date → region → service → aws4_request, and a bounded memory of them."""

from __future__ import annotations

import secrets
from collections import OrderedDict
from collections.abc import Callable
from hashlib import blake2b
from hmac import digest as hmac_digest
from threading import Lock

from .presented import TERMINATOR, Presented


def derive_signing_key(secret: str, *, date: str, region: str, service: str) -> bytes:
    """The 32-byte key that signs for `secret` on `date` (YYYYMMDD) in one region and service."""
    key = b"AWS4" + secret.encode()
    for step in (date, region, service, TERMINATOR):
        key = hmac_digest(key, step.encode(), "sha256")
    return key


class SigningKeys:
    """The signing keys used last, at most `capacity`; thread-safe.

    An entry is found by access key id, scope and a fingerprint of the secret: a changed secret finds nothing. The
    secret itself is never kept.
    """

    def __init__(self, *, capacity: int = 8192) -> None:
        self._capacity = capacity
        self._keys: OrderedDict[tuple[str, bytes, str, str, str], bytes] = OrderedDict()
        self._lock = Lock()
        # Fingerprints are keyed, so that a memory dump cannot be searched for the hash of a known secret.
        self._fingerprint_key = secrets.token_bytes(32)

    def __len__(self) -> int:
        return len(self._keys)

    def get(self, presented: Presented, *, secret: str) -> bytes:
        """The signing key of `secret` for the scope that was presented."""
        fingerprint = blake2b(secret.encode(), digest_size=16, key=self._fingerprint_key).digest()
        return self.recall(presented, fingerprint=fingerprint, secret=lambda: secret)

    def recall(self, presented: Presented, *, fingerprint: bytes, secret: Callable[[], str]) -> bytes:
        """The same for a sealed secret: `secret()` is called, and so unsealed, only where the key is not remembered.

        `fingerprint` must change whenever the secret does, say a digest of its sealed form.
        """
        entry = (presented.access_key_id, fingerprint, presented.date, presented.region, presented.service)
        with self._lock:
            key = self._keys.get(entry)
            if key is not None:
                self._keys.move_to_end(entry)
                return key
        key = derive_signing_key(secret(), date=presented.date, region=presented.region, service=presented.service)
        with self._lock:
            self._keys[entry] = key
            while len(self._keys) > self._capacity:
                self._keys.popitem(last=False)
        return key
