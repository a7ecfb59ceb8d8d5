"""Waiting until a change is where it is needed, as its consistency token tells."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from iamconsole.replication import log

STEP = 0.05  # seconds between two looks


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a region is: `applied` of `wanted` positions."""

    region: str
    applied: int
    wanted: int

    @property
    def there(self) -> bool:
        return self.applied >= self.wanted


def progress(
    token: str, *, region: str, timeout: float, sleep: Callable[[float], None] = time.sleep
) -> Iterator[Progress]:
    """Look until the region has the token's position or `timeout` seconds are over; the last one tells which.

    InvalidInput for a token that is not ours.
    """
    shard, wanted = log.read_token(token)
    deadline = time.monotonic() + timeout
    while True:
        # A shard's number is an account id that belongs to it.
        seen = Progress(region, log.position_of(str(shard)), wanted)
        yield seen
        if seen.there or time.monotonic() >= deadline:
            return
        sleep(STEP)
