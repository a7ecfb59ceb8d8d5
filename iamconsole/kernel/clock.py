"""The clock everybody asks, so that tests and faults can move it in one place."""

from __future__ import annotations

from datetime import UTC, datetime


def now() -> datetime:
    """The present moment, UTC, to the microsecond."""
    return datetime.now(UTC)
