"""What every page of one service has above it: title, facts, tabs and what can be done with it."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from iamconsole.interfaces.console import cells
from iamconsole.interfaces.console.visit import Visit
from iamconsole.kernel.services import ServicePrincipal

TITLE = _("Services")
GET = "iamconsole:GetService"
KEYS = "iamconsole:ListServiceAccessKeys"
ACTIONS, RESOURCES, CONDITIONS, INTEGRATION, TRY, CREDENTIALS = (
    "actions",
    "resource-types",
    "condition-keys",
    "integration",
    "try",
    "access-keys",
)


def listed() -> list[dict[str, Any]]:
    """The crumbs of the list: the part of the menu that it is in, and itself."""
    return [{"label": _("Understand access")}, {"label": TITLE, "url": reverse("console:services")}]


def url(prefix: str, tab: str = ACTIONS) -> str:
    """Where a tab of a service is."""
    if tab == TRY:
        return reverse("console:service-try", args=[prefix])
    if tab == ACTIONS:
        return reverse("console:service", args=[prefix])
    return reverse("console:service-tab", args=[prefix, tab])


def crumbs(service: Any, *last: Any) -> list[dict[str, Any]]:
    here = {"label": service.service_prefix, "url": url(service.service_prefix)}
    return [*listed(), here, *({"label": label} for label in last)]


def badge(built_in: bool) -> cells.Cell:
    return cells.badge(_("Built in"), "info") if built_in else cells.badge(_("Registered here"), "ok", icon="plug")


def of(visit: Visit, service: Any, tab: str) -> dict[str, Any]:
    """The context of a page of the service, beside what its tab shows."""
    principal = ServicePrincipal(visit.call.account_id, service.service_prefix)
    own = {} if service.is_built_in else {"arn": principal.arn}
    said = badge(service.is_built_in)
    return {
        "title": service.service_name,
        "badges": [{"label": said["value"], "tone": said["tone"], "icon": said["icon"]}],
        "breadcrumbs": [*listed(), {"label": service.service_prefix}],
        "actions": [] if service.is_built_in else _actions(visit, service.service_prefix),
        "facts": _facts(service, principal),
        "tabs": [*_tabs(visit, service, tab)],
        **own,
    }


def _facts(service: Any, principal: ServicePrincipal) -> list[dict[str, Any]]:
    prefix = {"label": _("Prefix"), "cell": cells.mono(service.service_prefix)}
    if service.is_built_in:
        return [prefix, {"label": _("Documented by"), "cell": cells.text(_("AWS's service authorization reference"))}]
    return [
        prefix,
        {"label": _("As a principal"), "cell": cells.mono(principal.name, copyable=True)},
        {"label": _("Updated"), "cell": cells.time(service.update_date)},
    ]


def _tabs(visit: Visit, service: Any, current: str) -> list[dict[str, Any]]:
    prefix = service.service_prefix
    tabs = [
        (ACTIONS, _("Actions"), len(service.actions)),
        (RESOURCES, _("Resource types"), len(service.resource_types)),
        (CONDITIONS, _("Condition keys"), len(service.condition_keys)),
        (INTEGRATION, _("Integration"), None),
        (TRY, _("Try it"), None),
    ]
    if not service.is_built_in and visit.refusal(KEYS, service_prefix=prefix) is None:
        tabs.insert(3, (CREDENTIALS, _("Access keys"), None))
    return [
        {"label": label, "url": url(prefix, tab), "count": count, "current": tab == current}
        for tab, label, count in tabs
    ]


def _actions(visit: Visit, prefix: str) -> list[dict[str, Any]]:
    edit = cells.action(_("Edit"), reverse("console:service-edit", args=[prefix]), icon="pencil")
    delete = cells.action(
        _("Deregister"), reverse("console:service-delete", args=[prefix]), tone="danger", icon="trash-2"
    )
    named = {"service_prefix": prefix}
    return [
        visit.offer(edit, "iamconsole:UpdateService", **named),
        visit.offer(delete, "iamconsole:DeregisterService", KEYS, **named),
    ]
