"""How late changes came in the last hour, a row of bars for each region."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from iamconsole.interfaces.console.pages import charts
from iamconsole.interfaces.console.pages.replication import words

WIDTH, HEIGHT, LEFT, BOTTOM, TOP = 700, 110, 64, 22, 10
LEAST: Final = 1.5  # of a bar: a minute without delay is not one without a look
LABELLED: Final = 15  # minutes between the labels below


def of(region: Any) -> dict[str, Any]:
    """Bars, lines and what they say, of a region's minutes (templates/console/_lags.html)."""
    values = [minute.lag_milliseconds for minute in region.minutes]
    known = [value for value in values if value is not None]
    top = charts.ceiling(max([*known, 50]))
    return {
        "name": region.region_name,
        "said": _said(known),
        "width": WIDTH,
        "height": HEIGHT,
        "left": LEFT,
        "foot": HEIGHT - 5,
        "bars": _bars(region.minutes, top),
        "lines": [{"label": words.length(value), "y": _y(value, top)} for value in (0, top // 2, top)],
        "labels": _labels(len(values)),
    }


def _y(value: float, top: int) -> float:
    return round(HEIGHT - BOTTOM - (HEIGHT - BOTTOM - TOP) * value / top, 1)


def _bars(minutes: Sequence[Any], top: int) -> list[dict[str, Any]]:
    step = (WIDTH - LEFT) / len(minutes)
    return [
        {
            "x": round(LEFT + step * number + step * 0.15, 1),
            "width": round(step * 0.7, 1),
            "y": min(_y(minute.lag_milliseconds, top), HEIGHT - BOTTOM - LEAST),
            "height": max(round(HEIGHT - BOTTOM - _y(minute.lag_milliseconds, top), 1), LEAST),
            "said": f"{minute.start_date:%H:%M} UTC: {words.length(minute.lag_milliseconds)}",
        }
        for number, minute in enumerate(minutes)
        if minute.lag_milliseconds is not None
    ]


def _labels(minutes: int) -> list[dict[str, Any]]:
    """Where the hour's quarters are; the last label ends where the bars do."""
    step = (WIDTH - LEFT) / minutes
    return [
        {
            "x": round(LEFT + step * (minutes - ago), 1),
            "text": _("%(n)d min ago") % {"n": ago} if ago else _("now"),
            "anchor": "end" if not ago else "start" if ago == minutes else "middle",
        }
        for ago in range(minutes, -1, -LABELLED)
    ]


def _said(known: Sequence[int]) -> str:
    if not known:
        return _("Nobody has measured anything in the last hour.")
    said = ngettext(
        "At most %(longest)s, in %(minutes)d minute that was measured.",
        "At most %(longest)s, in %(minutes)d minutes that were measured.",
        len(known),
    )
    return said % {"longest": words.length(max(known)), "minutes": len(known)}


def table(regions: Sequence[Any]) -> dict[str, Any]:
    """The same numbers to read, the newest minute first; minutes in which nobody looked anywhere are left out."""
    rows = []
    for together in zip(*(each.minutes for each in regions), strict=True):
        lags = [minute.lag_milliseconds for minute in together]
        if any(lag is not None for lag in lags):
            told = [words.length(lag) if lag is not None else None for lag in lags]
            rows.append({"start": together[0].start_date, "lags": told})
    return {"names": [each.region_name for each in regions], "rows": rows[::-1]}
