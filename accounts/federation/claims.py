"""What the claims of a verified token say: to whom, about whom, until when, with which session tags."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from pydantic import ValidationError as PydanticError

from iamconsole.kernel.errors import ExpiredIdentityToken, IDPRejectedClaim, InvalidIdentityToken, InvalidInput
from iamconsole.kernel.shapes import Tag
from iamconsole.storage.tags import stored

SKEW = timedelta(seconds=60)
"""By how much the clocks of issuers may differ from ours."""
TAGS = "https://aws.amazon.com/tags"
SOURCE_IDENTITY = "https://aws.amazon.com/source_identity"
MOST_TAGS = 50
MOST_KEYS = 100
_LAST = datetime(9999, 1, 1, tzinfo=UTC).timestamp()

Keys = dict[str, str | tuple[str, ...]]


def audience(claims: Mapping[str, Any], client_ids: Iterable[str]) -> str:
    """The client id of ours that a token is meant for."""
    given = claims.get("aud")
    meant = given if isinstance(given, list) else [given]
    for each in meant:
        if isinstance(each, str) and each in client_ids:
            return each
    raise InvalidIdentityToken("Incorrect token audience")


def expiry(claims: Mapping[str, Any], now: datetime) -> datetime:
    """When a token that is valid now expires; ExpiredTokenException, or InvalidIdentityToken for one of the future."""
    expires, issued = _time(claims, "exp"), _time(claims, "iat")
    if expires + SKEW <= now:
        raise ExpiredIdentityToken(f"Token expired: current date/time {_shown(now)} must be before {_shown(expires)}")
    begins = _time(claims, "nbf") if "nbf" in claims else issued
    if max(begins, issued) - SKEW > now:
        raise InvalidIdentityToken(f"Token not yet valid: current date/time {_shown(now)}, valid from {_shown(begins)}")
    return expires


def text(claims: Mapping[str, Any], name: str, *, most: int = 255) -> str:
    """A claim that must be a text of 1 to `most` characters."""
    found = claims.get(name)
    if not isinstance(found, str) or not 1 <= len(found) <= most:
        raise InvalidIdentityToken(f"The token's claim {name} must be a text of 1 to {most} characters")
    return found


def texts(value: Any) -> tuple[str, ...]:
    """A claim that is a text or a list of texts; none for anything else."""
    found = value if isinstance(value, list) else [value]
    return tuple(found) if all(isinstance(each, str) for each in found) else ()


def session_tags(claims: Mapping[str, Any]) -> tuple[dict[str, str], tuple[str, ...]]:
    """The session tags that a token asks for, and which of them are transitive.

    Nested, as `{"principal_tags": {key: [value]}, "transitive_tag_keys": [key]}`, or flat, one claim a tag.
    """
    nested = claims.get(TAGS, {})
    if not isinstance(nested, dict):
        raise InvalidIdentityToken(f"The token's claim {TAGS} must be an object")
    tags = nested.get("principal_tags", {})
    if not isinstance(tags, dict):
        raise InvalidIdentityToken(f"The token's claim {TAGS} must have an object principal_tags")
    flat = f"{TAGS}/principal_tags/"
    given = {**tags, **{name.removeprefix(flat): claims[name] for name in claims if name.startswith(flat)}}
    transitive = texts(nested.get("transitive_tag_keys", claims.get(f"{TAGS}/transitive_tag_keys", [])))
    found = checked_tags({key: _single(key, value) for key, value in given.items()})
    if missing := set(transitive) - found.keys():
        raise IDPRejectedClaim(f"Transitive tag keys name no session tag: {', '.join(sorted(missing))[:256]}")
    return found, transitive


def checked_tags(given: Mapping[str, str]) -> dict[str, str]:
    """Session tags within AWS's bounds; IDPRejectedClaim names the first that is not."""
    if len(given) > MOST_TAGS:
        raise IDPRejectedClaim(f"More than {MOST_TAGS} session tags")
    try:
        return stored([Tag(key=key, value=value) for key, value in given.items()], ignore_case=True)
    except PydanticError:
        raise IDPRejectedClaim(
            "A session tag has a key or value of characters or length that tags cannot have"
        ) from None
    except InvalidInput as fault:
        raise IDPRejectedClaim(fault.message) from None


def condition_keys(prefix: str, claims: Mapping[str, Any], *, audience: str) -> Keys:
    """Condition keys `<prefix>:<claim>` for every claim that is a text, a number, a flag or a list of texts.

    `aud` is the audience that the provider knows. Names that differ in case alone would be one key: the first counts.
    A name with a colon makes none: `8443:sub` of provider `host` would be the key `sub` of provider `host:8443`.
    """
    keys: Keys = {f"{prefix}:aud": audience}
    seen = {"aud"}
    for name in ("sub", "azp", "amr", *claims):
        if name.lower() in seen or ":" in name or len(keys) >= MOST_KEYS:
            continue
        value = _value(claims.get(name), is_list=name == "amr")
        if value is not None:
            keys[f"{prefix}:{name}"] = value
            seen.add(name.lower())
    return keys


def _value(claim: Any, *, is_list: bool) -> str | tuple[str, ...] | None:
    match claim:
        case bool():
            return "true" if claim else "false"
        case str():
            return (claim,) if is_list else claim
        case int() | float():
            return str(claim)
        case list() if claim:
            return texts(claim) or None
    return None


def _single(key: str, value: Any) -> str:
    found = texts(value)
    if len(found) != 1:
        raise IDPRejectedClaim(f"Session tag {key[:128]} must have exactly one value")
    return found[0]


def _time(claims: Mapping[str, Any], name: str) -> datetime:
    found = claims.get(name)
    if isinstance(found, bool) or not isinstance(found, int | float) or not math.isfinite(found):
        raise InvalidIdentityToken(f"The token's claim {name} must be a number of seconds since 1970")
    if not 0 <= found < _LAST:
        raise InvalidIdentityToken(f"The token's claim {name} is no time")
    return datetime.fromtimestamp(found, UTC)


def _shown(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
