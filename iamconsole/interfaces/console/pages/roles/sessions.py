"""The sessions of a role: how long they last, a link to switch to it, and ending those that are open."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from iamconsole.interfaces.console import cells
from iamconsole.interfaces.console.pages import panels
from iamconsole.interfaces.console.pages.consequences import ROLE_SESSIONS, consequence, used
from iamconsole.interfaces.console.pages.entities import crumbs
from iamconsole.interfaces.console.pages.events.filters import Asked, short
from iamconsole.interfaces.console.pages.kinds import ROLE
from iamconsole.interfaces.console.pages.roles import alive
from iamconsole.interfaces.console.visit import Visit

HOW_THEY_END = _(
    "Sessions are kept nowhere but in the trail, so they are ended by a policy that denies everything to those issued "
    "until now. Whoever is trusted can assume the role anew."
)
COLUMNS = (
    {"label": _("Session")},
    {"label": _("Taken by")},
    {"label": _("From")},
    {"label": _("Began")},
    {"label": _("Expires")},
)
SHOWN = 100


def switch_url(visit: Visit, role: Any) -> str:
    """The page that switches to the role, filled in."""
    named = {"account": visit.call.account_id, "roleName": role.arn.partition(":role/")[2]}
    return f"{reverse('console:switch-role')}?{urlencode(named)}"


def tab(visit: Visit, role: Any, longest: Any) -> list[panels.Panel]:
    """The tab of a role's page."""
    name, who = role.role_name, ROLE.named(role.role_name)
    edit = cells.action(_("Edit"), reverse("console:role-edit", args=[name]), icon="pencil")
    revoke = cells.action(
        _("Revoke sessions"), reverse("console:role-revoke", args=[name]), tone="danger", icon="log-out"
    )
    link = visit.request.build_absolute_uri(switch_url(visit, role))
    return [
        {
            "title": _("Sessions"),
            "actions": [visit.offer(edit, "iam:UpdateRole", **who)],
            "pairs": [
                {"label": _("Longest session"), "cell": cells.text(longest)},
                {"label": _("Link to switch to it"), "cell": cells.mono(link, copyable=True)},
            ],
        },
        _open(visit, role) | {"actions": [visit.offer(revoke, "iamconsole:RevokeRoleSessions", **who)]},
    ]


def _open(visit: Visit, role: Any) -> panels.Panel:
    """The sessions that are open by the trail; without the right to read it, how they are ended."""
    found = alive.sessions(visit, role)
    panel: panels.Panel = {"title": _("Open sessions"), "text": HOW_THEY_END}
    if found is None:
        return panel
    return panel | {
        "note": len(found) or "",
        "columns": COLUMNS,
        "rows": [{"cells": _row(each)} for each in found[:SHOWN]],
        "empty": {"title": _("Nobody has a session open"), "icon": "log-out"},
    }


def _row(session: alive.Session) -> list[cells.Cell]:
    return [
        cells.text(session.name),
        cells.link(short(session.principal), Asked(chosen={"principal": session.principal}).url()),
        cells.link(session.source_ip, Asked(chosen={"source_ip": session.source_ip}).url()),
        cells.time(session.began) | {"url": reverse("console:event", args=[session.event_id])},
        cells.time(session.ends),
    ]


def ending(visit: Visit, role: Any) -> list[dict[str, Any]]:
    """That open sessions end, as a consequence (confirm_delete.html)."""
    found = alive.sessions(visit, role) or []
    said = [_("%(name)s of %(who)s") % {"name": each.name, "who": short(each.principal)} for each in found]
    told = consequence(ROLE_SESSIONS, said, "log-out")
    last = used(_("The latest one began %(when)s."), found[0].began, visit.call.time) if found else []
    return [*told, *last]


def role_revoke(visit: Visit, name: str) -> HttpResponse:
    """End every session of the role that was issued until now."""
    there = reverse("console:role-tab", args=[name, "sessions"])
    if visit.posting:
        visit.run("iamconsole:RevokeRoleSessions", role_name=name)
        return visit.redirect(
            there, _("The sessions of %(name)s that were issued until now were ended.") % {"name": name}
        )
    role = visit.run("iam:GetRole", role_name=name).role
    visit.demand("iamconsole:RevokeRoleSessions", role_name=name)
    context = {
        "title": _("Revoke the sessions of %(name)s?") % {"name": role.role_name},
        "warning": _("Every session issued until now can do nothing more. Programs that renew theirs go on."),
        "breadcrumbs": [*crumbs(ROLE, role.role_name), {"label": _("Revoke sessions")}],
        "consequences": ending(visit, role),
        "submit_label": _("Revoke sessions"),
        "cancel_url": there,
    }
    return visit.page("confirm_delete", context)
