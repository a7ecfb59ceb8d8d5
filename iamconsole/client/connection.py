"""One kept connection a thread to the product; every request is signed or carries a token."""

from __future__ import annotations

import http.client
import json
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlsplit

from .errors import Refused, Unauthenticated, Unavailable
from .signing import authorization

MAX_ANSWER: Final = 16 * 1024 * 1024  # bytes
OK: Final = 200
NOTHING: Final = object()


@dataclass(frozen=True)
class AccessKey:
    """An access key of the service (CreateServiceAccessKey), or of an IAM user of its own."""

    id: str
    secret: str = field(repr=False)


class Connection:
    """Posts JSON and gives JSON; a connection that the server closed meanwhile is opened again once."""

    def __init__(
        self, url: str, *, key: AccessKey | None, token: str | Callable[[], str] | None, timeout: float
    ) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.path.strip("/"):
            raise ValueError(f"the URL of the product must be like https://iam.example.com, not {url!r}")
        if (key is None) == (token is None):
            raise ValueError("give either an access key or a token")
        self._kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
        self._host, self._name, self._port = parts.netloc.rpartition("@")[2], parts.hostname, parts.port
        self._key, self._token, self._timeout = key, token, timeout
        self._local = threading.local()

    def post(self, target: str, body: Any = NOTHING) -> Any:
        """The answer to a question; Refused, Unauthenticated or Unavailable where there is none."""
        content = b"" if body is NOTHING else json.dumps(body, separators=(",", ":")).encode()
        try:
            status, answer = self._send(target, content)
        except (OSError, http.client.HTTPException) as lost:
            self.close()
            raise Unavailable(f"{self._host} does not answer: {lost}") from lost
        try:
            given = json.loads(answer)
        except ValueError as unread:
            raise Unavailable(f"{self._host} answered {status} without JSON") from unread
        if status != OK:
            raise _refusal(status, given)
        return given

    def close(self) -> None:
        """Close this thread's connection."""
        kept = getattr(self._local, "connection", None)
        if kept is not None:
            self._local.connection = None
            kept.close()

    def _send(self, target: str, content: bytes) -> tuple[int, bytes]:
        kept = getattr(self._local, "connection", None)
        if kept is not None:
            try:
                return self._exchange(kept, target, content)
            except (http.client.RemoteDisconnected, ConnectionError):
                self.close()
        self._local.connection = self._kind(self._name, self._port, timeout=self._timeout)
        return self._exchange(self._local.connection, target, content)

    def _exchange(self, connection: http.client.HTTPConnection, target: str, content: bytes) -> tuple[int, bytes]:
        headers = {"Host": self._host, "Content-Type": "application/json", **self._credentials(target, content)}
        connection.request("POST", target, content, headers)
        response = connection.getresponse()
        answer = response.read(MAX_ANSWER + 1)
        if len(answer) > MAX_ANSWER:
            raise http.client.HTTPException("the answer is too long")
        return response.status, answer

    def _credentials(self, target: str, content: bytes) -> dict[str, str]:
        if self._key is not None:
            key = self._key
            return authorization(key.id, key.secret, method="POST", target=target, host=self._host, body=content)
        token = self._token() if callable(self._token) else self._token
        return {"Authorization": f"Bearer {token}"}


def _refusal(status: int, problem: Any) -> Refused | Unavailable:
    told = problem if isinstance(problem, dict) else {}
    code, detail = str(told.get("code", status)), str(told.get("detail", "no reason is given"))
    if status >= http.client.INTERNAL_SERVER_ERROR:
        return Unavailable(f"{code}: {detail}")
    kind = Unauthenticated if told.get("of") == "request" else Refused
    return kind(status, code, detail)
