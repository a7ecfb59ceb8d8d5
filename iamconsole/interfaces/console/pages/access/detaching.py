"""Before a policy is detached: who would lose what he used, the latest first."""

from __future__ import annotations

from typing import Any, Final

from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from iamconsole.interfaces.console import cells
from iamconsole.interfaces.console.pages import panels
from iamconsole.interfaces.console.pages.access import addresses
from iamconsole.interfaces.console.pages.kinds import Kind
from iamconsole.interfaces.console.visit import Visit

SHOWN: Final = 50
COLUMNS: Final = (
    {"label": _("Who")},
    {"label": _("Used")},
    {"label": _("On")},
    {"label": _("Last")},
    {"label": _("Afterwards")},
)


def confirm(visit: Visit, kind: Kind, name: str, arn: str) -> HttpResponse:
    """The page with the button that detaches."""
    page = {"max_items": 1} if kind.word == "group" else {}
    entity = getattr(visit.run(kind.action("Get{}"), **kind.named(name), **page), kind.word)
    policy = arn.rpartition("/")[2]
    button = cells.post(_("Detach policy"), kind.url(name, "detach"), tone="destroy", policy_arn=arn)
    context = {
        "title": _("Detach %(policy)s from %(name)s?") % {"policy": policy, "name": name},
        "breadcrumbs": [
            {"label": kind.title},
            {"label": name, "url": kind.url(name)},
            {"label": _("Detach %(policy)s") % {"policy": policy}},
        ],
        "actions": [
            cells.action(_("Cancel"), kind.url(name), tone="quiet"),
            visit.offer(button, kind.action("Detach{}Policy"), **kind.named(name), policy_arn=arn),
        ],
        "panels": [panels.guarded(_("What would be lost"), lambda: _losses(visit, entity.arn, arn))],
    }
    return visit.page("detail", context)


def _losses(visit: Visit, source: str, arn: str) -> panels.Panel:
    told = visit.run("iamconsole:PreviewDetachment", policy_source_arn=source, policy_uri=arn)
    people = ngettext("%(n)d user or role examined", "%(n)d of %(all)d users and roles examined", told.principals)
    lifted = ngettext(
        "The policy also denies: %(n)d statement stops binding.",
        "The policy also denies: %(n)d statements stop binding.",
        told.denies_lifted,
    )
    return {
        "title": _("What would be lost, of what was used"),
        "note": people % {"n": told.examined, "all": told.principals},
        "callout": {"tone": "warn", "icon": "triangle-alert", "text": lifted % {"n": told.denies_lifted}}
        if told.denies_lifted
        else None,
        "columns": COLUMNS,
        "rows": [{"cells": _row(loss, visit.call.account_id)} for loss in told.losses[:SHOWN]],
        "empty": {
            "title": _("Nobody used what only this policy allows"),
            "text": _("Either nothing of it was used, or other policies allow it as well."),
            "icon": "circle-check",
        },
    }


def _row(loss: Any, account_id: str) -> list[cells.Cell]:
    return [
        cells.link(loss.principal.rpartition("/")[2], addresses.of_entity(loss.principal, account_id)),
        cells.mono(loss.action),
        cells.text(addresses.short(loss.resource or ""), muted=True),
        cells.time(loss.last_accessed),
        cells.badge(_("Lost"), "bad", icon="ban")
        if loss.is_sure
        else cells.badge(_("Only under conditions"), "warn", icon="triangle-alert"),
    ]
