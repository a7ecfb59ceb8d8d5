"""Where a request came from; proxies are believed only where the operator says so."""

from __future__ import annotations

from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from iamconsole.interfaces.http import forwarded_headers, origin_of

PROXIES = ("10.0.0.0/8", "::1")


def arrive(settings: Any, peer: str, **headers: str) -> HttpRequest:
    """A request after the middleware saw it."""
    settings.IAM_TRUSTED_PROXIES = PROXIES
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    seen: list[HttpRequest] = []
    middleware = forwarded_headers(lambda request: seen.append(request) or HttpResponse())  # type: ignore[func-returns-value]
    middleware(RequestFactory().get("/", REMOTE_ADDR=peer, **headers))
    return seen[0]


@pytest.mark.parametrize(
    ("peer", "forwarded", "client"),
    [
        ("203.0.113.9", "", "203.0.113.9"),
        ("203.0.113.9", "1.2.3.4", "203.0.113.9"),  # nobody we trust says so
        ("10.1.1.1", "198.51.100.7", "198.51.100.7"),
        ("10.1.1.1", "6.6.6.6, 198.51.100.7", "198.51.100.7"),  # the client's own claim is before the proxy's
        ("10.1.1.1", "198.51.100.7, 10.2.2.2", "198.51.100.7"),  # two proxies of ours
        ("10.1.1.1", "nonsense", "10.1.1.1"),
        ("::1", "2001:db8::5", "2001:db8::5"),
        ("unix:", "1.2.3.4", None),
    ],
)
def test_client_address(settings: Any, peer: str, forwarded: str, client: str | None) -> None:
    headers = {"HTTP_X_FORWARDED_FOR": forwarded} if forwarded else {}
    assert origin_of(arrive(settings, peer, **headers)).source_ip == client


@pytest.mark.parametrize(("peer", "secure"), [("10.1.1.1", True), ("203.0.113.9", False)])
def test_tls_by_a_proxys_word(settings: Any, peer: str, secure: bool) -> None:
    assert origin_of(arrive(settings, peer, HTTP_X_FORWARDED_PROTO="https")).secure is secure
