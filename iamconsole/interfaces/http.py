"""What the HTTP doors share: the request as it came off the wire, and where it came from."""

from __future__ import annotations

from ipaddress import ip_address, ip_network
from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.http import HttpRequest

from iamconsole.kernel.call import Origin
from iamconsole.kernel.errors import RequestTooLarge
from iamconsole.runtime.authentication.sigv4 import SignedRequest

MAX_BODY = 1_048_576  # the longest input of an operation is a policy of 131,072 characters, three bytes each when quoted


def signed_request(request: HttpRequest) -> SignedRequest:
    """The request exactly as it was signed: raw path and query, headers with repetitions joined, body bytes."""
    environ = request.META
    target = raw_target(environ)
    path, _, query = target.partition("?")
    return SignedRequest(
        method=request.method or "GET",
        path=path,
        query=query,
        headers=list(_headers(environ)),
        body=body_of(request),
    )


def body_of(request: HttpRequest) -> bytes:
    """The body, within bounds (RequestTooLarge)."""
    if int(request.META.get("CONTENT_LENGTH") or 0) > MAX_BODY:
        raise RequestTooLarge
    return request.body


def raw_target(environ: dict[str, Any]) -> str:
    """Path and query as sent; WSGI only hands over the decoded path, so it is quoted again where nothing better is."""
    if raw := environ.get("REQUEST_URI") or environ.get("RAW_URI"):
        return str(raw)
    path = quote(environ.get("PATH_INFO", "/").encode("latin-1"), safe="/~:@!$&'()*+,;=-._")
    query = environ.get("QUERY_STRING", "")
    return f"{path}?{query}" if query else path


def _headers(environ: dict[str, Any]) -> Any:
    for name, value in environ.items():
        if name.startswith("HTTP_"):
            yield name[5:].replace("_", "-").lower(), value
    for name in ("CONTENT_TYPE", "CONTENT_LENGTH"):
        if environ.get(name):
            yield name.replace("_", "-").lower(), environ[name]


def origin_of(request: HttpRequest) -> Origin:
    """Where a request came from; forwarding headers count only from a trusted proxy."""
    peer = request.META.get("REMOTE_ADDR") or None
    secure = request.is_secure()
    if peer and trusted(peer):
        hops = [hop.strip() for hop in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if hop.strip()]
        while hops:
            candidate = hops.pop()
            if not _address(candidate):
                break
            peer = candidate
            if not trusted(candidate):
                break
    else:
        secure = request.META.get("wsgi.url_scheme") == "https"
    return Origin(
        source_ip=peer if peer and _address(peer) else None,
        user_agent=request.META.get("HTTP_USER_AGENT", "")[:512],
        secure=secure,
        referer=request.META.get("HTTP_REFERER", "")[:2048],
    )


def trusted(peer: str) -> bool:
    """Whether the peer is one of IAM_TRUSTED_PROXIES."""
    if not _address(peer):
        return False
    return any(ip_address(peer) in ip_network(network) for network in settings.IAM_TRUSTED_PROXIES)


def _address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True
