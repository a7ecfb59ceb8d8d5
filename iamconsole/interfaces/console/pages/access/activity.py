"""What a user, group or role asked for last, and what it did: two tabs of their pages."""

from __future__ import annotations

from typing import Any, Final

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from iamconsole.interfaces.console import cells
from iamconsole.interfaces.console.pages import panels
from iamconsole.interfaces.console.pages.access import addresses
from iamconsole.interfaces.console.pages.events import list as events
from iamconsole.interfaces.console.visit import Visit

SHOWN: Final = 100
RECENT: Final = 25
LAST: Final = (
    {"label": _("Action")},
    {"label": _("Last allowed")},
    {"label": _("Last asked for")},
    {"label": _("On")},
    {"label": _("Region")},
)
DECISIONS: Final = (
    {"label": _("When")},
    {"label": _("Action")},
    {"label": _("Verdict")},
    {"label": _("Resource")},
    {"label": _("Times"), "numeric": True},
    {"label": _("Through")},
)
VERDICTS: Final = {
    "ALLOW": (_("Allowed"), "ok", "check"),
    "EXPLICIT_DENY": (_("Denied"), "bad", "ban"),
    "IMPLICIT_DENY": (_("Not allowed"), "warn", "ban"),
}


def last_accessed(visit: Visit, arn: str) -> panels.Panel:
    """When each action was last allowed, and last asked for."""
    return panels.guarded(_("Last accessed"), lambda: _last_accessed(visit, arn))


def _last_accessed(visit: Visit, arn: str) -> panels.Panel:
    marker = visit.request.GET.get("marker") or None
    found = visit.run("iamconsole:ListLastAccess", policy_source_arn=arn, marker=marker, max_items=SHOWN)
    rows = [
        {
            "cells": [
                cells.mono(each.action),
                cells.time(each.last_accessed),
                cells.time(each.last_attempted),
                cells.text(addresses.short(each.resource or ""), muted=True),
                cells.text(each.region or ""),
            ]
        }
        for each in found.actions
    ]
    more = f"{visit.request.path}?{urlencode({'marker': found.marker})}" if found.is_truncated else ""
    return {
        "title": _("Last accessed"),
        "note": _("kept for 400 days"),
        "columns": LAST,
        "rows": rows,
        "pagination": _pages(visit, len(rows), marker, more) if marker or more else None,
        "empty": {
            "title": _("Nothing was asked for yet"),
            "text": _("Every action shows here once it was asked for. What never does is what can be taken away."),
            "icon": "history",
        },
    }


def _pages(visit: Visit, count: int, marker: str | None, more: str) -> dict[str, Any]:
    first = visit.request.path if marker else ""
    return {"summary": _("%(n)d actions") % {"n": count}, "previous_url": first, "next_url": more}


def activity(visit: Visit, principal_id: str, arn: str) -> list[panels.Panel]:
    """The latest decisions about a principal, and its latest records in the trail."""
    return [
        panels.guarded(_("Decisions"), lambda: _decisions(visit, principal_id)),
        panels.guarded(_("Audit events"), lambda: _events(visit, arn)),
        changes(visit, arn),
    ]


def changes(visit: Visit, arn: str) -> panels.Panel:
    """What was done to a user, group or role, newest first."""
    return panels.guarded(_("Changes"), lambda: _changes(visit, arn))


def _changes(visit: Visit, arn: str) -> panels.Panel:
    found = visit.run("iamconsole:LookupAuditEvents", resource=arn, max_items=RECENT)
    every = events.Asked(chosen={"resource": arn}).url()
    return {
        "title": _("Changes"),
        "note": _("what was done to it"),
        "columns": events.COLUMNS,
        "rows": [{"cells": events.row(event)} for event in found.events],
        "actions": [cells.action(_("All of them"), every)] if found.events else [],
        "empty": {"title": _("No changes on record"), "icon": "list-tree"},
    }


def _decisions(visit: Visit, principal_id: str) -> panels.Panel:
    found = visit.run("iamconsole:ListAccessHistory", principal=principal_id, max_items=RECENT)
    return {
        "title": _("Decisions"),
        "note": _("those of an hour that are alike share a row"),
        "columns": DECISIONS,
        "rows": [{"cells": _decision(entry)} for entry in found.entries],
        "empty": {
            "title": _("No decisions yet"),
            "text": _(
                "Each request that is allowed or denied shows here within seconds, with the statements that decided."
            ),
            "icon": "activity",
        },
    }


def _decision(entry: Any) -> list[cells.Cell]:
    label, tone, icon = VERDICTS[entry.verdict]
    asked = addresses.simulator(
        addresses.of_context(entry.context) or entry.principal,
        entry.action,
        entry.resource or "",
        ((key.key, key.values) for key in entry.context),
    )
    return [
        cells.time(entry.last_time),
        cells.mono(entry.action, url=asked),
        cells.badge(label, tone, icon=icon),
        cells.text(addresses.short(entry.resource or ""), muted=True),
        cells.text(entry.count),
        cells.text(", ".join(dict.fromkeys(f"{each.name} / {each.sid}" for each in entry.statements)), muted=True),
    ]


def _events(visit: Visit, arn: str) -> panels.Panel:
    found = visit.run("iamconsole:LookupAuditEvents", principal=arn, max_items=RECENT)
    every = f"{reverse('console:events')}?{urlencode({'principal': arn})}"
    return {
        "title": _("Audit events"),
        "columns": events.COLUMNS,
        "rows": [{"cells": events.row(event)} for event in found.events],
        "actions": [cells.action(_("All of them"), every)] if found.events else [],
        "empty": {
            "title": _("No events on record"),
            "text": _("What somebody changes, and every sign-in, is recorded here for good."),
            "icon": "list-tree",
        },
    }
