"""Lengths of time in words."""

from __future__ import annotations

from typing import Final

from django.utils.translation import ngettext

DAY: Final = 24 * 60 * 60  # seconds


def length(seconds: int) -> str:
    """Seconds as days, hours or minutes where they come out even."""
    if seconds and seconds % DAY == 0:
        return ngettext("%(n)d day", "%(n)d days", seconds // DAY) % {"n": seconds // DAY}
    if seconds and seconds % 3600 == 0:
        return ngettext("%(n)d hour", "%(n)d hours", seconds // 3600) % {"n": seconds // 3600}
    if seconds and seconds % 60 == 0:
        return ngettext("%(n)d minute", "%(n)d minutes", seconds // 60) % {"n": seconds // 60}
    return ngettext("%(n)d second", "%(n)d seconds", seconds) % {"n": seconds}
