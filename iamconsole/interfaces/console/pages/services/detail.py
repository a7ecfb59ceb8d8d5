"""A service, a tab at a time, and one of its actions."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from iamconsole.interfaces.console import cells
from iamconsole.interfaces.console.pages.services import head, integration, keys, parts
from iamconsole.interfaces.console.visit import Visit
from iamconsole.kernel.errors import NoSuchEntity

PANELS = {head.INTEGRATION: integration.panels, head.CREDENTIALS: keys.panels}


def service_detail(visit: Visit, prefix: str, tab: str = head.ACTIONS) -> HttpResponse:
    service = visit.run(head.GET, service_prefix=prefix).service
    if tab in (head.ACTIONS, head.RESOURCES, head.CONDITIONS):
        return parts.show(visit, service, tab)
    if tab not in PANELS or (tab == head.CREDENTIALS and service.is_built_in):
        raise NoSuchEntity(_("There is no page at this address."))
    return visit.page("detail", head.of(visit, service, tab) | {"panels": PANELS[tab](visit, service)})


def service_action(visit: Visit, prefix: str, name: str) -> HttpResponse:
    """One action: what it works on, which keys it can be limited by, and who can do it."""
    service = visit.run(head.GET, service_prefix=prefix).service
    action = next((each for each in service.actions if each.name.lower() == name.lower()), None)
    if action is None:
        raise NoSuchEntity(f"The service {service.service_name} has no action {name}.")
    full = f"{service.service_prefix}:{action.name}"
    kinds = [kind for kind in service.resource_types if kind.name in action.resource_types]
    context = {
        "title": full,
        "subtitle": action.description,
        "breadcrumbs": head.crumbs(service, action.name),
        "actions": _asking(visit, service, full, kinds),
        "facts": [
            {"label": _("Access level"), "cell": parts.level(action.access_level)},
            {"label": _("Service"), "cell": cells.link(service.service_name, head.url(service.service_prefix))},
            {"label": _("As policies name it"), "cell": cells.mono(full, copyable=True)},
        ],
        "panels": [_resources(kinds), _conditions(service, action, kinds)],
    }
    return visit.page("detail", context)


def _asking(visit: Visit, service: Any, full: str, kinds: list[Any]) -> list[dict[str, Any]]:
    """The pages that answer questions about an action."""
    asked = urlencode({"action": full})
    there = head.url(service.service_prefix, head.TRY)
    attempt = cells.action(_("Try it"), f"{there}?{asked}", icon="send")
    simulate = cells.action(_("Simulate"), f"{reverse('console:simulator')}?{asked}", icon="play")
    who = cells.action(_("Who can"), f"{reverse('console:map')}?{asked}", icon="waypoints")
    offered = [visit.offer(simulate, "iamconsole:ExplainAccess"), attempt]
    return [visit.offer(who, "iamconsole:ListPrincipalsWithAccess"), *offered]


def _resources(kinds: list[Any]) -> dict[str, Any]:
    return {
        "title": _("Resources it works on"),
        "columns": [{"label": _("Resource type")}, {"label": _("ARN")}],
        "rows": [{"cells": [cells.text(kind.name), cells.mono(kind.arn_template, copyable=True)]} for kind in kinds],
        "empty": {
            "title": _("No resource types"),
            "text": _("A statement that grants it names * as its resource."),
            "icon": "box",
        },
    }


def _conditions(service: Any, action: Any, kinds: list[Any]) -> dict[str, Any]:
    names = dict.fromkeys([*action.condition_keys, *(key for kind in kinds for key in kind.condition_keys)])
    known = {key.name: key for key in service.condition_keys}
    rows = [[cells.mono(name), cells.text(getattr(known.get(name), "description", ""), muted=True)] for name in names]
    return {
        "title": _("Condition keys it can be limited by"),
        "columns": [{"label": _("Condition key")}, {"label": _("What it is")}],
        "rows": [{"cells": row} for row in rows],
        "empty": {
            "title": _("None but the global keys"),
            "text": _("Keys such as aws:SourceIp and aws:PrincipalTag come with every request."),
            "icon": "key-square",
        },
    }
