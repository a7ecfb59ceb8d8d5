"""Regions as people see them."""

from __future__ import annotations

from iamconsole.kernel.shapes import Shape, Timestamp


class Region(Shape):
    """Where one region stands in the log that this account's changes are written to.

    `State` is home, current, behind, down or new. `Error` is what went wrong at the last try, `FailingSince` when that
    began; `DeadLetter`: the same changes fail again and again, and the region stays behind until that is mended.
    `ComparedDate` is when its rows were compared last, `Differences` how many were found and mended since ever.
    `RowsCompared` are those of all accounts, so it is told to the operator, and to an account that is the only one.
    """

    region_name: str
    state: str
    position: int | None = None
    head: int
    lag_milliseconds: int
    error: str | None = None
    failing_since: Timestamp | None = None
    failures: int = 0
    dead_letter: bool = False
    median_milliseconds: int | None = None
    ninety_ninth_milliseconds: int | None = None
    compared_date: Timestamp | None = None
    rows_compared: int | None = None
    differences: int | None = None


class ListRegionsResult(Shape):
    """The regions, home first, and by how much the others lag on purpose (IAM_REPLICATION_DELAY).

    `PolledDate` is when the workers were last woken to bring the regions up to date.
    """

    regions: list[Region]
    polled_date: Timestamp | None = None
    least_delay_milliseconds: int
    most_delay_milliseconds: int


class LagMinute(Shape):
    """A minute, and the longest that a change took in it; nothing where nobody looked."""

    start_date: Timestamp
    lag_milliseconds: int | None = None


class RegionLags(Shape):
    region_name: str
    minutes: list[LagMinute]


class ListRegionLagsResult(Shape):
    regions: list[RegionLags]
