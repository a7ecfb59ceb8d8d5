"""The one way out: requests to servers of others, sent so that nobody can aim them at our own network.

https only; the name is looked up once and the connection goes to the very address that was judged, so a name that
changes its address meanwhile gains nothing; redirects are not followed; size, time and number are bounded. Plain http
is for loopback, where the guard opens it, and for an address that the operator himself wrote into the settings.

    EgressError
    ├── Refused     not sent: the URL, a header or an address of the host is not permitted
    └── NoAnswer    no whole answer came back in time

What was sent, or answered, is in none of the messages: both may hold secrets.
"""

from __future__ import annotations

import http.client
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
from urllib.parse import SplitResult, urlsplit

from accounts.egress.addresses import LOOPBACK, Network, is_loopback, permitted
from iamconsole.version import VERSION

TIMEOUT = 3.0
"""Seconds a caller waits for an answer, look-up of the name included."""
MAX_BYTES = 262_144
MOST_AT_ONCE = 8
_READ = 16_384
_ALWAYS = {"Accept-Encoding": "identity", "User-Agent": f"iam-console/{VERSION}", "Connection": "close"}

_slots = BoundedSemaphore(MOST_AT_ONCE)


class EgressError(Exception):
    """There is no answer; the message says why, fit for whoever gave the URL."""


class Refused(EgressError):
    """Nothing was sent, and nothing will be until somebody changes the URL, a header or the guard."""


class NoAnswer(EgressError):
    """The server did not answer in full, though another time it may; the request may have reached it."""


@dataclass(frozen=True, slots=True)
class Guard:
    """What is allowed besides public addresses over TLS: networks, an authority of its own, this machine."""

    networks: Sequence[Network] = ()
    ca_certificate: str = ""
    loopback: bool = False
    """Opens loopback, over plain http too."""
    operators: bool = False
    """The URL is one of the installation's settings, which no account can choose: any address, over plain http too."""

    @property
    def open_networks(self) -> tuple[Network, ...]:
        return (*self.networks, *(LOOPBACK if self.loopback else ()))

    @property
    def opens_http(self) -> bool:
        return self.loopback or self.operators


@dataclass(frozen=True, slots=True)
class Request:
    """What is sent; neither headers nor body are shown. Where `status_only` is said, no body is waited for."""

    url: str
    method: str = "GET"
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: bytes | None = field(default=None, repr=False)
    status_only: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back, whatever its status; the body is not shown."""

    status: int
    body: bytes = field(repr=False)


def send(request: Request, guard: Guard, *, timeout: float = TIMEOUT) -> Answer:
    """Send one request; EgressError unless its whole answer came within `timeout` seconds."""
    parts = checked_url(request.url, guard)
    _check_headers(request.headers)
    if not _slots.acquire(blocking=False):
        raise NoAnswer("too many requests are under way: try again in a moment")
    exchange = _Exchange(request, parts, guard, timeout)
    running: Future[Answer] = _pool().submit(_released, exchange)
    try:
        return running.result(timeout=timeout)
    except OutOfTime:
        exchange.abandon()
        raise NoAnswer("the server did not answer in time") from None
    except (OSError, ValueError) as fault:
        raise NoAnswer(f"{type(fault).__name__}: {fault}") from fault
    except http.client.HTTPException as fault:
        # Its text may be what the server sent.
        raise NoAnswer(f"the answer is not HTTP as it should be: {type(fault).__name__}") from None


def checked_url(url: str, guard: Guard) -> SplitResult:
    """The parts of a URL that may be asked, or that a browser may be sent to; Refused says what is amiss."""
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError as fault:
        raise Refused(f"it is not a URL: {fault}") from None
    if parts.scheme != "https" and not (guard.opens_http and parts.scheme == "http"):
        raise Refused("it must begin with https://")
    if not parts.hostname or parts.username is not None or parts.fragment or not url.isascii():
        raise Refused("write https://host/path without user and fragment")
    if " " in url or not url.isprintable():
        raise Refused("it has spaces or control characters")
    return parts


def _check_headers(headers: Mapping[str, str]) -> None:
    for name, value in headers.items():
        if not (value.isascii() and value.isprintable()):
            raise Refused(f"what the header {name} is to hold has characters that no header may have")


@cache
def _pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(MOST_AT_ONCE, thread_name_prefix="egress")


def _released(exchange: _Exchange) -> Answer:
    try:
        return exchange.run()
    finally:
        _slots.release()


class _Exchange:
    """One request to one judged address; `abandon` ends it from another thread."""

    def __init__(self, request: Request, parts: SplitResult, guard: Guard, timeout: float) -> None:
        self.request, self.parts, self.guard, self.timeout = request, parts, guard, timeout
        self.host = parts.hostname or ""
        self.port = parts.port or (443 if parts.scheme == "https" else 80)
        self._line: socket.socket | None = None  # a second handle of the connection, to cut it
        self._abandoned = False

    def run(self) -> Answer:
        """The answer, redirects included; whatever goes wrong raises."""
        connection = http.client.HTTPConnection(self.host, self.port, timeout=self.timeout)
        connection.default_port = 443 if self.parts.scheme == "https" else 80
        connection.auto_open = 0  # a second connection would look the name up again
        try:
            connection.sock = self._connected()
            path = (self.parts.path or "/") + (f"?{self.parts.query}" if self.parts.query else "")
            headers = {"Accept": "application/json"} | _ALWAYS | dict(self.request.headers)
            connection.request(self.request.method, path, self.request.body, headers)
            with connection.getresponse() as response:
                return Answer(response.status, b"" if self.request.status_only else _body(response))
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
        plain = socket.create_connection((self._address(), self.port), timeout=self.timeout)
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
        if self.guard.operators:
            return addresses[0]
        for address in addresses:
            if not permitted(address, self.guard.open_networks):
                raise Refused(f"{self.host} has address {address}, which is not public and not allowed")
            if self.parts.scheme == "http" and not is_loopback(address):
                raise Refused(f"{self.host} is not on this machine: use https")
        return addresses[0]


def _body(response: http.client.HTTPResponse) -> bytes:
    if (response.getheader("Content-Encoding") or "identity").lower() != "identity":
        raise ValueError("the answer is encoded, which was not asked for")
    if response.length is not None and response.length > MAX_BYTES:
        raise ValueError(f"the answer is larger than {MAX_BYTES} bytes")
    body = bytearray()
    while chunk := response.read(_READ):
        body += chunk
        if len(body) > MAX_BYTES:
            raise ValueError(f"the answer is larger than {MAX_BYTES} bytes")
    if response.length:  # read() with a size says nothing of what is missing
        raise ValueError("the answer was cut off")
    return bytes(body)
