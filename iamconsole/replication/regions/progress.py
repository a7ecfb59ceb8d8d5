"""How far every region is, and how far behind."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.conf import settings

from iamconsole.kernel import clock
from iamconsole.replication import log
from iamconsole.replication.models import ChangeEntry
from iamconsole.replication.regions import asking, status, store
from iamconsole.replication.regions.status import Status
from iamconsole.replication.regions.store import Cursor

HOME, CURRENT, BEHIND, DOWN, NEW = "home", "current", "behind", "down", "new"
Positions = Mapping[str, Mapping[int, int] | None]
"""By region and shard what was applied; None for a region whose store does not answer."""
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
    return of_shards([shard])[shard]


def of_shards(shards: Iterable[int]) -> dict[int, list[Standing]]:
    """Every region, home first, in each of these shards; the stores are asked once, and all of them at a time."""
    positions = asking.each(store.remote(), _positions)
    known = {region: status.of(region) for region in positions}
    heads = {shard: log.head(shard) for shard in shards}
    return {
        shard: [Standing(store.home(), head, head, 0), *_standings(shard, head, positions, known)]
        for shard, head in heads.items()
    }


def lag_of(region: str) -> int:
    """Milliseconds since the oldest change that a region lacks, whatever the shard."""
    positions, known = asking.each([region], _positions), {region: status.of(region)}
    shards = range(settings.IAM_LOG_SHARDS)
    return max(each.lag_ms for shard in shards for each in _standings(shard, log.head(shard), positions, known))


def _standings(shard: int, head: int, positions: Positions, known: Mapping[str, Status]) -> Iterator[Standing]:
    for region, applied in positions.items():
        position = None if applied is None else applied.get(shard, Cursor().applied)
        had = _had(shard, known[region], head) if position is None else position
        yield Standing(region, position, head, _lag(shard, had, head), known[region])


def _had(shard: int, known: Status, head: int) -> int:
    """The last change before a region failed; all of them, where nobody has noticed yet that it did."""
    if not known.since:
        return head
    before = ChangeEntry.objects.filter(shard=shard, time__lt=datetime.fromisoformat(known.since))
    return before.order_by("-position").values_list("position", flat=True).first() or 0


def _positions(region: str) -> dict[int, int]:
    """What a region has applied of each shard that it has anything of."""
    place = store.reading(region)
    generation = place.generation()
    cursors = place.scan(f"{generation}:cursors") if generation else {}
    return {int(shard): Cursor.parse(text).applied for shard, text in cursors.items()}


def _lag(shard: int, applied: int, head: int) -> int:
    """Milliseconds since the oldest change that is missing."""
    if applied >= head:
        return 0
    missing = ChangeEntry.objects.filter(shard=shard, position__gt=max(applied, 0)).order_by("position")
    oldest: datetime | None = missing.values_list("time", flat=True).first()
    return max(0, round((clock.now() - oldest).total_seconds() * 1000)) if oldest else 0


def _on_purpose() -> float:
    return float(settings.IAM_REPLICATION_DELAY[1]) * 1000
