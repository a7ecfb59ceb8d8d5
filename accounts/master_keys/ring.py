"""The master keys as this process has them. A key file that changes is read anew, so no process must be started anew.

Whoever needs the keys asks here each time: `settings.IAM_KEY_RING` is the ring as of the last look at the file.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Final, TypeVar

import structlog
from django.conf import settings
from django.db import DatabaseError

from accounts.master_keys.models import MasterKey
from iamconsole.sealing import KeyRing, Sealer, SealingError, UnknownKey
from iamconsole.settings import keys
from iamconsole.settings.environment import EnvironmentRefused

logger = structlog.get_logger(__name__)

LOOK: Final = 1.0
"""Seconds between two looks at the key file: for so long a process may not know of a change."""

Mark = tuple[int, int, int]
T = TypeVar("T")


class _Seen:
    """The key file as it was read last."""

    lock = threading.Lock()
    mark: Mark | None = None
    due = 0.0


def current() -> KeyRing:
    """The ring, at most `LOOK` seconds old."""
    if time.monotonic() >= _Seen.due:
        refresh()
    ring: KeyRing = settings.IAM_KEY_RING
    return ring


def refresh() -> bool:
    """Look at the key file now; whether its keys are others than before. What cannot be used changes nothing."""
    place: Path | None = settings.IAM_MASTER_KEY_FILE
    with _Seen.lock:
        _Seen.due = time.monotonic() + LOOK
        mark = _mark(place) if place else None
        if place is None or mark is None or mark == _Seen.mark:
            return False
        try:
            changed = _adopt(keys.read(place, source=str(place)))
        except DatabaseError:
            return False  # the next look finds the change still
        except (EnvironmentRefused, SealingError) as fault:
            logger.error("the changed file of master keys cannot be used", why=str(fault))
            changed = False
        _Seen.mark = mark
        return changed


def _mark(place: Path) -> Mark | None:
    try:
        found = place.stat()
    except OSError:
        return None
    return found.st_ino, found.st_mtime_ns, found.st_size


def _adopt(found: keys.MasterKeys) -> bool:
    ring, known = KeyRing.of(found), settings.IAM_KEY_RING
    if _said(ring) == _said(known):
        return False
    confirm(ring)
    settings.IAM_KEY_RING = ring
    settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS = keys.django_keys(found)
    logger.info("master keys were read anew", current=ring.current_id, keys=list(ring))
    return True


def _said(ring: KeyRing) -> list[tuple[str, str]]:
    return [(key_id, ring.check_value(key_id)) for key_id in ring]


def confirm(ring: KeyRing) -> None:
    """Refuse master keys that did not seal what is stored (BadMasterKey, UnknownKey)."""
    ring.confirm(recorded())


def recorded() -> dict[str, str]:
    """The check value of every master key that still seals something, by its id."""
    return dict(MasterKey.objects.filter(retired=None).values_list("id", "check_value"))


def confirm_ring() -> None:
    """Refuse to go on with the master keys that were given, if they are the wrong ones."""
    confirm(settings.IAM_KEY_RING)


@lru_cache(maxsize=2)
def _sealer(ring: KeyRing) -> Sealer:
    """What seals: with a ring that was held against what is stored."""
    confirm(ring)
    return _opener(ring)


@lru_cache(maxsize=2)
def _opener(ring: KeyRing) -> Sealer:
    """What opens, where there may be no database to ask: a wrong key opens nothing."""
    return Sealer(ring)


class RingSealer:
    """A Sealer under whatever the ring is; a text that needs a key which just came makes the file be read first."""

    def seal(self, plaintext: bytes, *, bound_to: tuple[str, ...]) -> str:
        return _sealer(current()).seal(plaintext, bound_to=bound_to)

    def open(self, sealed: str, *, bound_to: tuple[str, ...]) -> bytes:
        return _with_ring(lambda ring: _opener(ring).open(sealed, bound_to=bound_to))

    def rewrap(self, sealed: str, *, bound_to: tuple[str, ...]) -> str:
        return _with_ring(lambda ring: _sealer(ring).rewrap(sealed, bound_to=bound_to))


def _with_ring(use: Callable[[KeyRing], T]) -> T:
    """Use the ring, and once more where it turns out that the file has more keys by now."""
    try:
        return use(current())
    except UnknownKey:
        if not refresh():
            raise
        return use(settings.IAM_KEY_RING)


_ring_sealer = RingSealer()


def sealer() -> RingSealer:
    return _ring_sealer


def forget() -> None:
    """Begin anew: the database or the keys behind this process are others."""
    _sealer.cache_clear()
    _opener.cache_clear()
    _Seen.mark, _Seen.due = None, 0.0
