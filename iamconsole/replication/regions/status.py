"""How the regions fare, for people to see: kept in the cache that all processes share, written by appliers alone.

A region's own store cannot say that it does not answer. What is lost with the cache is found out again at the next try.
"""

from __future__ import annotations

import random
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Final

from django.core.cache import cache
from redis.exceptions import RedisError

from iamconsole.kernel import clock
from iamconsole.replication.regions.store import Unreachable

FIRST, MOST = 0.5, 6.0  # seconds until a region that failed is tried again: one that is back is soon up to date
POISON: Final = 5  # failures in a row, of a store that answers, after which a batch counts as a dead letter
POLLED: Final = "replication:polled"
REFUSED: Final = "replication:refused"


@dataclass(frozen=True, slots=True)
class Status:
    """What went wrong last, since when without a success between, how often, and when it is tried again.

    `dead_letter`: the same changes failed again and again for a reason of their own; they are not skipped, so the
    region stays behind until that is mended.
    """

    error: str = ""
    since: str = ""
    failures: int = 0
    again: float = 0.0
    dead_letter: bool = False
    position: int = -1

    @property
    def unreachable(self) -> bool:
        return self.error == Unreachable.__name__


WELL: Final = Status()
UNKNOWN: Final = Status(error="Unknown")


def of(region: str) -> Status:
    """The state of a region as of the last try; where the cache does not answer, nobody can say."""
    try:
        kept = cache.get(_key(region))
    except (RedisError, OSError):
        return UNKNOWN
    return Status(**kept) if kept else WELL


def is_due(region: str) -> bool:
    """Whether a region that failed may be tried again."""
    return clock.now().timestamp() >= of(region).again


def failed(region: str, fault: Exception) -> Status:
    """Note a failure; each in a row doubles the wait, give or take a quarter, so that regions do not come in step."""
    before, now = of(region), clock.now()
    wait = min(FIRST * 2**before.failures, MOST) * random.uniform(0.75, 1.25)  # noqa: S311  (no secret)
    reached = not isinstance(fault, Unreachable)
    found = Status(
        error=type(fault).__name__,
        since=before.since or now.isoformat(),
        failures=before.failures + 1,
        again=now.timestamp() + wait,
        dead_letter=reached and before.failures + 1 >= POISON,
    )
    cache.set(_key(region), asdict(found), None)
    return found


def succeeded(region: str) -> None:
    """Note that the region could be brought up to date."""
    if of(region) != WELL:
        cache.delete(_key(region))


def polled() -> None:
    """Note that the scheduler and a worker for replication are at work."""
    cache.set(POLLED, clock.now().isoformat(), 3600)


def last_polled() -> datetime | None:
    found = cache.get(POLLED)
    return datetime.fromisoformat(found) if found else None


def refused() -> None:
    """Count a message that was not signed by us."""
    cache.add(REFUSED, 0, None)
    cache.incr(REFUSED)


def refusals() -> int:
    return int(cache.get(REFUSED) or 0)


def _key(region: str) -> str:
    return f"replication:state:{region}"
