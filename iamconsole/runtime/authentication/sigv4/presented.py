"""A signature as presented: well-formed, not yet verified."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from iamconsole.kernel.errors import IncompleteSignature, InvalidClientTokenId

from .request import HTTP_NAME

ALGORITHM = "AWS4-HMAC-SHA256"
TERMINATOR = "aws4_request"

_SCOPE_PARTS = 5
_TIMESTAMP = re.compile(r"[0-9]{8}T[0-9]{6}Z")
_SIGNED_HEADERS = re.compile(rf"{HTTP_NAME}(;{HTTP_NAME})*")
# What can be no key or token of anyone goes no further: a NUL, for one, is an error to PostgreSQL.
_ACCESS_KEY_ID = re.compile(r"[A-Za-z0-9_]{1,128}")
_SECURITY_TOKEN = re.compile(r"[!-~]+")


@dataclass(frozen=True, slots=True)
class Presented:
    """A well-formed, unverified signature.

    `date` is YYYYMMDD as the credential scope says it, `timestamp` YYYYMMDDTHHMMSSZ as the request says it;
    `signed_headers` as sent; `expires` in seconds for a presigned URL, else None.
    """

    access_key_id: str
    date: str
    region: str
    service: str
    terminator: str
    signed_headers: tuple[str, ...]
    signature: str = field(repr=False)
    timestamp: str
    security_token: str | None = field(repr=False)
    expires: int | None = None

    @property
    def presigned(self) -> bool:
        return self.expires is not None

    @property
    def signed_at(self) -> datetime:
        return datetime.fromisoformat(self.timestamp)


def presented(
    parts: Mapping[str, str], *, timestamp: str, security_token: str | None, expires: int | None = None
) -> Presented:
    """Build from `Credential`, `SignedHeaders` and `Signature` in `parts`; raise where one is not well-formed."""
    credential, signed_headers = parts["Credential"], parts["SignedHeaders"]
    scope = credential.split("/")
    if len(scope) != _SCOPE_PARTS:
        raise IncompleteSignature(
            "Credential must have exactly 5 slash-delimited elements, "
            f"e.g. keyid/date/region/service/term, got {shown(credential)}."
        )
    if not _SIGNED_HEADERS.fullmatch(signed_headers):
        raise IncompleteSignature(
            f"SignedHeaders must be header names separated by semicolons, got {shown(signed_headers)}."
        )
    if not _is_timestamp(timestamp):
        raise IncompleteSignature(f"Date must be in ISO-8601 'basic format'. Got {shown(timestamp)}.")
    access_key_id, date, region, service, terminator = scope
    if not _ACCESS_KEY_ID.fullmatch(access_key_id):
        raise InvalidClientTokenId
    if security_token is not None and not _SECURITY_TOKEN.fullmatch(security_token):
        raise InvalidClientTokenId
    return Presented(
        access_key_id=access_key_id,
        date=date,
        region=region,
        service=service,
        terminator=terminator,
        signed_headers=tuple(signed_headers.split(";")),
        signature=parts["Signature"],
        timestamp=timestamp,
        security_token=security_token,
        expires=expires,
    )


def _is_timestamp(text: str) -> bool:
    """Whether `text` is a moment in ISO 8601's basic format, in UTC."""
    try:
        return bool(_TIMESTAMP.fullmatch(text) and datetime.fromisoformat(text))
    except ValueError:
        return False


def shown(text: str) -> str:
    """`text` quoted for a message: escaped, and cut to what a reader needs."""
    return ascii(text[:64])
