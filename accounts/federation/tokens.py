"""JSON Web Tokens (RFC 7519) in their compact form, read strictly: three parts, plain headers, no name twice."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from joserfc.errors import JoseError
from joserfc.jwk import JWKRegistry
from joserfc.jws import JWSRegistry

MAX_LENGTH = 20_000
MOST_CANDIDATES = 5
"""Keys that are tried for a token that names none."""
SMALLEST_RSA, LARGEST_RSA = 2048, 8192
TYPES = ("jwt", "at+jwt")

# The algorithm decides which keys may be tried: key type, and the curve where it fixes one (RFC 7518, 8037).
ALGORITHMS: dict[str, tuple[str, str]] = {
    **{f"{family}{size}": ("RSA", "") for family in ("RS", "PS") for size in (256, 384, 512)},
    "ES256": ("EC", "P-256"),
    "ES384": ("EC", "P-384"),
    "ES512": ("EC", "P-521"),
    "EdDSA": ("OKP", "Ed25519"),
}
# What a header may say. Those that bring keys along (jwk, jku, x5c, x5u) or change the rules (crit, b64, zip) are out.
HEADERS = frozenset({"alg", "kid", "typ", "cty", "x5t", "x5t#S256"})


class BadToken(ValueError):
    """The token cannot be read or its signature does not hold; the message says which and why."""


@dataclass(frozen=True, slots=True)
class Token:
    """A token as it was read; nothing in it is true before `verified`."""

    header: dict[str, Any]
    claims: dict[str, Any]
    signed: bytes
    signature: bytes

    @property
    def algorithm(self) -> str:
        return str(self.header["alg"])

    @property
    def key_id(self) -> str | None:
        found = self.header.get("kid")
        return found if isinstance(found, str) else None


def read(text: str) -> Token:
    """The parts of a token; BadToken for a text of another form."""
    if len(text) > MAX_LENGTH:
        raise BadToken(f"the token is longer than {MAX_LENGTH} characters")
    parts = text.split(".")
    if len(parts) != 3 or not text.isascii():
        raise BadToken("a token has three parts with dots between them, in base64url")
    header, claims = _object(parts[0], "header"), _object(parts[1], "payload")
    return Token(header, claims, f"{parts[0]}.{parts[1]}".encode(), _decoded(parts[2], "signature"))


def check_header(token: Token) -> None:
    """Refuse algorithms that are not on the list and headers that tell the verifier what to do."""
    algorithm = token.header.get("alg")
    if not isinstance(algorithm, str) or algorithm not in ALGORITHMS:
        raise BadToken(f"algorithm {algorithm!r} is not accepted: use one of {', '.join(ALGORITHMS)}")
    if foreign := sorted(token.header.keys() - HEADERS):
        raise BadToken(f"the header has {', '.join(foreign)[:128]}, which is not accepted")
    if "kid" in token.header and not isinstance(token.header["kid"], str):
        raise BadToken("the key id is not a text")
    kind = token.header.get("typ", "JWT")
    if not isinstance(kind, str) or kind.lower().removeprefix("application/") not in TYPES:
        raise BadToken(f"type {kind!r} is not that of a token: it must be JWT")


def suitable(keys: Sequence[dict[str, Any]], algorithm: str) -> list[dict[str, Any]]:
    """The keys that are meant for signatures of this algorithm."""
    kind, curve = ALGORITHMS[algorithm]
    return [
        key
        for key in keys
        if key.get("kty") == kind
        and (not curve or key.get("crv") == curve)
        and key.get("use", "sig") == "sig"
        and key.get("alg", algorithm) == algorithm
    ][:MOST_CANDIDATES]


def is_verified(token: Token, keys: Sequence[dict[str, Any]]) -> bool:
    """Whether one of the keys, which are suitable for its algorithm, signed the token."""
    algorithm = JWSRegistry.algorithms[token.algorithm]
    return any(_signed_by(key, token, algorithm) for key in keys)


def _signed_by(jwk: dict[str, Any], token: Token, algorithm: Any) -> bool:
    public = {name: value for name, value in jwk.items() if name in ("kty", "crv", "x", "y", "n", "e")}
    try:
        if public["kty"] == "RSA" and not SMALLEST_RSA <= 8 * len(_decoded(public["n"], "modulus")) <= LARGEST_RSA:
            return False
        return bool(algorithm.verify(token.signed, token.signature, JWKRegistry.import_key(public)))
    except (JoseError, ValueError, TypeError, KeyError):
        return False


def _object(part: str, name: str) -> dict[str, Any]:
    try:
        found = json.loads(_decoded(part, name), object_pairs_hook=_once, parse_constant=_no_constant)
    except (UnicodeDecodeError, RecursionError, ValueError) as fault:
        raise BadToken(f"the {name} is not JSON: {fault}") from None
    if not isinstance(found, dict):
        raise BadToken(f"the {name} is not a JSON object")
    return found


def _decoded(part: str, name: str) -> bytes:
    try:
        decoded = base64.b64decode(part + "=" * (-len(part) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        decoded = b""
    # What does not encode back to itself has bits that nobody reads, so two texts would be the same token.
    if not decoded or base64.urlsafe_b64encode(decoded).rstrip(b"=").decode() != part:
        raise BadToken(f"the {name} is not base64url without padding")
    return decoded


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name is given twice")
    return found


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON number")
