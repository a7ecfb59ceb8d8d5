"""From the home region's tables to a region's store: in order, once, and again from where a crash left it."""

from __future__ import annotations

import time
from dataclasses import dataclass

import structlog
from django.conf import settings

from accounts.master_keys import ring as rings
from iamconsole.replication import log
from iamconsole.replication.regions import feed, holding, lags, overlay
from iamconsole.replication.regions.feed import Batch, OtherHistory
from iamconsole.replication.regions.store import LEASE, LONG, Cursor, Foundation, Store, writing

logger = structlog.get_logger(__name__)
MOMENT, STEP = 0.5, 0.005  # seconds
GROWTH, BIGGEST = 2, 8_000  # the further behind, the bigger the batches, so that no rate of changes is never caught up


def apply(region: str) -> bool:
    """Bring a region up to date; False where somebody else is at it for longer than a moment.

    Whoever is at it may have read before the change that this was called for, so it is waited for.

    Raises Unreachable where its store does not answer and Outrun where the lease was lost; then nothing was done by
    half, and the next call goes on.
    """
    store = writing(region)
    fence, deadline = store.lease(), time.monotonic() + MOMENT
    while fence is None and time.monotonic() < deadline:
        time.sleep(STEP)
        fence = store.lease()
    if fence is None:
        return False
    try:
        Applier(store, fence).catch_up()
    finally:
        store.release(fence)
    return True


def bootstrap(region: str) -> bool:
    """Build a region anew beside what it has, and switch over; False where somebody else is at it."""
    store = writing(region)
    fence = store.lease()
    if fence is None:
        return False
    try:
        Applier(store, fence).begin_anew()
    finally:
        store.release(fence)
    return True


@dataclass(frozen=True, slots=True)
class Applier:
    """Whoever holds a region's lease."""

    store: Store
    fence: str

    def catch_up(self) -> None:
        """Apply all that there is."""
        self.store.claim()
        generation, wanted = self.store.generation(), _foundation()
        if generation and Foundation.of(generation).epoch != wanted.epoch:
            self._let_go("a backup was restored at home")
            generation = ""
        if not generation or Foundation.of(generation) != wanted:
            self.begin_anew()
            return
        try:
            for shard in range(settings.IAM_LOG_SHARDS):
                self._catch_up(generation, shard)
        except OtherHistory as foreign:
            self._let_go(str(foreign))
            self.begin_anew()

    def _let_go(self, why: str) -> None:
        """What the region has is not what home ever was, so it must not be decided by a moment longer."""
        logger.warning("a region begins anew", region=self.store.region, why=why)
        self.store.begin(self.fence, "")

    def begin_anew(self) -> None:
        """Everything into a generation of its own; readers see it once it is whole."""
        self.store.claim()
        self.store.renew(self.fence, LONG)
        before, generation = self.store.generation(), _foundation().generation()
        if before:
            for shard in range(settings.IAM_LOG_SHARDS):
                self._deny(shard, self.store.cursor(shard, generation=before))
        for shard in range(settings.IAM_LOG_SHARDS):
            self._apply_all(generation, shard, lease=LONG)
        self.store.begin(self.fence, generation)
        logger.info("a region was built anew", region=self.store.region)

    def _catch_up(self, generation: str, shard: int) -> None:
        if holding.is_on():
            holding.hold(self.store, self.fence, generation, shard)
            holding.release(self.store, self.fence, generation)
        else:
            holding.let_go(self.store, generation)
            self._apply_all(generation, shard)

    def _apply_all(self, generation: str, shard: int, *, lease: int = LEASE) -> None:
        cursor, most = self.store.cursor(shard, generation=generation), feed.MOST
        while (batch := feed.after(shard, cursor, most=most)) is not None:
            if batch.cut and cursor.applied >= 0 and most == feed.MOST:
                self._deny(shard, cursor)
            self.write(generation, batch, lease=lease)
            cursor = batch.to
            most = min(most * GROWTH, BIGGEST) if batch.cut else feed.MOST

    def write(self, generation: str, batch: Batch, *, lease: int) -> None:
        """Apply one batch."""
        self.store.write("apply", self.fence, generation, batch.payload(self.store.packer), lease, "")
        if batch.times and batch.at.applied >= 0:
            lags.arrived(self.store.region, min(batch.times))

    def _deny(self, shard: int, cursor: Cursor) -> None:
        """Tell the region of revocations that are still far off."""
        denied = overlay.waiting(shard, cursor.applied)
        if denied:
            pairs = [part for pair in denied.items() for part in pair]
            self.store.write("deny", self.fence, LEASE, *pairs)


def _foundation() -> Foundation:
    """What a region must be built upon now: rows under the current master key, of this history of the log."""
    return Foundation(rings.current().current_id, log.epoch())
