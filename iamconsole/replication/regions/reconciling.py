"""Anti-entropy: every hour each region is compared row by row, home first, and what differs is mended on record."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from functools import partial
from typing import Final

import structlog
from django.core.cache import cache

from iamconsole.kernel import clock
from iamconsole.replication.regions import digests, home, store
from iamconsole.replication.regions.digests import Busy, Findings
from iamconsole.replication.regions.store import Misplaced, Outrun, Unreachable

logger = structlog.get_logger(__name__)
NAMED: Final = 20  # rows that the log names


@dataclass(frozen=True, slots=True)
class Outcome:
    """Of the last comparison of a region: when (epoch seconds), rows compared, and how much differed since ever."""

    at: float = 0.0
    rows: int = 0
    differed: int = 0


def reconcile() -> int:
    """Compare and mend; gives how much differed. A region that does not answer is left to the next time."""
    home.forget_expired_tokens()
    total = _settle(store.home(), home.verify, home.repair)
    for region in store.remote():
        try:
            total += _settle(region, partial(digests.look, region), partial(digests.repair, region))
        except (Unreachable, Outrun, Busy, Misplaced) as lost:
            logger.warning("a region is not compared", region=region, fault=str(lost))
    return total


def outcomes() -> Iterator[tuple[str, Outcome]]:
    """What is known of each region that was compared since the cache was emptied."""
    for region in (store.home(), *store.remote()):
        kept = cache.get(_key(region))
        if kept:
            yield region, Outcome(**kept)


def _settle(region: str, compare: Callable[[], Findings], mend: Callable[[], Findings]) -> int:
    found = compare()
    if not found:
        named = [f"{kind} {ident}" for kind, ident in sorted(found.wrong)[:NAMED]]
        left = mend()
        logger.error("a region was not what it ought to be", region=region, differed=found.count, rows=named)
        if not left:
            logger.error("a region could not be mended", region=region, differs=left.count)
    before = Outcome(**(cache.get(_key(region)) or {}))
    now = Outcome(at=clock.now().timestamp(), rows=found.rows, differed=before.differed + found.count)
    cache.set(_key(region), asdict(now), None)
    return found.count


def _key(region: str) -> str:
    return f"replication:compared:{region}"
