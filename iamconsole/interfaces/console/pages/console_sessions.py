"""Where somebody is signed in to the console, and ending that."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from iamconsole.interfaces.console import cells
from iamconsole.interfaces.console.browsers import browser
from iamconsole.interfaces.console.pages import panels
from iamconsole.interfaces.console.pages.users import credentials_tab
from iamconsole.interfaces.console.site import Route
from iamconsole.interfaces.console.visit import Visit

ROLE = {"label": _("Role")}
COLUMNS = (
    {"label": _("Browser")},
    {"label": _("Address")},
    {"label": _("Signed in")},
    {"label": _("Last seen")},
    {"label": _("Actions"), "hidden": True},
)


def own_sessions(visit: Visit) -> HttpResponse:
    """One's own sessions."""
    here = reverse("console:sessions")
    crumbs = [{"label": visit.call.principal.name}, {"label": _("Console sessions")}]
    return _sessions(visit, here, crumbs, None)


def user_sessions(visit: Visit, name: str) -> HttpResponse:
    """Those of another user, for an administrator."""
    crumbs = credentials_tab.crumbs(name, _("Console sessions"))
    return _sessions(visit, reverse("console:user-sessions", args=[name]), crumbs, name)


def _sessions(visit: Visit, here: str, crumbs: list[dict[str, Any]], name: str | None) -> HttpResponse:
    if visit.posting:
        if session_id := visit.request.POST.get("session_id"):
            visit.run("iamconsole:RevokeConsoleSession", session_id=session_id, user_name=name)
            return visit.redirect(here, _("The session was ended."))
        visit.run("iamconsole:RevokeConsoleSessions", user_name=name)
        return visit.redirect(here, _("The sessions were ended."))
    found = visit.run("iamconsole:ListConsoleSessions", user_name=name).console_sessions
    title = _("Console sessions of %(name)s") % {"name": name} if name else _("Your console sessions")
    return visit.page("detail", {"title": title, "breadcrumbs": crumbs, "panels": [_panel(visit, here, found, name)]})


def _panel(visit: Visit, here: str, found: list[Any], name: str | None) -> panels.Panel:
    switched = any(session.acting_as for session in found)
    end_all = cells.post(_("End all") if name else _("End all others"), here, tone="danger")
    return {
        "title": _("Signed in"),
        "note": len(found) or "",
        "columns": [COLUMNS[0], *([ROLE] if switched else []), *COLUMNS[1:]],
        "rows": [_row(visit, here, session, name, switched=switched) for session in found],
        "actions": [visit.offer(end_all, "iamconsole:RevokeConsoleSessions", user_name=name)] if found else [],
        "empty": {
            "title": _("Not signed in"),
            "text": _("A session ends when one signs out, an hour after it was last used, or twelve after it began."),
            "icon": "log-out",
        },
    }


def _row(visit: Visit, here: str, session: Any, name: str | None, *, switched: bool) -> dict[str, Any]:
    end = cells.post(_("End"), here, tone="danger", session_id=session.session_id)
    refused = visit.refusal("iamconsole:RevokeConsoleSession", user_name=name)
    used = browser(session.user_agent)
    return {
        "cells": [
            cells.badge(_("This one"), "ok", note=used) if session.current else cells.text(used),
            *([cells.mono(session.acting_as)] if switched else []),
            cells.mono(session.source_ip),
            cells.time(session.started),
            cells.time(session.last_seen),
            cells.actions(None if refused or session.current else end),
        ]
    }


ROUTES = (
    Route("sessions/", own_sessions, "sessions", own=True),
    Route("users/<str:name>/sessions/", user_sessions, "user-sessions"),
)
