"""Slowing down guesses at one device: after a wrong code the next attempt waits, twice as long each time.

The state lies in Django's cache, which is no part of any transaction: the refused operation that guessed wrong rolls
back, its failure stays, and so does the code of one that guessed right and was denied. One attempt at a device runs at
a time, so that guesses in parallel count like any others.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from django.core.cache import cache

FIRST, LONGEST = 1, 5 * 60  # seconds
REMEMBERED = 24 * 60 * 60  # seconds without a further failure until those before are forgotten
BUSY = 10  # seconds after which an attempt that never ended no longer holds up the next
PATIENCE = 2.0  # seconds that an attempt waits for the one before it


class Throttled(Exception):
    """The attempt came too soon after a failure; it was not looked at."""


@contextmanager
def attempt(what: str, now: datetime) -> Iterator[None]:
    """The only attempt at `what` while it lasts; Throttled where it must wait still."""
    busy = f"{_key(what)}:busy"
    patience = time.monotonic() + PATIENCE
    while not cache.add(busy, 1, BUSY):
        if time.monotonic() > patience:
            raise Throttled
        time.sleep(0.02)
    try:
        if cache.get(f"{_key(what)}:until", 0) > now.timestamp():
            raise Throttled
        yield
    finally:
        cache.delete(busy)


def failed(what: str, now: datetime) -> None:
    """Count a failure, within an attempt."""
    key = _key(what)
    failures = cache.get(key, 0) + 1
    cache.set(key, failures, REMEMBERED)
    wait = min(FIRST * 2 ** (failures - 1), LONGEST)
    cache.set(f"{key}:until", now.timestamp() + wait, REMEMBERED)


def succeeded(what: str) -> None:
    """Forget the failures."""
    key = _key(what)
    cache.delete_many([key, f"{key}:until"])


def spent(what: str, step: int, now: datetime) -> bool:
    """Note a step as spent, within an attempt, where no roll-back revives it; False where another call spent it.

    A transaction that lost a race is run again, and is the same call: its moment tells.
    """
    key, call = f"{_key(what)}:spent", now.timestamp()
    last, by = cache.get(key, (0, call))
    if step <= last and by != call:
        return False
    cache.set(key, (max(step, last), call), REMEMBERED)
    return True


def _key(what: str) -> str:
    return f"mfa:{hashlib.sha256(what.encode()).hexdigest()}"
