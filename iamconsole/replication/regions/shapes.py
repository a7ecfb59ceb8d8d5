"""Regions as people see them."""

from __future__ import annotations

from iamconsole.kernel.shapes import Shape, Timestamp


class Region(Shape):
    """Where one region stands in the log that this account's changes are written to.

    `State` is home, current, behind, down or new. `Error` is what went wrong at the last try, `FailingSince` when that
    began; `DeadLetter`: the same changes fail again and again, and the region stays behind until that is mended.
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


class ListRegionsResult(Shape):
    regions: list[Region]
