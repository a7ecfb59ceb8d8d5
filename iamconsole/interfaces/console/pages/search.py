"""The search over everything that has a name."""

from __future__ import annotations

from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _

from iamconsole.interfaces.console import cells
from iamconsole.interfaces.console.listing import Listing, State, find, visible
from iamconsole.interfaces.console.pages import panels
from iamconsole.interfaces.console.pages.groups.list import GROUPS
from iamconsole.interfaces.console.pages.policies.list import POLICIES
from iamconsole.interfaces.console.pages.roles.list import ROLES
from iamconsole.interfaces.console.pages.services.list import SERVICES
from iamconsole.interfaces.console.pages.users.list import USERS
from iamconsole.interfaces.console.visit import Visit

SEARCHED = (USERS, GROUPS, ROLES, POLICIES, SERVICES)
FOUND = 8  # rows of each kind


NOTHING = {
    "title": _("Nothing was found"),
    "text": _(
        "Names, paths, ARNs, unique ids and access key ids are searched, of users, groups, roles and policies that you "
        "may list."
    ),
    "icon": "search-x",
}
UNASKED = {
    "title": _("Type what you look for"),
    "text": _("A part of a name is enough. Ctrl K opens the search anywhere, and answers questions, too."),
    "icon": "search",
}


def search(visit: Visit) -> HttpResponse:
    """Everything whose name holds the text, of the kinds that the principal may list."""
    text = visit.request.GET.get("q", "").replace("\0", "")[:256].strip()
    found = [panel for listing in SEARCHED if text and (panel := _hits(visit, listing, text))]
    context = {
        "title": _("Search"),
        "subtitle": _("Results for “%(text)s”") % {"text": text} if text else "",
        "breadcrumbs": [{"label": _("Search")}],
        "search_query": text,
        "panels": found or [{"title": _("Results"), "empty": NOTHING if text else UNASKED}],
    }
    return visit.page("detail", context)


def _hits(visit: Visit, listing: Listing, text: str) -> panels.Panel | None:
    if visit.refusal(listing.action) is not None:
        return None
    listing = visible(visit, listing)
    state = State(text=text, size=FOUND, order=listing.order)
    rows, matching, _total = find(visit, listing, state)
    if not rows:
        return None
    return {
        "title": listing.title,
        "note": matching,
        "columns": [{"label": column.label, "numeric": column.numeric} for column in listing.columns],
        "rows": [{"cells": listing.cells(row, visit)} for row in listing.shown(visit, rows)],
        "actions": [cells.action(_("All of them"), State(text=text, order=listing.order).url(listing))],
    }
