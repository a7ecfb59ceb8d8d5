"""Whether the signature that was presented is the one the secret makes over this very request.

Messages are AWS's; region is not checked against a list, since any region is bound by the key derivation.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from hmac import compare_digest
from hmac import digest as hmac_digest

from iamconsole.kernel.errors import RequestExpired, SignatureDoesNotMatch

from .canonical import canonical_queries, canonical_request
from .keys import SigningKeys
from .presented import ALGORITHM, TERMINATOR, Presented, shown
from .request import SignedRequest

CLOCK_SKEW = timedelta(minutes=15)

_REGION = re.compile(r"[A-Za-z0-9_-]{1,64}")
_SHARED_KEYS = SigningKeys()


def verify(
    presented: Presented,
    request: SignedRequest,
    *,
    secret: str,
    services: frozenset[str],
    now: datetime,
) -> None:
    """Return where the signature holds; raise SignatureDoesNotMatch or RequestExpired where it does not.

    `services` are the scope's service names that this door serves; `now` is aware.
    """
    verify_with(lambda: _SHARED_KEYS.get(presented, secret=secret), presented, request, services=services, now=now)


def verify_with(
    signing_key: Callable[[], bytes],
    presented: Presented,
    request: SignedRequest,
    *,
    services: frozenset[str],
    now: datetime,
) -> None:
    """`verify` for a caller with his own source of signing keys, asked only once all else is in order."""
    _check_scope(presented, services)
    _check_clock(presented, now.replace(microsecond=0))
    _check_signed_headers(presented, request)
    _check_payload(request)
    _check_signature(presented, request, signing_key())


def _check_scope(presented: Presented, services: frozenset[str]) -> None:
    faults = " ".join(_scope_faults(presented, services))
    if faults:
        raise SignatureDoesNotMatch(faults)


def _scope_faults(presented: Presented, services: frozenset[str]) -> Iterator[str]:
    if not _REGION.fullmatch(presented.region):
        yield f"Credential should be scoped to a valid Region, not {shown(presented.region)}."
    if presented.service not in services:
        yield f"Credential should be scoped to correct service: {' or '.join(repr(name) for name in sorted(services))}."
    if presented.terminator != TERMINATOR:
        yield f"Credential should be scoped with a valid terminator: '{TERMINATOR}', not {shown(presented.terminator)}."
    if presented.date != presented.timestamp[:8]:
        yield (
            "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: "
            f"{shown(presented.date)} != '{presented.timestamp[:8]}', from '{presented.timestamp}'."
        )


def _check_clock(presented: Presented, now: datetime) -> None:
    signed_at = presented.signed_at
    if signed_at > now + CLOCK_SKEW:
        raise SignatureDoesNotMatch(
            f"Signature not yet current: {presented.timestamp} is still later than {_basic(now + CLOCK_SKEW)} "
            f"({_basic(now)} + 15 min.)"
        )
    if presented.expires is not None:
        if signed_at + timedelta(seconds=presented.expires) < now:
            raise RequestExpired(
                f"Request has expired: {presented.timestamp} + {presented.expires} s is now earlier than {_basic(now)}"
            )
    elif signed_at < now - CLOCK_SKEW:
        raise SignatureDoesNotMatch(
            f"Signature expired: {presented.timestamp} is now earlier than {_basic(now - CLOCK_SKEW)} "
            f"({_basic(now)} - 15 min.)"
        )


def _basic(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def _check_signed_headers(presented: Presented, request: SignedRequest) -> None:
    signed = presented.signed_headers
    if "host" not in signed:
        raise SignatureDoesNotMatch("'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.")
    for name in request.headers_by_name:
        if name.startswith("x-amz-") and name not in signed:
            raise SignatureDoesNotMatch(f"{shown(name)} must be a 'SignedHeader' in the AWS Authorization.")
    # A name without its header: one was lost on the way, or the list was altered.
    if not request.headers_by_name.keys() >= set(signed):
        raise SignatureDoesNotMatch


def _check_payload(request: SignedRequest) -> None:
    """IAM and STS bodies are always signed: UNSIGNED-PAYLOAD and the streaming forms are S3's."""
    claimed = request.header("x-amz-content-sha256")
    if claimed is not None and claimed.strip() != request.payload_hash:
        raise SignatureDoesNotMatch("The provided 'x-amz-content-sha256' header does not match what was computed.")


def _check_signature(presented: Presented, request: SignedRequest, signing_key: bytes) -> None:
    given = presented.signature.encode("utf-8", "surrogatepass")
    for query in canonical_queries(request.query, presigned=presented.presigned):
        canonical = canonical_request(request, query=query, signed_headers=presented.signed_headers)
        if compare_digest(_signature(presented, canonical, signing_key).encode(), given):
            return
    raise SignatureDoesNotMatch


def _signature(presented: Presented, canonical: bytes, signing_key: bytes) -> str:
    scope = f"{presented.date}/{presented.region}/{presented.service}/{TERMINATOR}"
    to_sign = f"{ALGORITHM}\n{presented.timestamp}\n{scope}\n{sha256(canonical).hexdigest()}"
    return hmac_digest(signing_key, to_sign.encode(), "sha256").hex()
