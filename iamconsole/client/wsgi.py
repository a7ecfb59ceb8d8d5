"""A request as a WSGI server hands it over, to be handed on."""

from __future__ import annotations

import io
from typing import Any, Final
from urllib.parse import quote

from .decisions import ReceivedRequest

MAX_BODY: Final = 10 * 1024 * 1024  # bytes that a protected view takes
AS_IS: Final = "/~:@!$&'()*+,;=-._"  # what RFC 3986 lets stand in a path


class BodyTooLong(Exception):
    """The body is too long to be verified."""


def received(environ: dict[str, Any]) -> ReceivedRequest:
    """The request of an environment, whose body can still be read afterwards."""
    length = int(environ.get("CONTENT_LENGTH") or 0)
    if length > MAX_BODY:
        raise BodyTooLong(f"a body may have {MAX_BODY} bytes")
    body = environ["wsgi.input"].read(length) if length else b""
    if length:
        environ["wsgi.input"] = io.BytesIO(body)
    path = environ.get("SCRIPT_NAME", "") + environ.get("PATH_INFO", "/")
    query = environ.get("QUERY_STRING", "")
    url = quote(path.encode("latin-1"), safe=AS_IS) + (f"?{query}" if query else "")
    headers = [(key[5:].replace("_", "-"), value) for key, value in environ.items() if key.startswith("HTTP_")]
    headers += [(key.replace("_", "-"), environ[key]) for key in ("CONTENT_TYPE", "CONTENT_LENGTH") if environ.get(key)]
    return ReceivedRequest(environ["REQUEST_METHOD"], url, headers, body)
