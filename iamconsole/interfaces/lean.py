"""What the doors in front of Django share: they read the WSGI environment and answer themselves."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import lru_cache
from http import HTTPStatus
from typing import Any

from django.conf import settings

from iamconsole.interfaces.http import client_of, trusted
from iamconsole.kernel.call import Origin

Environ = dict[str, Any]
Header = tuple[str, str]
StartResponse = Callable[[str, list[Header]], Any]

STATUS = {status.value: f"{status.value} {status.phrase}" for status in HTTPStatus}
SECURITY = [
    ("Cache-Control", "no-store"),
    ("X-Content-Type-Options", "nosniff"),
    ("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"),
]
if settings.HTTPS:
    SECURITY.append(("Strict-Transport-Security", f"max-age={settings.SECURE_HSTS_SECONDS}"))


def origin_of(environ: Environ) -> Origin:
    """The peer, or behind trusted proxies the last address that none of them vouches for."""
    secure = environ.get("wsgi.url_scheme") == "https"
    if "HTTP_X_FORWARDED_PROTO" in environ and trusted(environ.get("REMOTE_ADDR", "")):
        secure = environ["HTTP_X_FORWARDED_PROTO"] == "https"
    address = client_of(environ) if "HTTP_X_FORWARDED_FOR" in environ else _peer(environ.get("REMOTE_ADDR", ""))
    return Origin(
        source_ip=address,
        user_agent=environ.get("HTTP_USER_AGENT", "")[:512],
        secure=secure,
        referer=environ.get("HTTP_REFERER", "")[:2048],
    )


@lru_cache(maxsize=1024)
def _peer(address: str) -> str | None:
    return client_of({"REMOTE_ADDR": address})


def new_request_id() -> str:
    """A random UUID (RFC 9562, version 4), without the cost of the uuid module's objects."""
    digits = os.urandom(16).hex()
    variant = "89ab"[int(digits[16], 16) & 3]
    return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-{variant}{digits[17:20]}-{digits[20:]}"
