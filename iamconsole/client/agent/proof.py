"""What a workload proves itself by: its host key as it is, or a token signed anew for each request (RFC 7523)."""

from __future__ import annotations

import base64
import json
import secrets
import stat
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

LIFETIME: Final = 60  # seconds
OTHERS: Final = stat.S_IRWXG | stat.S_IRWXO
Proof = Callable[[], str]


class UnusableKey(ValueError):
    """The key file cannot be used; the message says why."""


def from_file(path: Path, *, workload_id: str, audience: str) -> Proof:
    """What gives the `Authorization` of the next request; `workload_id` and `audience` are for private keys (PEM)."""
    text = _secret(path)
    if not text.startswith("-----BEGIN"):
        return lambda: text
    if not workload_id:
        raise UnusableKey(f"{path} is a private key: say whose with the id of the workload")
    algorithm, sign = _signer(text, path)
    return lambda: _token(workload_id, audience, algorithm, sign)


def _secret(path: Path) -> str:
    try:
        if path.stat().st_mode & OTHERS:
            raise UnusableKey(f"{path} can be read by others: chmod 600 {path}")
        return path.read_text().strip()
    except (OSError, UnicodeDecodeError) as fault:
        raise UnusableKey(f"{path} cannot be read: {fault}") from None


def _token(workload_id: str, audience: str, algorithm: str, sign: Callable[[bytes], bytes]) -> str:
    now = int(time.time())
    claims = {"iss": workload_id, "sub": workload_id, "aud": audience, "iat": now, "exp": now + LIFETIME}
    said = ".".join(
        _encoded(json.dumps(part).encode())
        for part in ({"alg": algorithm, "typ": "JWT"}, {**claims, "jti": secrets.token_urlsafe(16)})
    )
    return f"{said}.{_encoded(sign(said.encode()))}"


def _encoded(part: bytes) -> str:
    return base64.urlsafe_b64encode(part).rstrip(b"=").decode()


def _signer(pem: str, path: Path) -> tuple[str, Callable[[bytes], bytes]]:
    """The algorithm (RFC 7518, 8037) of a private key and what signs with it."""
    try:
        from cryptography.hazmat.primitives import hashes, serialization
        from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa, utils
    except ImportError:
        raise UnusableKey("a private key needs the package `cryptography`; a host key does without") from None
    try:
        key: Any = serialization.load_pem_private_key(pem.encode(), password=None)
    except (ValueError, TypeError) as fault:
        raise UnusableKey(f"{path} is no private key without a passphrase: {fault}") from None
    if isinstance(key, ed25519.Ed25519PrivateKey):
        return "EdDSA", key.sign
    if isinstance(key, rsa.RSAPrivateKey):
        pss = padding.PSS(padding.MGF1(hashes.SHA256()), hashes.SHA256.digest_size)
        return "PS256", lambda said: key.sign(said, pss, hashes.SHA256())
    if isinstance(key, ec.EllipticCurvePrivateKey) and isinstance(key.curve, ec.SECP256R1):

        def sign(said: bytes) -> bytes:
            parts = utils.decode_dss_signature(key.sign(said, ec.ECDSA(hashes.SHA256())))
            return b"".join(part.to_bytes(32, "big") for part in parts)

        return "ES256", sign
    raise UnusableKey(f"{path} must be an Ed25519 key, an RSA key, or one on the curve P-256")
