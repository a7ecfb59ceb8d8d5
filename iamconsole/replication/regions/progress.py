"""How far every region is, and how far behind."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.conf import settings

from iamconsole.kernel import clock
from iamconsole.replication import log
from iamconsole.replication.models import ChangeEntry
from iamconsole.replication.regions import status, store
from iamconsole.replication.regions.status import Status
from iamconsole.replication.regions.store import Cursor, Store, Unreachable

HOME, CURRENT, BEHIND, DOWN, NEW = "home", "current", "behind", "down", "new"
PATIENCE: Final = 10_000  # ms behind before a region counts as such: what is under way is no fault


@dataclass(frozen=True, slots=True)
class Standing:
    """A region in one shard of the log: what it has applied, and for how long it has not had the rest.

    `position` is None where its store does not answer; it is -1 for a region that has nothing yet. What a store that
    does not answer lacks is taken to be everything since it failed.
    """

    region: str
    position: int | None
    head: int
    lag_ms: int
    status: Status = status.WELL

    @property
    def state(self) -> str:
        """In a word."""
        if self.region == store.home():
            return HOME
        if self.position is None:
            return DOWN
        if self.position < 0:
            return NEW
        return BEHIND if self.status.error or self.lag_ms > PATIENCE + _on_purpose() else CURRENT

    def has(self, position: int) -> bool:
        return self.position is not None and self.position >= position


def of(shard: int) -> list[Standing]:
    """Every region, home first."""
    head = log.head(shard)
    return [Standing(store.home(), head, head, 0), *(_standing(region, shard, head) for region in store.remote())]


def lag_of(region: str) -> int:
    """Milliseconds since the oldest change that a region lacks, whatever the shard."""
    shards = range(settings.IAM_LOG_SHARDS)
    return max(_standing(region, shard, log.head(shard)).lag_ms for shard in shards)


def _standing(region: str, shard: int, head: int) -> Standing:
    position, known = _applied(store.reading(region), shard), status.of(region)
    had = _had(shard, known, head) if position is None else position
    return Standing(region, position, head, _lag(shard, had, head), known)


def _had(shard: int, known: Status, head: int) -> int:
    """The last change before a region failed; all of them, where nobody has noticed yet that it did."""
    if not known.since:
        return head
    before = ChangeEntry.objects.filter(shard=shard, time__lt=datetime.fromisoformat(known.since))
    return before.order_by("-position").values_list("position", flat=True).first() or 0


def _applied(place: Store, shard: int) -> int | None:
    try:
        generation = place.generation()
        return place.cursor(shard, generation=generation).applied if generation else Cursor().applied
    except Unreachable:
        return None


def _lag(shard: int, applied: int, head: int) -> int:
    """Milliseconds since the oldest change that is missing."""
    if applied >= head:
        return 0
    missing = ChangeEntry.objects.filter(shard=shard, position__gt=max(applied, 0)).order_by("position")
    oldest: datetime | None = missing.values_list("time", flat=True).first()
    return max(0, round((clock.now() - oldest).total_seconds() * 1000)) if oldest else 0


def _on_purpose() -> float:
    return float(settings.IAM_REPLICATION_DELAY[1]) * 1000
