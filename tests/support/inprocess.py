"""boto3 against the WSGI application in this process: really signed, no socket."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import unquote_to_bytes, urlsplit

import boto3
from botocore.awsrequest import AWSResponse
from botocore.config import Config
from django.core.signals import request_finished, request_started
from django.db import close_old_connections

ENDPOINT = "http://localhost:8000"
WSGI = Callable[..., Iterable[bytes]]


class _Raw(io.BytesIO):
    """What botocore reads a body from."""

    def stream(self, *_args: Any, **_kwargs: Any) -> Iterable[bytes]:
        yield self.read()


def environ_of(method: str, url: str, headers: dict[str, Any], body: bytes) -> dict[str, Any]:
    """The WSGI environment a server would make of a request."""
    parts = urlsplit(url)
    environ = {
        "REQUEST_METHOD": method,
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(parts.path or "/").decode("latin-1"),
        "QUERY_STRING": parts.query,
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "8000",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "HTTP_HOST": parts.netloc,
        "wsgi.url_scheme": parts.scheme,
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": io.StringIO(),
        "wsgi.version": (1, 0),
        "wsgi.multithread": False,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
        "CONTENT_LENGTH": str(len(body)),
    }
    for name, value in headers.items():
        text = value.decode("latin-1") if isinstance(value, bytes) else str(value)
        key = name.upper().replace("-", "_")
        environ[key if key in ("CONTENT_TYPE", "CONTENT_LENGTH") else f"HTTP_{key}"] = text
    return environ


@contextmanager
def connection_kept() -> Iterator[None]:
    """Leave the connection alone that a test's transaction lives in, as Django's own test client does."""
    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)
    try:
        yield
    finally:
        for signal in signals:
            signal.connect(close_old_connections)


def request(app: WSGI, method: str, url: str, headers: dict[str, Any], body: bytes) -> AWSResponse:
    """Send one request to the application."""
    answer: dict[str, Any] = {}

    def start_response(status: str, response_headers: list[tuple[str, str]], _exc: Any = None) -> None:
        answer.update(status=int(status.split()[0]), headers=dict(response_headers))

    with connection_kept():
        chunks = app(environ_of(method, url, headers, body), start_response)
        raw = _Raw(b"".join(chunks))
        if close := getattr(chunks, "close", None):
            close()
    return AWSResponse(url, answer["status"], answer["headers"], raw)


def client(service: str, key: dict[str, str], app: WSGI) -> Any:
    """A stock boto3 client whose requests end in `app`."""
    made = boto3.client(
        service,
        endpoint_url=ENDPOINT,
        region_name="us-east-1",
        aws_access_key_id=key["AccessKeyId"],
        aws_secret_access_key=key["SecretAccessKey"],
        aws_session_token=key.get("SessionToken"),
        config=Config(retries={"max_attempts": 0}, user_agent="tests"),
    )

    def send(request: Any, **_kwargs: Any) -> AWSResponse:
        body = request.body or b""
        return _send(app, request, body.encode() if isinstance(body, str) else body)

    made.meta.events.register("before-send", send)
    return made


def _send(app: WSGI, prepared: Any, body: bytes) -> AWSResponse:
    return request(app, prepared.method, prepared.url, dict(prepared.headers), body)
