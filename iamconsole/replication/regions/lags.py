"""How late changes came to a region, minute by minute, for the last hour: kept in the cache that all processes share.

Appliers note the longest delay of each minute, nothing arriving as none; while a region fails, the age of the oldest
change that it lacks. A minute in which nobody looked stays empty. What is lost with the cache is gone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Final

from django.core.cache import cache
from redis.exceptions import RedisError

from iamconsole.kernel import clock

KEPT: Final = 60  # minutes
_noted: dict[str, tuple[int, int]] = {}
"""Minute and longest delay that this process noted last of each region: most calls have nothing to add to it."""


def note(region: str, milliseconds: int) -> None:
    """Note a delay as of now, if there was no longer one in this minute."""
    minute, longest = _minute(clock.now()), max(0, milliseconds)
    if _noted.get(region, (0, -1)) >= (minute, longest):
        return
    try:
        if cache.get(_key(region, minute), -1) < longest:
            cache.set(_key(region, minute), longest, KEPT * 60 + 60)
    except (RedisError, OSError):
        return  # a figure is not worth the changes that were on their way
    _noted[region] = minute, longest


def arrived(region: str, time: datetime) -> None:
    """Note that a change of this moment came to the region now."""
    note(region, round((clock.now() - time) / timedelta(milliseconds=1)))


def of(regions: Iterable[str]) -> Mapping[str, list[tuple[datetime, int | None]]]:
    """Each region's last hour, the oldest minute first: when it began, and the longest delay; one round trip."""
    last = _minute(clock.now())
    minutes = range(last - KEPT + 1, last + 1)
    keys = {(region, minute): _key(region, minute) for region in regions for minute in minutes}
    try:
        kept = cache.get_many(keys.values())
    except (RedisError, OSError):
        kept = {}
    return {
        region: [(datetime.fromtimestamp(minute * 60, UTC), kept.get(keys[region, minute])) for minute in minutes]
        for region in regions
    }


def forget() -> None:
    """Note everything again: the cache was emptied."""
    _noted.clear()


def _minute(moment: datetime) -> int:
    return int(moment.timestamp() // 60)


def _key(region: str, minute: int) -> str:
    return f"replication:lag:{region}:{minute}"
