"""Everybody whom a recommendation is about, on a page of its own."""

from __future__ import annotations

from typing import Final

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from iamconsole.interfaces.console import cells
from iamconsole.interfaces.console.pages.recommendations.checks import CHECKS
from iamconsole.interfaces.console.pages.recommendations.findings import Users
from iamconsole.interfaces.console.pages.users.list import ANY_USER
from iamconsole.interfaces.console.site import Route
from iamconsole.interfaces.console.visit import Visit
from iamconsole.kernel.errors import NoSuchEntity

LISTED: Final = 100  # names on the page
ADVICE: Final = {
    "users-mfa": _(
        "Each registers a device: account menu, My MFA devices. A policy that denies everything else until "
        "aws:MultiFactorAuthPresent is true makes sure of it."
    ),
    "administrators": _(
        "Attach AdministratorAccess to a group, add them to it, and then detach their own policies: the page that "
        "detaches one shows beforehand who would lose what."
    ),
    "old-passwords": _(
        "Whoever no longer works here is better off without a password; for the others, set a new one to be changed."
    ),
}
LABELS: Final = {"credentials": _("Credentials"), "permissions": _("Policies")}


def recommendation(visit: Visit, key: str) -> HttpResponse:
    """The users, up to a hundred, each with the page where it is put right."""
    check = next((check for check in CHECKS if check.key == key), None)
    if check is None or not isinstance(check.find, Users):
        raise NoSuchEntity(str(_("There is no page at this address.")))
    visit.run("iam:ListUsers", max_items=1)
    for action in check.find.needs:
        visit.demand(action, **ANY_USER)
    told = check.find.query(visit, LISTED)
    rows = [
        {
            "cells": [
                cells.link(name, reverse("console:user", args=[name])),
                cells.actions(cells.action(LABELS[check.find.tab], check.find.url(name))),
            ]
        }
        for name in told.names
    ]
    panel = {
        "title": _("Users"),
        "note": _("%(shown)d of %(all)d") % {"shown": len(rows), "all": told.count} if rows else "",
        "text": ADVICE[key] if rows else "",
        "columns": [{"label": _("User name")}, {"label": _("Actions"), "hidden": True}],
        "rows": rows,
        "empty": {"title": _("Nobody"), "text": _("This is in order and brings its points."), "icon": "circle-check"},
    }
    context = {
        "title": check.title(told.count),
        "subtitle": check.text,
        "badges": [{"label": _("%(points)d points") % {"points": check.points}, "tone": "info"}],
        "breadcrumbs": [{"label": _("Dashboard"), "url": reverse("console:dashboard")}, {"label": _("Recommendation")}],
        "panels": [panel],
    }
    return visit.page("detail", context)


ROUTES = (Route("recommendations/<slug:key>/", recommendation, "recommendation"),)
