"""Audit events: who did what, when, from where, and how it ended; every value is a filter one click away."""

from __future__ import annotations

from typing import Any

import orjson
from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from iamconsole.interfaces.console import cells
from iamconsole.interfaces.console.pages.access import addresses
from iamconsole.interfaces.console.pages.events import suggestions, trail
from iamconsole.interfaces.console.pages.events.filters import LABELS, Asked, FilterForm, short
from iamconsole.interfaces.console.visit import Visit

PAGE = 50
COLUMNS = (
    {"label": _("When")},
    {"label": _("Event")},
    {"label": _("Outcome")},
    {"label": _("Who")},
    {"label": _("Resource")},
    {"label": _("From")},
)


def events(visit: Visit) -> HttpResponse:
    """A page of records, with what is most frequent among those that match."""
    query = visit.request.GET
    form = FilterForm(query, label_suffix="")
    asked = Asked.of(query, form)
    suggesting = suggestions.attributes(visit)
    form.suggest(suggesting)
    found = visit.run(
        "iamconsole:LookupAuditEvents", **asked.members, marker=query.get("marker") or None, max_items=PAGE
    )
    rows = [{"cells": _cells(event, asked)} for event in found.events]
    context = {
        "title": _("Audit events"),
        "subtitle": _("Newest first. Every change and every refusal is on record."),
        "breadcrumbs": [{"label": _("Operate")}, {"label": _("Audit events")}],
        "actions": [
            cells.action(_("CSV"), asked.url("events-export", format="csv"), icon="download"),
            cells.action(_("JSON lines"), asked.url("events-export", format="jsonl"), icon="download"),
        ],
        "search": {
            "value": asked.text,
            "placeholder": _("Name, ARN, event, key ID or address"),
            "live": False,
            "keep": asked.kept(asked.about),
            "suggesting": suggesting,
        },
        "filters": _filters(asked),
        "form": form,
        "form_keep": asked.kept(*form.fields),
        "facets": _facets(visit, asked),
        "trail": trail.state(visit),
        "columns": COLUMNS,
        "rows": rows,
        "pagination": {
            "summary": _("%(count)d events, times in %(zone)s") % {"count": len(rows), "zone": asked.zone},
            "previous_url": asked.url() if query.get("marker") else "",
            "next_url": asked.url(marker=found.marker) if found.is_truncated else "",
        },
        "empty": {
            "title": _("No events match"),
            "text": _("Nothing is on record for these filters and times."),
            "icon": "list-tree",
            "action": {"label": _("Show all"), "url": Asked().url()},
        },
    }
    with timezone.override(asked.zone):
        return visit.page("events", context).render()  # type: ignore[attr-defined,no-any-return]


def recent(visit: Visit, count: int) -> list[dict[str, Any]]:
    """The latest events for the dashboard."""
    found = visit.run("iamconsole:LookupAuditEvents", max_items=count)
    return [
        {
            "effect": _effect(event.error_code),
            "action": event.event_name,
            "actor": short(event.principal),
            "when": event.event_time,
            "url": reverse("console:event", args=[event.event_id]),
        }
        for event in found.events
    ]


def _effect(error_code: str | None) -> str:
    """What is refused for want of a right is no failure of another kind."""
    if not error_code:
        return "Allow"
    return "Deny" if error_code == "AccessDenied" else "Failed"


def outcome(error_code: str | None) -> cells.Cell:
    return cells.badge(error_code, "bad", icon="ban") if error_code else cells.badge(_("Done"), "ok", icon="check")


def row(event: Any) -> list[cells.Cell]:
    """The cells of one event, each a filter of the whole trail."""
    return _cells(event, Asked())


def _denial(event: Any) -> str:
    """The page that explains a refusal, where its decision is kept."""
    named = orjson.loads(event.cloud_trail_event).get("authorizationId", "") if event.error_code else ""
    return addresses.denied(named) if named else ""


def _cells(event: Any, asked: Asked) -> list[cells.Cell]:
    def filtered(name: str, value: Any, said: Any = "") -> cells.Cell:
        return cells.link(said or value, asked.url(**{name: value})) if value else cells.text("")

    alike = {"error_code": event.error_code} if event.error_code else {"outcome": "Succeeded"}
    ended = outcome(event.error_code) | {"url": _denial(event) or asked.url(**alike)}
    named = "" if event.resource == "*" else event.resource
    return [
        cells.time(event.event_time, absolute=True) | {"url": reverse("console:event", args=[event.event_id])},
        filtered("event_name", event.event_name),
        ended,
        filtered("principal", event.principal, short(event.principal)),
        filtered("resource", named, short(named)),
        filtered("source_ip", event.source_ip),
    ]


def _filters(asked: Asked) -> list[dict[str, Any]]:
    """All, failures alone, and a chip that takes each chosen filter off."""
    chosen = asked.chosen
    shown = [
        {"label": _("All"), "url": Asked(typed=asked.typed).url(), "current": not chosen},
        {
            "label": _("Failed"),
            "url": asked.url(outcome="Failed", error_code=None),
            "current": chosen.get("outcome") == "Failed",
        },
        {
            "label": _("Denied"),
            "url": asked.url(error_code="AccessDenied", outcome=None),
            "current": chosen.get("error_code") == "AccessDenied",
        },
    ]
    standing = {("outcome", "Failed"), ("error_code", "AccessDenied")}
    for name, value in chosen.items():
        if (name, value) not in standing:
            shown.append({"label": f"{short(value)} ✕", "url": asked.url(**{name: None}), "current": True})
    return shown


def _facets(visit: Visit, asked: Asked) -> dict[str, Any] | None:
    """The most frequent values of what matches, each a filter."""
    if visit.refusal("iamconsole:SummarizeAuditEvents"):
        return None
    found = visit.run("iamconsole:SummarizeAuditEvents", **asked.members)
    said = _("among the newest %(count)d that match") if found.is_truncated else _("among the %(count)d that match")
    groups = [
        {
            "label": LABELS[facet.name],
            "values": [
                {"label": short(each.value), "count": each.count, "url": asked.url(**{facet.name: each.value})}
                for each in facet.values
            ],
        }
        for facet in found.facets
        if facet.values and facet.name not in asked.chosen
    ]
    return {"note": said % {"count": found.counted}, "groups": groups} if groups else None
