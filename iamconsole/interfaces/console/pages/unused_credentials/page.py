"""Credentials that nobody uses: what the account does about them, and whom that concerns as of now."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from iamconsole.interfaces.console import cells
from iamconsole.interfaces.console.pages import panels
from iamconsole.interfaces.console.pages.users import credentials_tab
from iamconsole.interfaces.console.visit import Visit

VERBS = ("GetStaleCredentialSettings", "PutStaleCredentialSettings", "ListStaleCredentials")
GET, PUT, LIST = (f"iamconsole:{verb}" for verb in VERBS)
TITLE = gettext_lazy("Unused credentials")
DAYS = (30, 60, 90, 180, 365)
MOST_DAYS = 400
PAGE = 50  # users


def crumbs(*last: dict[str, Any]) -> list[dict[str, Any]]:
    here = {"label": TITLE, "url": reverse("console:unused")} if last else {"label": TITLE}
    return [{"label": _("Account settings"), "url": reverse("console:account")}, here, *last]


def panel(visit: Visit) -> panels.Panel:
    """The settings in short, for the page of account settings."""
    return panels.guarded(TITLE, lambda: _short(visit))


def _short(visit: Visit) -> panels.Panel:
    found = visit.run(GET)
    more = cells.action(_("Show"), reverse("console:unused"), icon="calendar-x")
    return {"title": TITLE, "note": _("on") if found.enabled else _("off"), "actions": [more], "text": _said(found)}


def _said(found: Any) -> str:
    if not found.enabled:
        return _("Nothing is done about access keys that nobody uses.")
    told = _(
        "An access key that nobody used for %(unused)d days earns its owner a notice, and is set to inactive "
        "%(notice)d days later."
    )
    return told % {"unused": found.unused_days, "notice": found.notice_days}


def unused(visit: Visit) -> HttpResponse:
    """The settings, and the credentials that they concern as of now."""
    found = visit.run(GET)
    edit = cells.action(_("Edit"), reverse("console:unused-edit"), icon="pencil", tone="primary")
    context = {
        "title": TITLE,
        "badges": [_badge(found)],
        "subtitle": _said(found),
        "breadcrumbs": crumbs(),
        "actions": [visit.offer(edit, PUT)],
        "facts": [
            {"label": _("Unused for"), "cell": cells.text(_("%(days)d days") % {"days": found.unused_days})},
            {"label": _("Notice"), "cell": cells.text(_("%(days)d days") % {"days": found.notice_days})},
            {"label": _("Users left alone"), "cell": cells.chips(found.exempt_users)},
            {"label": _("Tag of users left alone"), "cell": cells.mono(found.exempt_tag)},
        ],
        "panels": [panels.guarded(_("Who does not use what"), lambda: _whom(visit, found))],
    }
    return visit.page("detail", context)


def _badge(found: Any) -> dict[str, Any]:
    if found.enabled:
        return {"label": _("On"), "tone": "ok", "icon": "check"}
    return {"label": _("Off"), "tone": "neutral", "icon": "circle-dashed"}


def _whom(visit: Visit, found: Any) -> panels.Panel:
    query = visit.request.GET
    days = days_of(query.get("days")) or found.unused_days
    marker = query.get("marker", "")
    listed = visit.run(LIST, unused_days=days, marker=marker or None, max_items=PAGE)
    here = reverse("console:unused")
    shown: panels.Panel = {
        "title": _("Who does not use what"),
        "note": _("as of now; looking changes nothing"),
        "filters": [
            {
                "label": ngettext("%(n)d day", "%(n)d days", each) % {"n": each},
                "url": f"{here}?{urlencode({'days': each})}",
                "current": each == days,
            }
            for each in sorted({*DAYS, found.unused_days})
        ],
        "columns": [
            {"label": _("User")},
            {"label": _("Credential")},
            {"label": _("Unused since")},
            {"label": _("What happens")},
        ],
        "rows": [{"cells": _row(each, found)} for each in listed.stale_credentials],
        "pagination": panels.steps(
            f"{here}?{urlencode({'days': days})}" if marker else "",
            f"{here}?{urlencode({'days': days, 'marker': listed.marker})}" if listed.is_truncated else "",
        ),
        "empty": {
            "title": _("Every credential was used"),
            "text": _("Nobody has an active key or a password that went unused for %(days)d days.") % {"days": days},
            "icon": "circle-check",
        },
    }
    if found.last_run_skipped:
        shown["callout"] = {"tone": "warn", "icon": "triangle-alert", "text": found.last_run_skipped}
    return shown


def _row(stale: Any, found: Any) -> list[cells.Cell]:
    there = credentials_tab.url(stale.user_name)
    credential = cells.mono(stale.access_key_id) if stale.access_key_id else cells.text(_("Console password"))
    return [
        cells.link(stale.user_name, there),
        credential,
        cells.time(stale.unused_since),
        _consequence(stale, found),
    ]


def _consequence(stale: Any, found: Any) -> cells.Cell:
    if not found.enabled:
        return cells.text(_("Nothing, while this is off"), muted=True)
    if not stale.access_key_id:
        return cells.text(_("The owner is told; the password stays"))
    if stale.deactivation_date:
        day = {"day": f"{stale.deactivation_date:%Y-%m-%d}"}
        return cells.badge(_("Deactivated on %(day)s") % day, "warn", note=_("unless it is used before"))
    return cells.text(_("The owner is told at the next look"))


def days_of(typed: Any) -> int | None:
    """Days, where what is typed so far could be meant as such."""
    text = str(typed or "")
    return int(text) if text.isascii() and text.isdigit() and 1 <= int(text[:9]) <= MOST_DAYS else None
