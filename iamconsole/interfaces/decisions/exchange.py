"""One HTTP exchange of the lean doors: the request as WSGI hands it over, the reply as it is sent."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from types import MappingProxyType
from typing import Any
from urllib.parse import parse_qsl

import orjson

from iamconsole.interfaces.decisions.problems import LengthRequired, SerializationException, UnsupportedMediaType
from iamconsole.interfaces.http import headers_of, raw_path
from iamconsole.interfaces.lean import SECURITY, STATUS, Environ, Header, StartResponse, new_request_id, origin_of
from iamconsole.kernel.call import Origin
from iamconsole.kernel.errors import InvalidQueryParameter, RequestTooLarge
from iamconsole.runtime.authentication.sigv4 import SignedRequest

MAX_BODY = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Reply:
    """A status, a body that is sent as JSON unless it is None, and headers of the door's own."""

    body: Any = None
    status: int = 200
    headers: list[Header] = field(default_factory=list)
    media_type: str = "application/json"


class Exchange:
    """A request on its way through a door."""

    def __init__(self, environ: Environ) -> None:
        self.environ = environ
        self.method: str = environ["REQUEST_METHOD"]
        self.path: str = environ["PATH_INFO"]
        self.request_id = new_request_id()
        self._body: bytes | None = None

    @property
    def body(self) -> bytes:
        """The body, within bounds (RequestEntityTooLarge)."""
        if self._body is None:
            self._body = self._read()
        return self._body

    def _read(self) -> bytes:
        length = self.environ.get("CONTENT_LENGTH") or ""
        if not length:
            if self.environ.get("HTTP_TRANSFER_ENCODING"):
                raise LengthRequired
            return b""
        if not length.isdecimal() or int(length) > MAX_BODY:
            raise RequestTooLarge(f"The body may have {MAX_BODY} bytes.")
        content: bytes = self.environ["wsgi.input"].read(int(length))
        return content

    @property
    def json(self) -> Any:
        """The body as JSON (SerializationException, UnsupportedMediaType)."""
        media_type = self.environ.get("CONTENT_TYPE", "")
        if media_type and media_type.partition(";")[0].strip().lower() != "application/json":
            raise UnsupportedMediaType
        try:
            return orjson.loads(self.body)
        except orjson.JSONDecodeError as wrong:
            raise SerializationException(f"The body is not JSON: {wrong}.") from None

    @property
    def parameters(self) -> Mapping[str, str]:
        """The query string; each name may be given once (InvalidQueryParameter)."""
        query = self.environ.get("QUERY_STRING", "")
        return _parameters(query) if query else {}

    @property
    def headers(self) -> list[Header]:
        """Names in lower case, in the order of the environment."""
        return list(headers_of(self.environ))

    @property
    def signed(self) -> SignedRequest:
        """The request as it was signed."""
        environ = self.environ
        return SignedRequest(self.method, raw_path(environ), environ.get("QUERY_STRING", ""), self.headers, self.body)

    @property
    def origin(self) -> Origin:
        """Where the request came from; what a proxy says counts from IAM_TRUSTED_PROXIES alone."""
        return origin_of(self.environ)

    def send(self, reply: Reply, start_response: StartResponse) -> Iterable[bytes]:
        """Answer."""
        content = b"" if reply.body is None else orjson.dumps(reply.body)
        headers = [*SECURITY, ("x-amzn-RequestId", self.request_id), *reply.headers]
        headers.append(("Content-Length", str(len(content))))
        if content:
            headers.append(("Content-Type", reply.media_type))
        start_response(STATUS[reply.status], headers)
        return [b"" if self.method == "HEAD" else content]


@lru_cache(maxsize=256)
def _parameters(query: str) -> Mapping[str, str]:
    pairs = parse_qsl(query, keep_blank_values=True)
    found = dict(pairs)
    if len(found) != len(pairs):
        raise InvalidQueryParameter("A query parameter may be given once.")
    return MappingProxyType(found)
