"""The list of roles."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.roles import console as roles
from iamconsole.interfaces.console import cells, listing
from iamconsole.interfaces.console.visit import Visit


def _counted(count: int) -> str:
    return ngettext("%(count)d role", "%(count)d roles", count) % {"count": count}


def _cells(row: roles.RoleRow, _visit: Visit) -> list[cells.Cell]:
    return [
        cells.link(row.name, reverse("console:role", args=[row.name]), note=row.description),
        cells.chips([{"label": said, "title": written} for said, written in row.trusted.items()]),
        cells.mono(row.path),
        cells.time(row.last_used),
        cells.time(row.created),
    ]


def create_control(visit: Visit) -> dict[str, Any]:
    button = cells.action(_("Create role"), reverse("console:role-create"), tone="primary", icon="plus")
    return visit.offer(button, "iam:CreateRole")


def _empty(visit: Visit) -> dict[str, Any]:
    return {
        "title": _("No roles yet"),
        "text": _("A role lends its permissions, for a while, to whoever its trust policy names: no key to lose."),
        "icon": "id-card",
        "action": create_control(visit),
    }


ROLES = listing.Listing(
    url="roles",
    title=_("Roles"),
    counted=_counted,
    action="iam:ListRoles",
    find=roles.find,
    columns=(
        listing.Column(_("Role name"), "name"),
        listing.Column(_("Trusted entities")),
        listing.Column(_("Path")),
        listing.Column(_("Last used"), "last_used"),
        listing.Column(_("Created"), "created"),
    ),
    cells=_cells,
    key=lambda row: row.name,
    placeholder=_("Name, description, path or ARN"),
    empty=_empty,
    filters=(
        ("never-used", _("Never used")),
        ("unused", _("Unused 90 days")),
        ("foreign", _("Other accounts")),
        ("of-service", _("For services")),
        ("bounded", _("With a boundary")),
        ("service", _("Service-linked")),
    ),
    controls=lambda visit: [create_control(visit)],
    bulk_url="roles-bulk",
)
