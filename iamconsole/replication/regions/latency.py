"""How long changes took from their request to a region, as the appliers counted them in its store."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from iamconsole.replication.regions.store import reading

BUCKETS = (5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000, 30000)  # ms
SUM, LONGER = "sum", "inf"


@dataclass(frozen=True, slots=True)
class Latency:
    """Counts by bucket, each without those of the smaller ones; `total` in milliseconds."""

    counts: Mapping[str, int]
    total: int

    def __bool__(self) -> bool:
        return bool(self.counts)

    def percentile(self, share: float) -> int:
        """The bucket, in milliseconds, within which this share of the changes arrived."""
        wanted, seen = share * sum(self.counts.values()), 0
        for most in BUCKETS:
            seen += self.counts.get(str(most), 0)
            if seen >= wanted:
                return most
        return BUCKETS[-1]

    def cumulative(self) -> list[tuple[str, float]]:
        """As Prometheus counts: upper bound in seconds, and all that arrived within it."""
        found, seen = [], 0
        for most in BUCKETS:
            seen += self.counts.get(str(most), 0)
            found.append((str(most / 1000), float(seen)))
        return [*found, ("+Inf", float(seen + self.counts.get(LONGER, 0)))]


NONE: Final = Latency({}, 0)


def counted(times: Iterable[datetime], *, now: datetime) -> dict[str, int]:
    """What to add for changes of these moments that arrive now."""
    found: Counter[str] = Counter()
    for time in times:
        taken = max(0, round((now - time).total_seconds() * 1000))
        found[str(next((most for most in BUCKETS if taken <= most), LONGER))] += 1
        found[SUM] += taken
    return dict(found)


def of(region: str) -> Latency:
    """What a region counted (Unreachable)."""
    told = reading(region).scan("latencies")
    counts = {bucket: int(times) for bucket, times in told.items() if bucket != SUM}
    return Latency(counts, int(told.get(SUM, 0)))
