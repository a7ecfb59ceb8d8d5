"""Names that are on record, suggested while one is typed."""

from __future__ import annotations

from django.http import HttpResponse
from django.urls import reverse

from iamconsole.interfaces.console.pages.events.filters import SUGGESTED, short
from iamconsole.interfaces.console.visit import Visit

LIST, ACTION = "names", "iamconsole:ListAuditNames"


def attributes(visit: Visit) -> dict[str, str]:
    """What a field needs to have them; nothing for whoever may not list them."""
    if visit.refusal(ACTION):
        return {}
    return {
        "list": LIST,
        "hx-get": reverse("console:events-names"),
        "hx-trigger": "input changed delay:200ms",
        "hx-target": f"#{LIST}",
        "hx-swap": "innerHTML",
        "hx-sync": "this:replace",
    }


def names(visit: Visit) -> HttpResponse:
    """The options for what was typed, as they can be searched for."""
    query = visit.request.GET
    text = next((query[name].strip() for name in ("q", *SUGGESTED) if query.get(name)), "")
    found = visit.run(ACTION, named=text[:2048]).arns if text else []
    return visit.fragment("_names", {"names": [short(arn) for arn in found]})
