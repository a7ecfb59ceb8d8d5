"""What a workload proves itself by: a host key made here, or the public part of a key pair of its own.

A host key has 256 random bits, so a fast hash keeps it. The hash is keyed by the master key and bound to its workload:
whoever can write to the database still cannot make a key of their own count.
"""

from __future__ import annotations

import re
import secrets
from datetime import datetime
from hmac import compare_digest
from hmac import digest as hmac_digest
from typing import Any, Final

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_public_key
from joserfc.jwk import ECKey, OKPKey, RSAKey

from accounts.certificates import pem
from accounts.certificates.strength import CURVES
from accounts.federation.tokens import LARGEST_RSA, SMALLEST_RSA
from accounts.master_keys import inheritance, ring
from accounts.master_keys.notes import note_master_key
from accounts.workloads.models import Workload
from iamconsole.kernel.errors import InvalidPublicKey

PREFIX: Final = "iamw_"  # lets secret scanners recognise a key that strayed into a repository
PUBLIC: Final = re.compile(r"-----BEGIN PUBLIC KEY-----[A-Za-z0-9+/=\s]+-----END PUBLIC KEY-----")
UNREADABLE: Final = "Give one public key or one X.509 certificate in PEM: the private key stays on the host."
UNSUITABLE: Final = (
    f"The key must be an Ed25519 key, an RSA key of {SMALLEST_RSA} to {LARGEST_RSA} bits, or one on the curve P-256, "
    "P-384 or P-521."
)


def renew(workload: Workload, public_key: str | None, *, now: datetime) -> str | None:
    """Give the workload this public key, or else a new host key, which is returned; the one it had counts no more."""
    host_key = None
    workload.key_hash, workload.public_jwk, workload.key_expires = "", None, None
    if public_key is None:
        host_key = f"{PREFIX}{workload.unique_id}.{secrets.token_urlsafe(32)}"
        workload.key_hash = _keyed_hash(host_key, workload, ring.current().current_id)
        note_master_key()
    else:
        workload.public_jwk, workload.key_expires = _read(public_key, now)
    workload.key_created = now
    return host_key


def matches(workload: Workload, host_key: str) -> bool:
    """Whether this is the host key, in constant time; UnknownKey where nothing is left of its master key."""
    key_id = workload.key_hash.partition(".")[0]
    return bool(key_id) and compare_digest(_keyed_hash(host_key, workload, key_id), workload.key_hash)


def _keyed_hash(host_key: str, workload: Workload, key_id: str) -> str:
    """`<master key id>.<HMAC-SHA256 in hex>`."""
    key = inheritance.derived(inheritance.HOST_KEYS, key_id)
    said = f"{workload.account_id}/{workload.unique_id}/{host_key}".encode()
    return f"{key_id}.{hmac_digest(key, said, 'sha256').hex()}"


def _read(text: str, now: datetime) -> tuple[dict[str, Any], datetime | None]:
    """The key as a JWK with its thumbprint as `kid`, and when the certificate it is from ends."""
    if "CERTIFICATE" in text:
        certificate = pem.certificate(text, now=now)
        return _jwk(certificate.public_key()), certificate.not_valid_after_utc
    if not PUBLIC.fullmatch(text.strip()):
        raise InvalidPublicKey(UNREADABLE)
    try:
        return _jwk(load_pem_public_key(text.strip().encode())), None
    except (ValueError, UnsupportedAlgorithm):
        raise InvalidPublicKey(UNREADABLE) from None


def _jwk(key: object) -> dict[str, Any]:
    kind: type[RSAKey | ECKey | OKPKey]
    if isinstance(key, RSAPublicKey) and SMALLEST_RSA <= key.key_size <= LARGEST_RSA:
        kind = RSAKey
    elif isinstance(key, EllipticCurvePublicKey) and key.curve.name in CURVES:
        kind = ECKey
    elif isinstance(key, Ed25519PublicKey):
        kind = OKPKey
    else:
        raise InvalidPublicKey(UNSUITABLE)
    made = kind.import_key(key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    return {**made.as_dict(private=False), "kid": made.thumbprint()}
