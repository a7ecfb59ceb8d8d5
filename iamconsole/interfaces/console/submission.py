"""Forms that are sent twice: the first one counts, and the second is shown what became of it.

Every form of a signed-in page carries a token of its own (`{% form_token %}`). The site claims it before a page runs:
what is sent again with the same content (a double click, a reload, a lost answer) waits for the first and is led to
where that led. A form that was changed after going back is another submission, whatever its token.
"""

from __future__ import annotations

import hashlib
import secrets
import time
from typing import NamedTuple

from django.core.cache import cache
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest

FIELD = "submission"
PENDING = "pending"
KEPT = 12 * 60 * 60  # seconds, as long as a session
LONGEST = 120  # seconds that a first one may take; a process that died must not hold the form for longer
PATIENCE = 10.0  # seconds that a second one waits
PAUSE = 0.05
NOT_CONTENT = frozenset({FIELD, "csrfmiddlewaretoken"})


class Outcome(NamedTuple):
    """Where a submission led, and what was said there: (level, text)."""

    url: str
    said: tuple[tuple[int, str], ...] = ()


class StillRunning(Exception):
    """The first one has not ended yet."""


def nonce() -> str:
    return secrets.token_urlsafe(18)


class Submission:
    """One form as a principal sent it."""

    def __init__(self, user_id: str, request: HttpRequest) -> None:
        self._key = f"console:submission:{user_id}:{_digest(request)}"

    def claim(self) -> Outcome | None:
        """None for the first to come, which must end with `settle` or `release`; else the outcome of the first.

        StillRunning where the first takes longer than one wants to wait.
        """
        patience = time.monotonic() + PATIENCE
        while not cache.add(self._key, PENDING, LONGEST):
            found = cache.get(self._key)
            if isinstance(found, (tuple, list)):
                return Outcome(*found)
            if time.monotonic() > patience:
                raise StillRunning
            time.sleep(PAUSE)
        return None

    def settle(self, outcome: Outcome) -> None:
        cache.set(self._key, tuple(outcome), KEPT)

    def release(self) -> None:
        """It was refused, or wrote nothing: it may come again."""
        cache.delete(self._key)


def of(user_id: str, request: HttpRequest) -> Submission | None:
    """The submission that a request is; None where its form carries no token."""
    if request.method != "POST" or not request.POST.get(FIELD):
        return None
    return Submission(user_id, request)


def _read(file: UploadedFile) -> str:
    """A file by its content: a corrected one often has the name and the size of the one before."""
    found = hashlib.sha256(file.read()).hexdigest()
    file.seek(0)
    return found


def _digest(request: HttpRequest) -> str:
    content = [request.get_full_path(), request.POST[FIELD]]
    content += [
        f"{name}={value}" for name, values in request.POST.lists() if name not in NOT_CONTENT for value in values
    ]
    content += [f"{name}={_read(file)}" for name, files in request.FILES.lists() for file in files]
    return hashlib.sha256("\0".join(content).encode()).hexdigest()
