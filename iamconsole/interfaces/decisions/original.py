"""The request that a proxy asks about: method, host and path, as nginx, Traefik, Caddy and Envoy say them.

    nginx            X-Original-Method, X-Original-URI, and Host as it came
    Traefik, Caddy   X-Forwarded-Method, X-Forwarded-Uri, X-Forwarded-Host
    Envoy            the request itself, its path after `/forward-auth`

A client can send the headers of the proxy that is not there. So headers of both families together are refused, and so
is a path that different servers would read differently.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import unquote_to_bytes

from iamconsole.interfaces.decisions.exchange import Environ, Exchange
from iamconsole.interfaces.http import raw_path
from iamconsole.kernel.errors import AccessDenied

PREFIX = "/forward-auth"
_METHOD = re.compile(r"[A-Z]{1,32}")
_HOST = re.compile(r"(?P<name>[a-z0-9](?:[a-z0-9._-]{0,252})|\[[0-9a-f:.]{2,45}\])\.?(?::[0-9]{1,5})?")
_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")
# Slashes, backslashes, NULs and percent signs in disguise: servers differ in whether these divide, end or decode.
_DISGUISED = re.compile(r"%(?:2[Ff]|5[Cc]|00|25)")


@dataclass(frozen=True, slots=True)
class Original:
    """A request behind a proxy: `target` and `authority` as sent, `path` decoded, `host` without its port."""

    method: str
    authority: str
    target: str
    host: str
    path: str


def original(exchange: Exchange) -> Original:
    """What the proxy asks about (AccessDenied where that is not said, or could be read in two ways)."""
    method, authority, target = _behind_envoy(exchange) if exchange.path != PREFIX else _by_headers(exchange.environ)
    if not _METHOD.fullmatch(method):
        raise AccessDenied("The original method is not given: set X-Original-Method or X-Forwarded-Method.")
    found = _HOST.fullmatch(authority.lower())
    if found is None:
        raise AccessDenied("The original host is not given or not a host: keep Host, or set X-Forwarded-Host.")
    return Original(method, authority, target, found["name"].rstrip("."), safe_path(target))


def _behind_envoy(exchange: Exchange) -> tuple[str, str, str]:
    query = exchange.environ.get("QUERY_STRING", "")
    target = raw_path(exchange.environ)[len(PREFIX) :] + (f"?{query}" if query else "")
    return exchange.method, exchange.environ.get("HTTP_HOST", ""), target


def _by_headers(environ: Environ) -> tuple[str, str, str]:
    nginx, traefik = (
        tuple(environ.get(f"HTTP_X_{family}_{name}", "") for name in ("METHOD", "URI"))
        for family in ("ORIGINAL", "FORWARDED")
    )
    if any(nginx) and any(traefik):
        raise AccessDenied("X-Original-* and X-Forwarded-* are both set: set those of your proxy, remove the others.")
    if any(traefik):
        return traefik[0], environ.get("HTTP_X_FORWARDED_HOST", ""), traefik[1]
    return nginx[0], environ.get("HTTP_HOST", ""), nginx[1]


def safe_path(target: str) -> str:
    """The decoded path of a request target (AccessDenied where two servers could see two paths)."""
    raw = target.partition("?")[0]
    if not raw.startswith("/"):
        raise AccessDenied("The original path is not given: set X-Original-URI or X-Forwarded-Uri.")
    if "#" in raw or _ESCAPE.search(raw) or _DISGUISED.search(raw):
        raise _ambiguous()
    try:
        path = unquote_to_bytes(raw.encode("latin-1")).decode()
    except UnicodeError:
        raise _ambiguous() from None
    # What follows a semicolon is a parameter to some servers: `..;x` is `..` to those.
    segments = [segment.partition(";")[0] for segment in path.split("/")[1:]]
    if "\\" in path or not path.isprintable() or {".", ".."} & set(segments) or "" in segments[:-1]:
        raise _ambiguous()
    return path


def _ambiguous() -> AccessDenied:
    return AccessDenied("The original path can be read in two ways, so it is refused: send it normalised.")
