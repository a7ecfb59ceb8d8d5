"""The credentials of one workload: asked for when they are wanted, kept, and renewed long before they expire."""

from __future__ import annotations

import http.client
import json
import logging
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import quote, urlsplit

from .addresses import is_loopback
from .metadata import Document
from .proof import Proof

EARLY: Final = 1_800.0  # seconds before the end; SDKs begin to ask for newer ones 20 minutes before
PATIENCE: Final = 5.0  # seconds between attempts where there is nothing to give
AWAY: Final = 30.0  # seconds between them while what is kept is good
MAX_ANSWER: Final = 64 * 1024  # bytes
TIMEOUT: Final = 2.0  # seconds
logger = logging.getLogger(__name__)
Fetch = Callable[[], Document]


class Refused(Exception):
    """The product gives this workload no credentials; the message says why."""


class Unavailable(Exception):
    """The product does not answer, and nothing that is kept is good any more."""


def product(server: str, name: str, proof: Proof) -> Fetch:
    """What asks the product at this URL for the credentials of a workload, by its name or id."""
    parts = urlsplit(server)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.path.strip("/"):
        raise ValueError(f"the URL of the product must be like https://iam.example.com, not {server!r}")
    if parts.scheme == "http" and not is_loopback(parts.hostname):
        raise ValueError(f"{server} would get the key in the clear: use https, or http on this host alone")
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection

    def fetch() -> Document:
        connection = kind(str(parts.hostname), parts.port, timeout=TIMEOUT)
        try:
            connection.request("GET", f"/credentials/{quote(name, safe='')}", headers={"Authorization": proof()})
            response = connection.getresponse()
            status, answer = response.status, response.read(MAX_ANSWER + 1)
            return _read(status, answer)
        except (OSError, http.client.HTTPException) as lost:
            raise Unavailable(f"{parts.netloc} does not answer: {lost}") from None
        finally:
            connection.close()

    return fetch


def _read(status: int, answer: bytes) -> Document:
    try:
        found = json.loads(answer)
    except ValueError:
        found = None
    if status == http.client.OK and isinstance(found, dict) and "Expiration" in found:
        return found
    if status in range(400, 500) and status != http.client.TOO_MANY_REQUESTS:
        told: dict[str, Any] = found if isinstance(found, dict) else {}
        raise Refused(f"{told.get('code', status)}: {told.get('message', 'no reason is given')}")
    raise Unavailable(f"the product answered {status}")


class Source:
    """Credentials that are always good for a while; thread-safe.

    While the product is away, what is kept is given as long as it lasts; a refusal forgets it at once, and is not
    asked for again for a moment.
    """

    def __init__(self, fetch: Fetch, *, clock: Callable[[], float] = time.time) -> None:
        self._fetch, self._clock = fetch, clock
        self._lock = threading.Lock()
        self._kept: Document | None = None
        self._refused: Refused | None = None
        self._renew_at = self._ends = self._wait_until = 0.0

    def credentials(self) -> Document:
        """What the product says of the workload, credentials included; Refused or Unavailable.

        While one request renews them, others are given what is kept.
        """
        if self._is_due() and self._lock.acquire(blocking=not self._is_good()):
            try:
                if self._is_due():
                    self._renew()
            finally:
                self._lock.release()
        kept, refused = self._kept, self._refused
        if refused is not None:
            raise Refused(str(refused))
        if kept is None or not self._is_good():
            raise Unavailable("the product does not answer, and no credentials are left")
        return kept

    def _is_due(self) -> bool:
        return self._clock() >= max(self._renew_at, self._wait_until)

    def _is_good(self) -> bool:
        return self._kept is not None and self._clock() < self._ends

    def _renew(self) -> None:
        try:
            found = self._fetch()
        except Refused as refused:
            self._kept, self._refused = None, refused
            self._renew_at, self._wait_until = 0.0, self._clock() + PATIENCE
            logger.warning("no credentials: %s", refused)
            return
        except Unavailable as lost:
            self._wait_until = self._clock() + (AWAY if self._is_good() else PATIENCE)
            logger.warning("credentials are not renewed: %s", lost)
            return
        now, ends = self._clock(), _moment(str(found["Expiration"]))
        self._refused, self._ends, self._kept = None, ends, found
        self._renew_at = ends - min(EARLY, (ends - now) / 2)


def _moment(text: str) -> float:
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC).timestamp()
