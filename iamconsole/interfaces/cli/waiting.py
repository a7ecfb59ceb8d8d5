"""Waiting until a change is everywhere, as its consistency token tells."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from iamconsole.replication import log
from iamconsole.replication.regions import progress as regions

STEP = 0.05  # seconds between two looks


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a region is: `applied` of `wanted` positions; None where its store does not answer."""

    region: str
    applied: int | None
    wanted: int

    @property
    def there(self) -> bool:
        return self.applied is not None and self.applied >= self.wanted


def progress(token: str, *, timeout: float, sleep: Callable[[float], None] = time.sleep) -> Iterator[list[Progress]]:
    """Look until every region has the token's position or `timeout` seconds are over; the last ones tell which.

    InvalidInput for a token that is not ours.
    """
    shard, wanted = log.read_token(token)
    deadline = time.monotonic() + timeout
    while True:
        seen = [Progress(each.region, each.position, wanted) for each in regions.of(shard)]
        yield seen
        if all(each.there for each in seen) or time.monotonic() >= deadline:
            return
        sleep(STEP)


def told(seen: Sequence[Progress]) -> str:
    """The regions in a line."""
    return ", ".join(f"{each.region} {_told(each)}" for each in seen)


def _told(seen: Progress) -> str:
    if seen.applied is None:
        return "does not answer"
    return "has it" if seen.there else f"is at {max(seen.applied, 0)} of {seen.wanted}"
