"""The one way out: documents of identity providers, fetched so that nobody can aim the request at our own network.

https only; the name is looked up once and the connection goes to the very address that was judged, so a name that
changes its address meanwhile gains nothing; redirects are refused; size, time and the number of fetches are bounded.
Plain http is for loopback, where IAM_TEST_MODE=1 says that this is a test.
"""

from __future__ import annotations

import http.client
import json
import os
import socket
import ssl
from collections.abc import Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as OutOfTime
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache
from threading import BoundedSemaphore
from typing import Any
from urllib.parse import SplitResult, urlencode, urlsplit

from accounts.federation.addresses import LOOPBACK, Network, is_loopback, permitted
from iamconsole.version import VERSION

TIMEOUT = 3.0
"""Seconds a caller waits for a document, look-up of the name included."""
MAX_BYTES = 262_144
MOST_AT_ONCE = 8
_READ = 16_384

_slots = BoundedSemaphore(MOST_AT_ONCE)


class FetchRefused(Exception):
    """The document was not fetched; the message says why, fit for whoever administers the provider."""


@dataclass(frozen=True, slots=True)
class Guard:
    """What is allowed besides public addresses over TLS: networks, an authority of its own, loopback for tests."""

    networks: Sequence[Network] = ()
    ca_certificate: str = ""
    test_mode: bool = False

    @property
    def open_networks(self) -> tuple[Network, ...]:
        return (*self.networks, *(LOOPBACK if self.test_mode else ()))


@dataclass(frozen=True, slots=True)
class Form:
    """What is posted instead of fetched, and the `Authorization` it is posted with; no message shows either."""

    fields: Mapping[str, str] = field(repr=False)
    authorization: str = field(default="", repr=False)

    def headers(self) -> dict[str, str]:
        named = {"Content-Type": "application/x-www-form-urlencoded"}
        return named | ({"Authorization": self.authorization} if self.authorization else {})


def fetch_json(url: str, guard: Guard, *, timeout: float = TIMEOUT, form: Form | None = None) -> dict[str, Any]:
    """The JSON object at a URL, or that answers a form; FetchRefused for all else, after `timeout` seconds at most."""
    parts = checked_url(url, guard)
    if not _slots.acquire(blocking=False):
        raise FetchRefused("too many documents are being fetched: try again in a moment")
    exchange = _Exchange(parts, guard, form)
    running: Future[bytes] = _pool().submit(_released, exchange)
    try:
        return _object(running.result(timeout=timeout), url)
    except OutOfTime:
        exchange.abandon()
        raise FetchRefused(f"{url} did not answer in time") from None
    except (OSError, http.client.HTTPException, ValueError) as fault:
        raise FetchRefused(f"{url} could not be fetched: {type(fault).__name__}: {fault}") from fault


@cache
def _pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(MOST_AT_ONCE, thread_name_prefix="fetching")


def _released(exchange: _Exchange) -> bytes:
    try:
        return exchange.run()
    finally:
        _slots.release()


def checked_url(url: str, guard: Guard) -> SplitResult:
    """The parts of a URL that may be fetched, or that a browser may be sent to; FetchRefused says what is amiss."""
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError as fault:
        raise FetchRefused(f"{url!r} is not a URL: {fault}") from None
    if parts.scheme != "https" and not (guard.test_mode and parts.scheme == "http"):
        raise FetchRefused(f"{url!r} is not fetched: it must begin with https://")
    if not parts.hostname or parts.username or parts.password or parts.fragment or not url.isascii():
        raise FetchRefused(f"{url!r} is not fetched: write https://host/path without user and fragment")
    if any(character <= " " for character in url):
        raise FetchRefused(f"{url!r} is not fetched: it has spaces or control characters")
    return parts


def _object(body: bytes, url: str) -> dict[str, Any]:
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise FetchRefused(f"{url} is not a JSON object")
    return found


class _Exchange:
    """One request to one judged address; `abandon` ends it from another thread."""

    def __init__(self, parts: SplitResult, guard: Guard, form: Form | None = None) -> None:
        self.parts, self.guard, self.form = parts, guard, form
        self.host = parts.hostname or ""
        self.port = parts.port or (443 if parts.scheme == "https" else 80)
        self._line: socket.socket | None = None  # a second handle of the connection, to cut it
        self._abandoned = False

    def run(self) -> bytes:
        """The body of a plain 200; whatever goes wrong raises."""
        connection = http.client.HTTPConnection(self.host, self.port, timeout=TIMEOUT)
        connection.default_port = 443 if self.parts.scheme == "https" else 80
        connection.auto_open = 0  # a second connection would look the name up again
        try:
            connection.sock = self._connected()
            path = (self.parts.path or "/") + (f"?{self.parts.query}" if self.parts.query else "")
            headers = {
                "Accept": "application/json",
                "Accept-Encoding": "identity",
                "User-Agent": f"iam-console/{VERSION}",
                "Connection": "close",
            }
            if self.form:
                connection.request("POST", path, urlencode(self.form.fields), headers | self.form.headers())
            else:
                connection.request("GET", path, headers=headers)
            with connection.getresponse() as response:
                return _body(response)
        finally:
            connection.close()
            if self._line:
                self._line.close()

    def abandon(self) -> None:
        """Cut the line, so that a server that drips its answer does not keep the thread."""
        self._abandoned = True
        if self._line:
            with suppress(OSError):
                self._line.shutdown(socket.SHUT_RDWR)

    def _connected(self) -> socket.socket:
        plain = socket.create_connection((self._address(), self.port), timeout=TIMEOUT)
        try:
            self._line = socket.socket(fileno=os.dup(plain.fileno()))
            if self._abandoned:
                raise TimeoutError("the caller no longer waits")
            if self.parts.scheme == "http":
                return plain
            context = ssl.create_default_context(cadata=self.guard.ca_certificate or None)
            return context.wrap_socket(plain, server_hostname=self.host)
        except BaseException:
            plain.close()
            raise

    def _address(self) -> str:
        """The one address to connect to; a name with any address that is not permitted is refused whole."""
        found = socket.getaddrinfo(self.host, self.port, type=socket.SOCK_STREAM)
        addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
        for address in addresses:
            if not permitted(address, self.guard.open_networks):
                raise PermissionError(f"{self.host} has address {address}, which is not public and not allowed")
            if self.parts.scheme == "http" and not is_loopback(address):
                raise PermissionError(f"{self.host} is not on this machine: use https")
        return addresses[0]


def _body(response: http.client.HTTPResponse) -> bytes:
    if response.status != 200:
        what = "a redirect, which is not followed" if 300 <= response.status < 400 else "not a document"
        raise ValueError(f"status {response.status} is {what}")
    if (response.getheader("Content-Encoding") or "identity").lower() != "identity":
        raise ValueError("the answer is encoded, which was not asked for")
    if response.length is not None and response.length > MAX_BYTES:
        raise ValueError(f"the document is larger than {MAX_BYTES} bytes")
    body = bytearray()
    while chunk := response.read(_READ):
        body += chunk
        if len(body) > MAX_BYTES:
            raise ValueError(f"the document is larger than {MAX_BYTES} bytes")
    return bytes(body)
