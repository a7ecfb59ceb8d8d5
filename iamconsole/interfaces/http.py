"""What the HTTP doors share: the request as it came off the wire, and where it came from."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import lru_cache
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from iamconsole.kernel.call import Origin
from iamconsole.kernel.errors import RequestTooLarge
from iamconsole.runtime.authentication.sigv4 import SignedRequest

# The longest input of an operation is a policy of 131,072 characters, three bytes each when quoted.
MAX_BODY = 1_048_576
PATH_AS_IS = "/~:@!$&'()*+,;=-._"  # what RFC 3986 lets stand in a path


def signed_request(request: HttpRequest) -> SignedRequest:
    """The request as it was signed: path and query quoted, headers with repetitions joined, body bytes."""
    environ = request.META
    return SignedRequest(
        method=request.method or "GET",
        path=quote(environ.get("PATH_INFO", "/"), safe=PATH_AS_IS),  # Django has decoded it to text by now
        query=environ.get("QUERY_STRING", ""),
        headers=list(headers_of(environ)),
        body=body_of(request),
    )


def body_of(request: HttpRequest) -> bytes:
    """The body, within bounds (RequestTooLarge)."""
    length = request.META.get("CONTENT_LENGTH") or "0"
    if not length.isdecimal() or int(length) > MAX_BODY:
        raise RequestTooLarge
    return request.body


def raw_path(environ: dict[str, Any]) -> str:
    """The path of a WSGI environment as a client would have sent it: only the decoded one is handed over."""
    return quote(environ.get("PATH_INFO", "/").encode("latin-1"), safe=PATH_AS_IS)


def headers_of(environ: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """The headers of a WSGI environment, names in lower case."""
    for name, value in environ.items():
        if name.startswith("HTTP_"):
            yield name[5:].replace("_", "-").lower(), value
    for name in ("CONTENT_TYPE", "CONTENT_LENGTH"):
        if environ.get(name):
            yield name.replace("_", "-").lower(), environ[name]


def forwarded_headers(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware: what a proxy says of the client counts only from IAM_TRUSTED_PROXIES; from others it is removed."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if not trusted(request.META.get("REMOTE_ADDR", "")):
            for name in [name for name in request.META if name.startswith("HTTP_X_FORWARDED_")]:
                del request.META[name]
        return get_response(request)

    return middleware


def origin_of(request: HttpRequest) -> Origin:
    """Where a request came from: the peer, or behind trusted proxies the last address none of them vouches for."""
    return Origin(
        source_ip=client_of(request.META),
        user_agent=request.META.get("HTTP_USER_AGENT", "")[:512],
        secure=request.is_secure(),
        referer=request.META.get("HTTP_REFERER", "")[:2048],
    )


def client_of(environ: dict[str, Any]) -> str | None:
    """The client's address: the peer, or what trusted proxies say of it; None where it is no address."""
    address = environ.get("REMOTE_ADDR", "")
    hops = [hop.strip() for hop in environ.get("HTTP_X_FORWARDED_FOR", "").split(",")]
    while trusted(address) and hops and _is_address(hops[-1]):
        address = hops.pop()
    return address if _is_address(address) else None


def trusted(peer: str) -> bool:
    """Whether the peer is one of IAM_TRUSTED_PROXIES."""
    if not settings.IAM_TRUSTED_PROXIES or not _is_address(peer):
        return False
    return any(ip_address(peer) in network for network in _networks(tuple(map(str, settings.IAM_TRUSTED_PROXIES))))


@lru_cache(maxsize=4)
def _networks(given: tuple[str, ...]) -> tuple[IPv4Network | IPv6Network, ...]:
    return tuple(ip_network(network, strict=False) for network in given)


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True
