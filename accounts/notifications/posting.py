"""A POST to the operator's webhook: bounded in time, redirects not followed, of the answer only the status read."""

from __future__ import annotations

import http.client
import socket
from collections.abc import Mapping
from contextlib import suppress
from threading import Timer
from typing import Final
from urllib.parse import urlsplit

from iamconsole.version import VERSION

TIMEOUT: Final = 5.0
"""Seconds for each step; `DEADLINE` ends an exchange in which every step makes a little progress."""
DEADLINE: Final = 10.0


class NotPosted(Exception):
    """No answer came; the message names the fault and not the address, which may hold a secret."""


def post(url: str, body: bytes, headers: Mapping[str, str]) -> int:
    """The status of the answer; NotPosted where there is none."""
    parts = urlsplit(url)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    try:
        connection = kind(parts.hostname or "", parts.port, timeout=TIMEOUT)
    except ValueError as fault:
        raise NotPosted("IAM_WEBHOOK_URL has no valid port") from fault
    cut = Timer(DEADLINE, _cut, [connection])
    cut.daemon = True
    cut.start()
    try:
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        named = {"User-Agent": f"iam-console/{VERSION}", "Connection": "close", **headers}
        connection.request("POST", path, body, named)
        return connection.getresponse().status
    except (OSError, http.client.HTTPException) as fault:
        raise NotPosted(f"the webhook did not answer: {type(fault).__name__}") from fault
    finally:
        cut.cancel()
        connection.close()


def _cut(connection: http.client.HTTPConnection) -> None:
    if line := connection.sock:
        with suppress(OSError):
            line.shutdown(socket.SHUT_RDWR)
