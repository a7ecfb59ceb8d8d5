"""Spans of time as people say them."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

UNITS: Final = ((86_400, "day"), (3_600, "hour"), (60, "minute"), (1, "second"))


def span(length: timedelta) -> str:
    """`4 minutes`, `2 days`: in the largest unit that there is at least one of, rounded down."""
    seconds = max(0, int(length.total_seconds()))
    for size, name in UNITS:
        if seconds >= size:
            count = seconds // size
            return f"{count} {name}" if count == 1 else f"{count} {name}s"
    return "a moment"


def ago(length: timedelta) -> str:
    return f"{span(length)} ago"
