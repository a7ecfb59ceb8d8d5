"""Password hashes, made and compared at few places at a time: each takes 19 MiB and a core for some 40 ms."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore

from django.contrib.auth.hashers import check_password, make_password

from iamconsole.kernel.errors import TooManyAttempts

PATIENCE = 10.0  # seconds a caller waits for a free place
HASHERS = 2  # a process
_places = BoundedSemaphore(HASHERS)


@contextmanager
def place() -> Iterator[None]:
    """One of the few places at which this process hashes at a time (TooManyAttempts where none gets free)."""
    if not _places.acquire(timeout=PATIENCE):
        raise TooManyAttempts("Too many passwords are being checked at this moment. Try again in a few seconds.")
    try:
        yield
    finally:
        _places.release()


def matches(password: str, stored: str) -> bool:
    """Whether this is the password of a hash, by the hash's own parameters; constant time."""
    with place():
        return check_password(password, stored)


def made(password: str) -> str:
    """A new hash."""
    with place():
        return make_password(password)
