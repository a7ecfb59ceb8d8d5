"""What a request presents as its signature: an `Authorization` header, or the X-Amz-* parameters of a presigned URL.

Parsing judges the form alone, in AWS's words; `verification` judges the content.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping
from datetime import UTC
from email.utils import parsedate_to_datetime
from hashlib import sha256

from iamconsole.kernel.errors import IncompleteSignature

from .canonical import decode
from .presented import ALGORITHM, Presented, presented, shown
from .request import SignedRequest

MAX_EXPIRES = 604_800
_MAX_EXPIRES_DIGITS = 6

_HEADER_PARAMETERS = ("Credential", "Signature", "SignedHeaders")
_QUERY_PARAMETERS = ("Algorithm", "Credential", "Signature", "SignedHeaders", "Date", "Expires")
# Any one of these says that the caller meant to presign.
_PRESIGNING = frozenset({"Algorithm", "Credential", "Signature"})


def parse(request: SignedRequest) -> Presented | None:
    """The signature that `request` presents; None where there is none (or another scheme, say Bearer).

    Raises IncompleteSignature where the form is wrong or there is more than one signature, InvalidClientTokenId where
    the key id or the security token can be nobody's.
    """
    authorizations = request.headers_by_name.get("authorization") or []
    parameters = _x_amz_parameters(request.query) if request.query else {}
    if not _PRESIGNING.isdisjoint(parameters):
        if authorizations:
            raise IncompleteSignature("Sign with the Authorization header or with X-Amz-* query parameters, not both.")
        return _from_query(request, parameters)
    if not any(value.lstrip()[:3].upper() == "AWS" for value in authorizations):
        return None
    if len(authorizations) > 1:
        raise IncompleteSignature("The request must have one Authorization header.")
    return _from_header(request, authorizations[0], parameters)


def _from_header(request: SignedRequest, authorization: str, query: Mapping[str, str]) -> Presented:
    algorithm, _, rest = authorization.strip().partition(" ")
    _check_algorithm(algorithm)
    parts = _authorization_parts(rest, authorization)
    timestamp = request.header("x-amz-date") or _basic_format(request.header("date") or "")
    missing = [f"Authorization header requires '{p}' parameter." for p in _HEADER_PARAMETERS if not parts.get(p)]
    if not timestamp:
        missing.append("Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header.")
    if missing:
        raise IncompleteSignature(f"{' '.join(missing)} {_hashed(authorization)}")
    return presented(parts, timestamp=timestamp, security_token=_security_token(request, query))


def _from_query(request: SignedRequest, parameters: Mapping[str, str]) -> Presented:
    missing = [p for p in _QUERY_PARAMETERS if not parameters.get(p)]
    if missing:
        sentences = (f"AWS query-string parameters must include 'X-Amz-{p}'." for p in missing)
        raise IncompleteSignature(f"{' '.join(sentences)} Re-examine the query-string parameters.")
    _check_algorithm(parameters["Algorithm"])
    return presented(
        parameters,
        timestamp=parameters["Date"],
        security_token=_security_token(request, parameters),
        expires=_expires(parameters["Expires"]),
    )


def _x_amz_parameters(query: str) -> dict[str, str]:
    """The decoded X-Amz-* parameters, less that prefix; each may be given once, lest two readers choose differently."""
    found: dict[str, str] = {}
    for pair in query.split("&"):
        raw_name, _, raw_value = pair.partition("=")
        name = decode(raw_name).decode("latin-1")
        if name.startswith("X-Amz-"):
            if name[6:] in found:
                raise IncompleteSignature(f"The query parameter {shown(name)} must be given once.")
            found[name[6:]] = decode(raw_value).decode("latin-1")
    return found


def _authorization_parts(text: str, authorization: str) -> dict[str, str]:
    parts: dict[str, str] = {}
    for part in text.split(","):
        name, equals, value = part.strip().partition("=")
        if not equals:
            raise IncompleteSignature(
                f"Invalid key=value pair (missing equal-sign) in Authorization header {_hashed(authorization)}"
            )
        if name in parts:
            raise IncompleteSignature(f"The Authorization header must have one {shown(name)} parameter.")
        parts[name] = value
    return parts


def _security_token(request: SignedRequest, query: Mapping[str, str]) -> str | None:
    in_header, in_query = request.header("x-amz-security-token"), query.get("Security-Token")
    if in_header and in_query:
        raise IncompleteSignature("X-Amz-Security-Token must be a header or a query parameter, not both.")
    return in_header or in_query or None


def _expires(text: str) -> int:
    # The length first: int() of a long run of digits is slow, and beyond 4,300 digits an error.
    seconds = int(text) if len(text) <= _MAX_EXPIRES_DIGITS and text.isascii() and text.isdigit() else 0
    if not 1 <= seconds <= MAX_EXPIRES:
        raise IncompleteSignature(f"X-Amz-Expires must be from 1 to {MAX_EXPIRES} seconds, got {shown(text)}.")
    return seconds


def _check_algorithm(algorithm: str) -> None:
    if algorithm != ALGORITHM:
        raise IncompleteSignature(f"Unsupported AWS 'algorithm': {shown(algorithm)}.")


def _basic_format(date: str) -> str:
    """A `Date` header (RFC 1123) as YYYYMMDDTHHMMSSZ; what is none, say an ISO 8601 date, stays as it is."""
    try:
        moment = parsedate_to_datetime(date)
        # A zone of "-0000" parses as naive: RFC 5322 means UTC by it.
        in_utc = moment.astimezone(UTC) if moment.tzinfo else moment
    except (ValueError, TypeError, IndexError, OverflowError):
        return date
    return in_utc.strftime("%Y%m%dT%H%M%SZ")


def _hashed(authorization: str) -> str:
    """AWS's stand-in for the header, so that no log gets a usable signature."""
    digest = b64encode(sha256(authorization.encode("utf-8", "surrogatepass")).digest()).decode()
    return f"(hashed with SHA-256 and encoded with Base64): '{digest}'."
