"""The requests of processes on this host: the instance metadata service, version 2 alone, and container credentials.

Any process that reaches the agent may have the host's role, as on EC2. A task's credentials want its token. What a
browser or a proxy sends is refused: neither is a process of this host.
"""

from __future__ import annotations

import json
import logging
import secrets
import threading
import time
from collections.abc import Callable, Mapping
from hmac import compare_digest
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final
from urllib.parse import urlsplit

from . import metadata
from .addresses import is_own
from .source import Refused, Source, Unavailable

LATEST, TASKS = "/latest/", "/credentials/"
FOREIGN: Final = ("X-Forwarded-For", "Forwarded", "Via", "Origin", "Sec-Fetch-Site")
MOST_SESSIONS: Final = 10_000
IDLE: Final = 10  # seconds a connection may say nothing
logger = logging.getLogger(__name__)
Reply = tuple[int, str, str]  # status, text, media type
TEXT, JSON = "text/plain", "application/json"


class Sessions:
    """Session tokens of IMDSv2 and when each is over."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock, self._lock = clock, threading.Lock()
        self._ends: dict[str, float] = {}

    def open(self, seconds: int) -> str:
        """A new token; where there are too many, the oldest goes."""
        token = secrets.token_urlsafe(32)
        with self._lock:
            now = self._clock()
            if len(self._ends) >= MOST_SESSIONS:
                self._ends = {kept: end for kept, end in self._ends.items() if end > now}
            while len(self._ends) >= MOST_SESSIONS:
                del self._ends[next(iter(self._ends))]
            self._ends[token] = now + seconds
        return token

    def has(self, token: str) -> bool:
        """Whether the session of this token goes on."""
        with self._lock:
            return self._ends.get(token, 0.0) > self._clock()


class Service:
    """What the agent answers: `host` for `/latest/…`, and tasks by name, each with the token its processes send."""

    def __init__(self, host: Source | None, tasks: Mapping[str, tuple[str, Source]]) -> None:
        self._host, self._tasks, self._sessions = host, tasks, Sessions()

    def answer(self, method: str, path: str, headers: Any) -> Reply:
        """The reply to one request; `headers` finds names whatever their case."""
        if any(name in headers for name in FOREIGN) or not _names_us(headers.get("Host", "")):
            return _status(HTTPStatus.FORBIDDEN)
        if path == LATEST + "api/token":
            return self._session(method, headers)
        if method != "GET":
            return _status(HTTPStatus.METHOD_NOT_ALLOWED)
        try:
            if path.startswith(LATEST):
                return self._metadata(path.removeprefix(LATEST), headers)
            return self._task(path, headers.get("Authorization", ""))
        except Refused as refused:
            return HTTPStatus.FORBIDDEN, json.dumps({"code": "Refused", "message": str(refused)}), JSON
        except Unavailable as lost:
            return HTTPStatus.SERVICE_UNAVAILABLE, json.dumps({"code": "Unavailable", "message": str(lost)}), JSON

    def _session(self, method: str, headers: Any) -> Reply:
        if method != "PUT" or self._host is None:
            return _status(HTTPStatus.METHOD_NOT_ALLOWED if self._host else HTTPStatus.NOT_FOUND)
        seconds = metadata.seconds(headers.get(metadata.TTL_HEADER))
        if seconds is None:
            return _status(HTTPStatus.BAD_REQUEST)
        return HTTPStatus.OK, self._sessions.open(seconds), TEXT

    def _metadata(self, path: str, headers: Any) -> Reply:
        if self._host is None or not self._sessions.has(headers.get(metadata.TOKEN_HEADER, "")):
            return _status(HTTPStatus.UNAUTHORIZED if self._host else HTTPStatus.NOT_FOUND)
        known, asked = self._host.credentials(), metadata.role_asked(path)
        if asked is not None:
            text = metadata.credentials(known) if asked == known["RoleName"] else None
        else:
            text = metadata.answer(path, known)
        return _status(HTTPStatus.NOT_FOUND) if text is None else (HTTPStatus.OK, text, TEXT)

    def _task(self, path: str, token: str) -> Reply:
        given, wanted = token.encode(), None
        name = path.removeprefix(TASKS) if path.startswith(TASKS) else ""
        if name in self._tasks:
            wanted, source = self._tasks[name]
        # A task that does not exist is answered as a wrong token is.
        if not compare_digest(given, (wanted or secrets.token_urlsafe(32)).encode()) or wanted is None:
            return _status(HTTPStatus.UNAUTHORIZED)
        known = source.credentials()
        told = ("RoleArn", "AccessKeyId", "SecretAccessKey", "Token", "Expiration", "AccountId")
        return HTTPStatus.OK, json.dumps({name: known[name] for name in told}), JSON


def _status(status: HTTPStatus) -> Reply:
    return status, status.phrase, TEXT


def _names_us(host: str) -> bool:
    """Whether a Host header names this host by its address: that of a page whose name was rebound does not."""
    try:
        return is_own(urlsplit(f"//{host}").hostname)
    except ValueError:
        return False


class Server(ThreadingHTTPServer):
    """Serves a Service on an address that only this host reaches; ValueError for any other address."""

    daemon_threads = True

    def __init__(self, address: tuple[str, int], service: Service) -> None:
        if not is_own(address[0]):
            raise ValueError(f"{address[0]} can be reached from elsewhere: listen on a loopback address")
        self.service = service
        super().__init__(address, _Handler)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version, sys_version = "EC2ws", ""
    timeout = IDLE
    server: Server

    def _respond(self) -> None:
        status, text, media_type = self.server.service.answer(self.command, urlsplit(self.path).path, self.headers)
        body = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", media_type)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "no-store")
        if self.command == "PUT":  # a body that nobody reads is not the next request
            self.close_connection = True
        if status == HTTPStatus.OK and self.command == "PUT":
            self.send_header(metadata.TTL_HEADER, self.headers[metadata.TTL_HEADER])
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_PUT = _respond

    def log_message(self, format: str, *args: Any) -> None:
        """Which path was answered how, at the level of details; no header, so no secret."""
        logger.debug(format, *args)
