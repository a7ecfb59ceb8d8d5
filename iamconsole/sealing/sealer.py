"""Envelope encryption with AES-256-GCM: one random data key (DEK) per secret, wrapped under a master key (KEK).

    s1.<kek id>.<nonce + wrapped DEK>.<nonce + ciphertext>      base64url; GCM's 16-byte tag ends each

Both layers authenticate what the seal is bound to, so a sealed text moved to another row opens nowhere. A KEK may wrap
2^32 times with random nonces (NIST SP 800-38D, 8.3); a DEK encrypts once.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, replace

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from .encoding import decode, encode
from .errors import SealBroken, UnknownKey
from .ring import KEY_BYTES, KeyRing

_VERSION = "s1"
_FIELDS = 4
_NONCE_BYTES = 12


@dataclass(frozen=True, slots=True, repr=False)
class _Envelope:
    key_id: str
    wrapped: bytes
    sealed: bytes

    @classmethod
    def parse(cls, text: str) -> _Envelope:
        fields = text.split(".")
        if fields[0] != _VERSION or len(fields) != _FIELDS:
            raise SealBroken(f"the text is not a sealed secret of version {_VERSION}")
        return cls(fields[1], decode(fields[2]), decode(fields[3]))

    def __str__(self) -> str:
        return f"{_VERSION}.{self.key_id}.{encode(self.wrapped)}.{encode(self.sealed)}"


class Sealer:
    """Seals under the ring's current key, opens under any key of the ring; thread-safe.

    `bound_to` says whose secret it is, say `("access-key", account_id, access_key_id)`; opening needs the very same.
    """

    def __init__(self, ring: KeyRing) -> None:
        self._current_id = ring.current_id
        self._wrapping = {key_id: AESGCM(ring.derive("sealing", key_id=key_id)) for key_id in ring}

    def seal(self, plaintext: bytes, *, bound_to: tuple[str, ...]) -> str:
        """The sealed text, ASCII; about 190 characters for a 40-byte secret."""
        binding = _binding(bound_to)
        data_key = os.urandom(KEY_BYTES)
        wrapped = self._wrap(data_key, binding)
        return str(_Envelope(self._current_id, wrapped, _encrypt(AESGCM(data_key), plaintext, b"data" + binding)))

    def open(self, sealed: str, *, bound_to: tuple[str, ...]) -> bytes:
        """The plaintext; SealBroken where text or binding differ, UnknownKey where its master key is absent."""
        envelope, binding = _Envelope.parse(sealed), _binding(bound_to)
        return _decrypt(AESGCM(self._unwrap(envelope, binding)), envelope.sealed, b"data" + binding)

    def rewrap(self, sealed: str, *, bound_to: tuple[str, ...]) -> str:
        """The same secret under the current master key, its ciphertext untouched; the same text where it already is."""
        envelope, binding = _Envelope.parse(sealed), _binding(bound_to)
        data_key = self._unwrap(envelope, binding)
        if envelope.key_id == self._current_id:
            return sealed
        return str(replace(envelope, key_id=self._current_id, wrapped=self._wrap(data_key, binding)))

    def key_id_of(self, sealed: str) -> str:
        """The id of the master key that `sealed` needs, as it claims itself."""
        return _Envelope.parse(sealed).key_id

    def _wrap(self, data_key: bytes, binding: bytes) -> bytes:
        return _encrypt(self._wrapping[self._current_id], data_key, b"key" + binding)

    def _unwrap(self, envelope: _Envelope, binding: bytes) -> bytes:
        wrapping = self._wrapping.get(envelope.key_id)
        if wrapping is None:
            raise UnknownKey(f"master key {envelope.key_id[:32]!a} is not in the ring: add it until nothing needs it")
        return _decrypt(wrapping, envelope.wrapped, b"key" + binding)


def fingerprint(sealed: str) -> str:
    """What stays the same of a sealed secret when it is wrapped anew, and differs from that of any other seal."""
    return sealed.rpartition(".")[2]


def _encrypt(cipher: AESGCM, plaintext: bytes, associated: bytes) -> bytes:
    nonce = os.urandom(_NONCE_BYTES)
    return nonce + cipher.encrypt(nonce, plaintext, associated)


def _decrypt(cipher: AESGCM, sealed: bytes, associated: bytes) -> bytes:
    try:
        return cipher.decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], associated)
    except (InvalidTag, ValueError):
        raise SealBroken("the secret was altered, belongs to another owner, or was sealed under another key") from None


def _binding(parts: tuple[str, ...]) -> bytes:
    """Every part behind its length, so that no two tuples share an encoding."""
    if not parts:
        raise ValueError("a seal must be bound to its owner")
    encoded = [part.encode() for part in parts]
    return _VERSION.encode() + b"".join(len(part).to_bytes(4, "big") + part for part in encoded)
