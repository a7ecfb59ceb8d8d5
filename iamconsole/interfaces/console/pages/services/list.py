"""The list of services, the account's own first."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from iamconsole.interfaces.console import cells, listing
from iamconsole.interfaces.console.pages.services import head
from iamconsole.interfaces.console.visit import Visit
from policies.services import console as services


def services_list(visit: Visit) -> HttpResponse:
    return listing.show(visit, SERVICES)


def _cells(row: services.ServiceRow, _visit: Visit) -> list[cells.Cell]:
    return [
        cells.mono(row.prefix, url=head.url(row.prefix)),
        cells.text(row.name),
        head.badge(row.built_in),
        cells.text(row.actions),
        cells.text(row.resource_types, empty="0"),
        cells.text(row.condition_keys, empty="0"),
    ]


def create_control(visit: Visit) -> dict[str, Any]:
    button = cells.action(_("Register service"), reverse("console:service-create"), tone="primary", icon="plus")
    return visit.offer(button, "iamconsole:RegisterService")


def _empty(visit: Visit) -> dict[str, Any]:
    return {
        "title": _("No services"),
        "text": _("Register one of your own, and policies can name its actions, resources and condition keys."),
        "icon": "plug",
        "action": create_control(visit),
    }


SERVICES = listing.Listing(
    url="services",
    title=head.TITLE,
    counted=lambda count: ngettext("%(count)d service", "%(count)d services", count) % {"count": count},
    action="iamconsole:ListServices",
    find=services.find,
    columns=(
        listing.Column(_("Prefix"), "prefix"),
        listing.Column(_("Name"), "name"),
        listing.Column(_("Kind")),
        listing.Column(_("Actions"), "actions", numeric=True),
        listing.Column(_("Resource types"), numeric=True),
        listing.Column(_("Condition keys"), numeric=True),
    ),
    cells=_cells,
    key=lambda row: row.prefix,
    placeholder=_("Prefix or name"),
    empty=_empty,
    filters=(("registered", _("Registered here")), ("built-in", _("Built in"))),
    controls=lambda visit: [create_control(visit)],
    order="prefix",
    crumbs=({"label": _("Understand access")},),
)
