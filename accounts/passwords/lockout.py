"""Slowing down guesses: counters per account, name and address, and per address, on Django's cache.

Counting by name *and* address means that a stranger cannot lock a user out from elsewhere; counting by address alone
catches whoever tries one password on many names. The cache is no part of any transaction: a roll-back forgets nothing.
"""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Iterator

from django.core.cache import cache

from iamconsole.kernel import clock
from iamconsole.kernel.errors import TooManyAttempts

WINDOW = 15 * 60  # seconds that a failure counts
FREE_BY_NAME, FREE_BY_ADDRESS = 5, 50  # failures before waiting begins
LONGEST = 5 * 60  # seconds


def demand_free(account: str, name: str, address: str) -> None:
    """Refuse an attempt that must wait (TooManyAttempts, the same whether the name exists or not)."""
    now = clock.now().timestamp()
    wait = max((cache.get(f"{key}:until", 0) - now for key, _ in _counters(account, name, address)), default=0)
    if wait > 0:
        raise TooManyAttempts(f"Too many attempts. Try again in {int(wait) + 1} seconds.")


def failed(account: str, name: str, address: str) -> None:
    """Count a failure; past the free ones the next attempt waits, twice as long each time."""
    now = clock.now().timestamp()
    for key, free in _counters(account, name, address):
        beyond = _counted(key) - free
        if beyond >= 0:
            wait = min(2**beyond, LONGEST)
            cache.set(f"{key}:until", now + wait, wait)


def _counted(key: str) -> int:
    cache.add(key, 0, WINDOW)
    try:
        return int(cache.incr(key))
    except ValueError:  # its window ended between the two lines
        cache.set(key, 1, WINDOW)
        return 1


def succeeded(account: str, name: str, address: str) -> None:
    """Forget the failures of this name from this address; those of the address stay."""
    (key, _), *_rest = _counters(account, name, address)
    cache.delete_many([key, f"{key}:until"])


def _counters(account: str, name: str, address: str) -> Iterator[tuple[str, int]]:
    yield _key("name", _folded(account), _folded(name), address), FREE_BY_NAME
    yield _key("address", address), FREE_BY_ADDRESS


def _key(kind: str, *parts: str) -> str:
    return f"lockout:{kind}:{hashlib.sha256(chr(0).join(parts).encode()).hexdigest()}"


def _folded(name: str) -> str:
    """Variants of a name (case, spaces, Unicode forms) share one counter."""
    return unicodedata.normalize("NFKC", name).strip().casefold()
