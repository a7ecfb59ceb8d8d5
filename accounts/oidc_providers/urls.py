"""The URL of an OpenID Connect provider: the issuer of its tokens, character for character."""

from __future__ import annotations

import re
from ipaddress import ip_address
from urllib.parse import SplitResult, urlsplit

from django.conf import settings

from accounts.outbound_federation.urls import is_own_issuer
from iamconsole.kernel.errors import InvalidInput
from policies import catalog

_HOST = r"(?:[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?|\[[0-9A-Fa-f:.]+\])"
_URL = re.compile(rf"(https?)://({_HOST}(?::[0-9]{{1,5}})?(?:/[A-Za-z0-9._~!&'()+,;=:@%/-]*)?)", re.ASCII)
RESERVED = frozenset({"aws", "saml", "cognito-identity"})
"""Prefixes of condition keys that are no services; a provider of that name could state them."""
INVALID = "Invalid Open ID Connect Provider URL"


def checked(url: str) -> str:
    """The name that a URL gives its provider: the URL without scheme. InvalidInput says what to write instead."""
    found = _URL.fullmatch(url)
    parts = _parts(url)
    if found is None or parts is None:
        raise InvalidInput(f"{INVALID}: write https://host/path, without query, fragment or user.")
    if found[1] != "https" and not (is_own_issuer(url) or _is_test_server(parts)):
        raise InvalidInput(f"{INVALID}: it must begin with https://")
    if found[2].lower() in RESERVED or catalog.service(found[2].lower()):
        raise InvalidInput(f"{INVALID}: {found[2]} is the prefix of other condition keys.")
    return found[2]


def _parts(url: str) -> SplitResult | None:
    try:
        parts = urlsplit(url)
        _ = parts.port  # parsed when asked for, and refused above 65535
    except ValueError:
        return None
    return parts if parts.hostname else None


def _is_test_server(parts: SplitResult) -> bool:
    """People who test against us may have a provider on this machine without TLS."""
    if not settings.IAM_TEST_MODE:
        return False
    try:
        return ip_address(parts.hostname or "").is_loopback
    except ValueError:
        return parts.hostname == "localhost"
