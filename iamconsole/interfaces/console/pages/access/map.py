"""The access map: who can do an action on a resource, and what somebody can reach; as a graph and as a table."""

from __future__ import annotations

from typing import Any, Final

from django.http import HttpResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from iamconsole.interfaces.console.pages.access import reaching, who_can
from iamconsole.interfaces.console.pages.access.asked import Asked
from iamconsole.interfaces.console.pages.access.denied import SECTION
from iamconsole.interfaces.console.pages.access.simulator import suggested
from iamconsole.interfaces.console.visit import Visit
from iamconsole.kernel.errors import AccessDenied, Fault
from policies.simulator import TYPES

WHO: Final = "iamconsole:ListPrincipalsWithAccess"


def access_map(visit: Visit) -> HttpResponse:
    """One of two questions, its answer as a picture, and the same as a table."""
    reach = visit.request.GET.get("ask") == "reach"
    asked = Asked.of(visit.request.GET)
    answer, fault = _answered(visit, asked, reach=reach)
    here = reverse("console:map")
    context = {
        "title": _("Access map"),
        "subtitle": _("Who can do it, and what somebody can reach. Asked of the engine, principal by principal."),
        "breadcrumbs": [SECTION, {"label": _("Access map")}],
        "tabs": [
            {"label": _("Who can do this?"), "url": here, "current": not reach},
            {"label": _("What can somebody reach?"), "url": f"{here}?{urlencode({'ask': 'reach'})}", "current": reach},
        ],
        "reach": reach,
        "asked": asked,
        "action": asked.actions[0] if asked.actions else "",
        "resource": asked.resources[0] if asked.resources else "",
        "rows": [*asked.context, ("", "string", "")],
        "types": TYPES,
        "names": suggested(visit) if reach else [],
        "fault": fault,
        "empty": {
            "title": _("Ask a question"),
            "text": _("Such as: who can delete a resource? Every user and role is asked about, one by one."),
            "icon": "waypoints",
        },
        **answer,
    }
    return visit.page("access_map", context, status=400 if fault else 200)


def _answered(visit: Visit, asked: Asked, *, reach: bool) -> tuple[dict[str, Any], str]:
    """The answer, and what was wrong with the question."""
    if not (asked.who if reach else asked.actions):
        visit.demand(WHO)
        return {}, ""
    try:
        return (reaching if reach else who_can).answer(visit, asked), ""
    except AccessDenied:
        raise
    except Fault as fault:
        return {}, fault.message
