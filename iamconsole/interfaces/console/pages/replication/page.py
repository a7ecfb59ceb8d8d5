"""The page of replication: the regions, how late changes come, what was mended, and what to do next."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from iamconsole.interfaces.console import cells
from iamconsole.interfaces.console.pages.replication import chart, words
from iamconsole.interfaces.console.site import Route
from iamconsole.interfaces.console.visit import Visit

LIST = "iamconsole:ListRegions"
COLUMNS = (
    {"label": gettext_lazy("Region")},
    {"label": gettext_lazy("State")},
    {"label": gettext_lazy("Position"), "numeric": True},
    {"label": gettext_lazy("Behind now"), "numeric": True},
    {"label": gettext_lazy("Half arrive within"), "numeric": True},
    {"label": gettext_lazy("99 % within"), "numeric": True},
)
ADDING = (
    "IAM_REGIONS=home,eu",
    "IAM_REGIONS=home,eu=rediss://replica.eu.example.com:6379/0",
    "manage.py region add eu",
)


def replication(visit: Visit) -> HttpResponse:
    """All that is known of the regions."""
    found = visit.run(LIST)
    context: dict[str, Any] = {
        "title": _("Replication"),
        "subtitle": _("Where decisions are answered from besides home, and how far behind each place is."),
        "breadcrumbs": [{"label": _("Operate")}, {"label": _("Replication")}],
    }
    if len(found.regions) == 1:
        return visit.page("replication", context | {"empty": _alone(found.regions[0]), "adding": ADDING})
    lags = [] if visit.refusal("iamconsole:ListRegionLags") else visit.run("iamconsole:ListRegionLags").regions
    context |= _state(found, visit) | {
        "facts": _facts(found),
        "lags": [chart.of(each) for each in lags],
        "lag_table": chart.table(lags) if lags else None,
        "repairs": _repairs(found.regions),
    }
    return visit.page("replication", context)


def regions(visit: Visit) -> HttpResponse:
    """The part of the page that is asked for again while something is behind."""
    state = _state(visit.run(LIST), visit)
    if not visit.request.htmx:  # type: ignore[attr-defined]
        return visit.redirect(reverse("console:replication"))
    changed = visit.request.GET.get("said") != state["summary"]
    return visit.fragment("_regions", state | {"announce": changed})


def _state(found: Any, visit: Visit) -> dict[str, Any]:
    """What `_regions.html` shows."""
    said = words.summary(found.regions)
    again = f"{reverse('console:replication-regions')}?{urlencode({'said': said})}"
    remote = found.regions[1:]
    return {
        "summary": said,
        "poll_url": "" if all(words.is_whole(each) and words.is_well(each) for each in remote) else again,
        "unwatched": words.unwatched(found.polled_date, visit.call.time),
        "columns": COLUMNS,
        "rows": [{"cells": _cells(each)} for each in found.regions],
        "advice": [one for each in remote if (one := words.advice(each))],
    }


def _cells(region: Any) -> list[cells.Cell]:
    if region.state == "home":
        written = cells.text(region.head, note=_("the head of the log"))
        return [cells.text(region.region_name), words.badge(region), written, *[cells.text("")] * 3]
    return [
        cells.text(region.region_name),
        words.badge(region),
        cells.text(_position(region), note=_missing(region), empty=_("unknown")),
        cells.text(words.length(region.lag_milliseconds) if not words.is_whole(region) else _("nothing missing")),
        cells.text(_within(region.median_milliseconds)),
        cells.text(_within(region.ninety_ninth_milliseconds)),
    ]


def _position(region: Any) -> Any:
    return None if region.position is None else max(region.position, 0)


def _missing(region: Any) -> str:
    if region.position is None or words.is_whole(region):
        return ""
    count = region.head - max(region.position, 0)
    return ngettext("%(count)d change to come", "%(count)d changes to come", count) % {"count": count}


def _within(milliseconds: int | None) -> str:
    return "" if milliseconds is None else words.length(milliseconds)


def _facts(found: Any) -> list[dict[str, Any]]:
    least, most = words.length(found.least_delay_milliseconds), words.length(found.most_delay_milliseconds)
    between = least if least == most else _("%(least)s to %(most)s") % {"least": least, "most": most}
    note = _("IAM_REPLICATION_DELAY, for testing retries") if found.most_delay_milliseconds else ""
    well = sum(map(words.is_well, found.regions))
    return [
        {"label": _("Up to date"), "cell": cells.text(_("%(n)d of %(all)d") % {"n": well, "all": len(found.regions)})},
        {"label": _("Head of the log"), "cell": cells.text(_("change %(n)d") % {"n": found.regions[0].head})},
        {"label": _("Workers looked"), "cell": cells.time(found.polled_date)},
        {
            "label": _("Delay on purpose"),
            "cell": cells.text(between if found.most_delay_milliseconds else "", empty=_("None"), note=note),
        },
    ]


def _repairs(regions: list[Any]) -> dict[str, Any]:
    """When each region was compared, and what came of it."""
    sizes = any(each.rows_compared is not None for each in regions)
    columns = [
        {"label": _("Region")},
        {"label": _("Last compared")},
        *([{"label": _("Rows compared"), "numeric": True}] if sizes else []),
        {"label": _("Found and mended so far"), "numeric": True},
    ]
    return {
        "title": _("Comparison and repairs"),
        "text": _(
            "Every hour home is compared with the account tables, and every region with home, row by row; what differs "
            "is mended. Only home is written to, so there are no conflicts to settle."
        ),
        "columns": columns,
        "rows": [{"cells": _repair(each, sizes=sizes)} for each in regions],
    }


def _repair(region: Any, *, sizes: bool) -> list[cells.Cell]:
    rows = [cells.text(region.rows_compared)] if sizes else []
    mended = cells.badge(region.differences, "warn") if region.differences else cells.text(region.differences)
    return [cells.text(region.region_name), cells.time(region.compared_date, empty=_("Not yet")), *rows, mended]


def _alone(region: Any) -> dict[str, Any]:
    return {
        "title": _("There is one region, %(name)s") % {"name": region.region_name},
        "text": _(
            "Services far away can decide from a store near them, and go on deciding while this server is down. "
            "It takes a Redis and two lines."
        ),
        "icon": "globe",
    }


ROUTES = (
    Route("replication/", replication, "replication"),
    Route("replication/regions/", regions, "replication-regions"),
)
