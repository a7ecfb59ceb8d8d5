"""How people and machines reach us."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings

from iamconsole.interfaces.cli.doctor.finding import Finding, fault, warning, well

ADDRESS, PROXIES = "public address", "trusted proxies"
WIDEST = 16  # bits of prefix of an IPv4 network


def public_address() -> Iterator[Finding]:
    url = settings.IAM_PUBLIC_URL
    if settings.HTTPS:
        yield well(ADDRESS, url)
    elif "//localhost" in url:
        yield well(ADDRESS, f"{url}, this host alone")
    else:
        yield fault(ADDRESS, f"{url} is not encrypted", "put TLS in front and set IAM_PUBLIC_URL=https://…")


def trusted_proxies() -> Iterator[Finding]:
    trusted = settings.IAM_TRUSTED_PROXIES
    if settings.HTTPS and not trusted:
        yield fault(
            PROXIES,
            "none, although TLS ends before us: every request seems unencrypted and every client seems the proxy",
            "name the proxy's address in IAM_TRUSTED_PROXIES",
        )
    for network in trusted:
        if ipaddress.ip_network(network).prefixlen < WIDEST:
            yield fault(
                PROXIES,
                f"{network}: whoever is in it can claim any client address",
                "name the proxies' own addresses in IAM_TRUSTED_PROXIES",
            )


def test_mode() -> Iterator[Finding]:
    if settings.IAM_TEST_MODE:
        yield fault("test mode", "is on: anybody on this host may empty accounts", "unset IAM_TEST_MODE")


def metrics() -> Iterator[Finding]:
    if not settings.IAM_METRICS_TOKEN and not ipaddress.ip_address(settings.IAM_BIND).is_loopback:
        yield warning("metrics", "can be read on loopback alone", "set IAM_METRICS_TOKEN for a scraper elsewhere")


def static_files() -> Iterator[Finding]:
    manifest = Path(settings.STATIC_ROOT) / "staticfiles.json"
    if manifest.exists():
        yield well("static files", str(manifest.parent))
    else:
        yield warning(
            "static files", "are not collected", "run `manage.py collectstatic --noinput` on hosts of the web"
        )
