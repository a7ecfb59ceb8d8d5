"""Ed25519 signatures of the trail: what is signed cannot be rewritten by whoever holds only the database.

    <id of the master key>.<signature, base64url>

The keys are derived from the key ring. A master key that is retired leaves its public half, sealed under the current
one, so that it goes on vouching for what it signed. The public halves are exported beside the checkpoints, too, for
verifiers that must not hold a secret.
"""

from __future__ import annotations

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_public_key
from django.db import DatabaseError

from accounts.master_keys import inheritance
from accounts.master_keys.ring import current
from iamconsole.sealing import KeyRing, UnknownKey

FILE_NAME = "public-key-{}.pem"
PublicKeys = Mapping[str, Ed25519PublicKey]


class NotSigned(Exception):
    """The signature does not fit, or its key is unknown; the message says which."""


@lru_cache(maxsize=16)
def _private(ring: KeyRing, key_id: str) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(ring.derive(inheritance.AUDIT, key_id=key_id))


def sign(payload: str) -> str:
    """Sign under the ring's current key."""
    ring = current()
    made = _private(ring, ring.current_id).sign(payload.encode())
    return f"{ring.current_id}.{urlsafe_b64encode(made).decode()}"


def check(payload: str, signature: str, *, known: PublicKeys | None = None) -> None:
    """NotSigned unless a key of the ring, or one of those `known` by id, made the signature."""
    key_id, _, encoded = signature.partition(".")
    try:
        _public(key_id, known or {}).verify(urlsafe_b64decode(encoded), payload.encode())
    except (UnknownKey, DatabaseError):  # a file is verified without the database, too
        raise NotSigned(
            f"it is signed by key {key_id[:32]!a}, which is not in the key ring: put it back or give its public half"
        ) from None
    except (InvalidSignature, ValueError):
        raise NotSigned("its signature does not fit") from None


def _public(key_id: str, known: PublicKeys) -> Ed25519PublicKey:
    ring = current()
    if key_id in known:
        return known[key_id]
    if key_id in ring:
        return _private(ring, key_id).public_key()
    return Ed25519PublicKey.from_public_bytes(inheritance.left_by(inheritance.AUDIT, key_id))


def public_pem() -> tuple[str, bytes]:
    """File name and PEM text of the current key's public half."""
    ring = current()
    public = _private(ring, ring.current_id).public_key()
    return FILE_NAME.format(ring.current_id), public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def read_public_key(place: Path) -> tuple[str, Ed25519PublicKey]:
    """Id and key of an exported public half; ValueError where the file is none."""
    named = re.fullmatch(r"public-key-([A-Za-z0-9_-]+)\.pem", place.name)
    key = load_pem_public_key(place.read_bytes())
    if named is None or not isinstance(key, Ed25519PublicKey):
        raise ValueError(f"{place} is not an exported public key, {FILE_NAME.format('ID')} with an Ed25519 key")
    return named[1], key
