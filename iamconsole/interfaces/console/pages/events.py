"""Audit events: who did what, when, from where, and how it ended; every value is a filter one click away."""

from __future__ import annotations

from typing import Any

import orjson
from django.http import HttpResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from iamconsole.interfaces.console import cells
from iamconsole.interfaces.console.pages.access import addresses
from iamconsole.interfaces.console.visit import Visit

PAGE = 50
FILTERS = ("event_name", "principal", "error_code", "source_ip", "resource", "access_key_id")
COLUMNS = (
    {"label": _("When")},
    {"label": _("Event")},
    {"label": _("Outcome")},
    {"label": _("Who")},
    {"label": _("Resource")},
    {"label": _("From")},
)


def events(visit: Visit) -> HttpResponse:
    asked = visit.request.GET
    chosen = {name: asked[name] for name in FILTERS if asked.get(name)}
    if text := asked.get("q", "").strip():
        chosen[_filter_of(text)] = text
    found = visit.run("iamconsole:LookupAuditEvents", **chosen, marker=asked.get("marker") or None, max_items=PAGE)
    rows = [{"cells": _cells(event, chosen)} for event in found.events]
    context = {
        "title": _("Audit events"),
        "subtitle": _("Newest first. Every change and every refusal is on record."),
        "breadcrumbs": [{"label": _("Operate")}, {"label": _("Audit events")}],
        "search": {
            "value": text,
            "placeholder": _("Event, principal ARN, key ID or address"),
            "live": False,
            "keep": _kept(chosen, text),
        },
        "filters": _filters(chosen),
        "columns": COLUMNS,
        "rows": rows,
        "pagination": {
            "summary": _("%(count)d events") % {"count": len(rows)},
            "previous_url": _url(chosen) if asked.get("marker") else "",
            "next_url": _url(chosen, marker=found.marker) if found.is_truncated else "",
        },
        "empty": {
            "title": _("No events match"),
            "icon": "list-tree",
            "action": {"label": _("Show all"), "url": _url({})},
        },
    }
    return visit.page("list", context)


def _kept(chosen: dict[str, str], text: str) -> list[dict[str, str]]:
    """What a new search leaves as it is."""
    return [{"name": name, "value": value} for name, value in chosen.items() if value != text]


def recent(visit: Visit, count: int) -> list[dict[str, Any]]:
    """The latest events for the dashboard."""
    found = visit.run("iamconsole:LookupAuditEvents", max_items=count)
    return [
        {
            "effect": "Deny" if event.error_code else "Allow",
            "action": event.event_name,
            "actor": _who(event.principal),
            "when": event.event_time,
            "url": _url({"event_name": event.event_name}),
        }
        for event in found.events
    ]


def _filter_of(text: str) -> str:
    """Which member a typed text is about."""
    if text.startswith("arn:"):
        return "principal"
    if text[:4] in ("AKIA", "ASIA"):
        return "access_key_id"
    return "source_ip" if text.replace(".", "").replace(":", "").isalnum() and not text.isalpha() else "event_name"


def _cells(event: Any, chosen: dict[str, str]) -> list[cells.Cell]:
    def filtered(value: Any, name: str, said: Any = "") -> cells.Cell:
        return cells.link(said or value, _url({**chosen, name: value})) if value else cells.text("")

    return [
        cells.time(event.event_time),
        filtered(event.event_name, "event_name"),
        _outcome(event),
        filtered(event.principal, "principal", _who(event.principal)),
        filtered("" if event.resource == "*" else event.resource, "resource", _short(event.resource)),
        cells.text(event.source_ip, muted=True),
    ]


def row(event: Any) -> list[cells.Cell]:
    """The cells of one event, each a filter of the whole trail."""
    return _cells(event, {})


def _outcome(event: Any) -> cells.Cell:
    """How it ended; a refusal leads to its explanation."""
    if not event.error_code:
        return cells.badge(_("Done"), "ok", icon="check")
    named = orjson.loads(event.cloud_trail_event).get("authorizationId", "")
    return cells.badge(event.error_code, "bad", icon="ban", url=addresses.denied(named) if named else "")


def _who(arn: str) -> str:
    """`arn:aws:iam::123456789012:user/ada` as `user/ada`."""
    return arn.split(":", 5)[-1]


def _short(arn: str | None) -> str:
    return arn.split(":", 5)[-1] if arn else ""


def _filters(chosen: dict[str, str]) -> list[dict[str, Any]]:
    """All, refusals alone, and a chip that takes each chosen filter off."""
    denied = {**chosen, "error_code": "AccessDenied"}
    shown = [
        {"label": _("All"), "url": _url({}), "current": not chosen},
        {"label": _("Denied"), "url": _url(denied), "current": chosen.get("error_code") == "AccessDenied"},
    ]
    for name, value in chosen.items():
        if value != "AccessDenied":
            rest = {other: kept for other, kept in chosen.items() if other != name}
            shown.append({"label": f"{_short(value)} ✕", "url": _url(rest), "current": True})
    return shown


def _url(chosen: dict[str, str], **more: str | None) -> str:
    query = urlencode({name: value for name, value in {**chosen, **more}.items() if value})
    return f"{reverse('console:events')}?{query}".rstrip("?")
