"""The list of users."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.users import console as users
from iamconsole.interfaces.console import cells, listing
from iamconsole.interfaces.console.visit import Visit

ANY_USER = {"user_name": "-"}
"""Whoever may read this of a user that does not exist may read it of all."""


def may_find_by_key(visit: Visit) -> bool:
    """Whether an access key id may be looked up: it would tell whose it is."""
    return visit.refusal("iam:ListAccessKeys", **ANY_USER) is None


def _counted(count: int) -> str:
    return ngettext("%(count)d user", "%(count)d users", count) % {"count": count}


def _cells(row: users.UserRow, visit: Visit) -> list[cells.Cell]:
    oldest = (visit.call.time - row.oldest_key).days if row.oldest_key else None
    return [
        cells.link(row.name, reverse("console:user", args=[row.name])),
        cells.chips(row.groups),
        cells.yesno(row.console),
        cells.age(oldest),
        cells.time(row.activity),
        cells.time(row.created),
    ]


def create_control(visit: Visit) -> dict[str, Any]:
    button = cells.action(_("Create user"), reverse("console:user-create"), tone="primary", icon="user-plus")
    return visit.offer(button, "iam:CreateUser")


def _transfer_controls(visit: Visit) -> list[dict[str, Any]]:
    export = cells.action(_("Export"), reverse("console:users-csv"), icon="download")
    read_in = cells.action(_("Import"), reverse("console:users-import"), icon="upload")
    return [
        visit.offer(export, "iam:GetAccountAuthorizationDetails"),
        visit.offer(read_in, "iam:CreateUser"),
    ]


def _empty(visit: Visit) -> dict[str, Any]:
    return {
        "title": _("No users yet"),
        "text": _(
            "A user is a person or a program with credentials of its own. It can do nothing until a policy says so."
        ),
        "icon": "user-plus",
        "action": create_control(visit),
    }


USERS = listing.Listing(
    url="users",
    title=_("Users"),
    counted=_counted,
    action="iam:ListUsers",
    find=users.find,
    columns=(
        listing.Column(_("User name"), "name"),
        listing.Column(_("Groups"), needs="iam:ListGroupsForUser"),
        listing.Column(_("Console access"), needs="iam:GetLoginProfile"),
        listing.Column(_("Oldest key"), needs="iam:ListAccessKeys"),
        listing.Column(_("Last activity"), "activity", needs="iam:ListAccessKeys"),
        listing.Column(_("Created"), "created"),
    ),
    cells=_cells,
    key=lambda row: row.name,
    placeholder=_("Name, path, key ID or ARN"),
    empty=_empty,
    filters=(
        ("console", _("Console access")),
        ("no-console", _("No console access")),
        ("keys", _("Active keys")),
        ("old-keys", _("Keys over 90 days")),
    ),
    controls=lambda visit: [*_transfer_controls(visit), create_control(visit)],
    bulk_url="users-bulk",
    probe=ANY_USER,
    filters_need={
        "console": "iam:GetLoginProfile",
        "no-console": "iam:GetLoginProfile",
        "keys": "iam:ListAccessKeys",
        "old-keys": "iam:ListAccessKeys",
    },
    narrowed=lambda visit: {"by_key": may_find_by_key(visit)},
)
