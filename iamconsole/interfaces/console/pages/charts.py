"""Bars of our own: numbers become places in an SVG, which follows the theme, prints and can be read as a table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from iamconsole.interfaces.console.visit import Visit

WIDTH, HEIGHT, LEFT, BOTTOM, TOP = 700, 220, 48, 24, 12
DAYS = 14
STEPS = (1, 2, 5)


def decisions(visit: Visit) -> dict[str, Any] | None:
    """Authorization decisions of the last two weeks; None for whoever may not ask, or where there were none."""
    if visit.refusal("iamconsole:ListDecisionCounts"):
        return None
    days = visit.run("iamconsole:ListDecisionCounts", days=DAYS).days
    if not any(day.allowed or day.denied for day in days):
        return None
    return {
        "title": _("Authorization decisions, last %(days)d days") % {"days": DAYS},
        "width": WIDTH,
        "height": HEIGHT,
        **bars([(day.day, day.allowed, day.denied) for day in days]),
    }


def bars(values: Sequence[tuple[Any, int, int]]) -> dict[str, Any]:
    """Stacked bars: where each begins and how high it is, and the lines behind them."""
    top = ceiling(max(allowed + denied for _day, allowed, denied in values))
    room, step = HEIGHT - BOTTOM - TOP, (WIDTH - LEFT) / len(values)
    shown = []
    for number, (day, allowed, denied) in enumerate(values):
        high, red = round(room * allowed / top, 1), round(room * denied / top, 1)
        red = max(red, 2.0) if denied else 0
        shown.append(
            {
                "day": day,
                "allowed": allowed,
                "denied": denied,
                "x": round(LEFT + step * number + step * 0.2, 1),
                "middle": round(LEFT + step * (number + 0.5), 1),
                "width": round(step * 0.6, 1),
                "allowed_y": round(HEIGHT - BOTTOM - high, 1),
                "allowed_height": high,
                "denied_y": round(HEIGHT - BOTTOM - high - red, 1),
                "denied_height": red,
            }
        )
    lines = [{"value": value, "y": round(HEIGHT - BOTTOM - room * value / top, 1)} for value in (0, top // 2, top)]
    return {"bars": shown, "lines": lines, "left": LEFT, "foot": HEIGHT - 6}


def ceiling(most: int) -> int:
    """The next even number of the kind 2, 4, 10, 20, 40, 100 …: the top of the scale."""
    unit = 1
    while True:
        for step in STEPS:
            if 2 * step * unit >= most:
                return 2 * step * unit
        unit *= 10
