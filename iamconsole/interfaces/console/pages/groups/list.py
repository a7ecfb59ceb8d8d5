"""The list of user groups."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.groups import console as groups
from iamconsole.interfaces.console import cells, listing
from iamconsole.interfaces.console.visit import Visit


def _counted(count: int) -> str:
    return ngettext("%(count)d group", "%(count)d groups", count) % {"count": count}


def _cells(row: groups.GroupRow, _visit: Visit) -> list[cells.Cell]:
    return [
        cells.link(row.name, reverse("console:group", args=[row.name])),
        cells.text(row.users),
        cells.text(row.policies) if row.policies else cells.badge(_("None"), "warn"),
        cells.mono(row.path),
        cells.time(row.created),
    ]


def create_control(visit: Visit) -> dict[str, Any]:
    button = cells.action(_("Create group"), reverse("console:group-create"), tone="primary", icon="plus")
    return visit.offer(button, "iam:CreateGroup")


def _import_control(visit: Visit) -> dict[str, Any]:
    read_in = cells.action(_("Import"), reverse("console:groups-import"), icon="upload")
    return visit.offer(read_in, "iam:CreateGroup")


def _empty(visit: Visit) -> dict[str, Any]:
    return {
        "title": _("No groups yet"),
        "text": _("A group gives its policies to all its members: one place to review instead of many."),
        "icon": "users",
        "action": create_control(visit),
    }


GROUPS = listing.Listing(
    url="groups",
    title=_("User groups"),
    counted=_counted,
    action="iam:ListGroups",
    find=groups.find,
    columns=(
        listing.Column(_("Group name"), "name"),
        listing.Column(_("Users"), "users", numeric=True, needs="iam:GetGroup"),
        listing.Column(_("Policies"), numeric=True, needs="iam:ListAttachedGroupPolicies"),
        listing.Column(_("Path")),
        listing.Column(_("Created"), "created"),
    ),
    cells=_cells,
    probe=lambda _visit: {"group_name": "-"},
    key=lambda row: row.name,
    placeholder=_("Name, path or ARN"),
    empty=_empty,
    filters=(("empty", _("Without users")), ("powerless", _("Without policies"))),
    export=("groups-csv", "iam:GetAccountAuthorizationDetails"),
    controls=lambda visit: [_import_control(visit), create_control(visit)],
    bulk_url="groups-bulk",
)
