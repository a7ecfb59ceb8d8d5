"""The list of users."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from accounts.users import console as users
from iamconsole.audit.access import summaries
from iamconsole.interfaces.console import cells, listing
from iamconsole.interfaces.console.visit import Visit

EFFECTIVE = "iamconsole:GetEffectiveAccess"
ANY_USER = {"user_name": "-"}
"""Whoever may read this of a user that does not exist may read it of all."""


def narrowed(visit: Visit) -> dict[str, bool]:
    """What may be looked up: an access key id and an address tell whose they are, a summary what the policies say."""
    probe = _probe(visit)
    needs = {"by_key": "iam:ListAccessKeys", "by_email": "iam:ListUserTags"}
    return {told: visit.refusal(action, **probe) is None for told, action in needs.items()}


def _probe(visit: Visit) -> dict[str, str]:
    return ANY_USER | {"policy_source_arn": f"arn:aws:iam::{visit.call.account_id}:user/-"}


@dataclass(frozen=True, slots=True)
class Row:
    """A user and, for whoever may know, what its policies amount to."""

    user: users.UserRow
    access: summaries.Summary | None

    @property
    def name(self) -> str:
        return self.user.name


def _shown(visit: Visit, rows: list[users.UserRow]) -> list[Row]:
    ids = [row.unique_id for row in rows]
    may = visit.refusal(EFFECTIVE, **_probe(visit)) is None
    found = summaries.of_users(visit.call.account_id, ids) if may and ids else {}
    return [Row(row, found.get(row.unique_id)) for row in rows]


def _counted(count: int) -> str:
    return ngettext("%(count)d user", "%(count)d users", count) % {"count": count}


def _cells(row: Row, visit: Visit) -> list[cells.Cell]:
    user = row.user
    oldest = (visit.call.time - user.oldest_key).days if user.oldest_key else None
    return [
        cells.link(user.name, reverse("console:user", args=[user.name])),
        cells.chips(user.groups),
        cells.badge(_("On"), "ok", icon="shield-check") if user.mfa else _no_mfa(user),
        cells.yesno(user.console),
        cells.age(oldest),
        cells.time(user.activity),
        cells.time(user.created),
        access_cell(row.access),
    ]


def _no_mfa(user: users.UserRow) -> cells.Cell:
    """A password without a second factor is what to look at; without one there is less to protect."""
    return cells.badge(_("Off"), "bad" if user.console else "", icon="shield-off")


def access_cell(found: summaries.Summary | None) -> cells.Cell:
    """`Administrator`, `Read-only`, `3 services`: how far, never on which resources."""
    if found is None or found.reach is summaries.Reach.NOTHING:
        return cells.text("", empty=_("Nothing"))
    if found.reach is summaries.Reach.DEACTIVATED:
        return cells.badge(_("Deactivated"), "bad", icon="user-x")
    if found.reach is summaries.Reach.DENIED:
        return cells.badge(_("All denied"), "bad", icon="ban")
    if found.reach is summaries.Reach.ADMINISTRATOR:
        return cells.badge(_("Administrator, limited") if found.limited else _("Administrator"), "warn")
    if found.reach is summaries.Reach.READ_ONLY:
        return cells.badge(_("Read-only"), "ok")
    return cells.badge(_services(found.services), "info")


def _services(services: frozenset[str]) -> str:
    if summaries.EVERYTHING in services:
        return gettext("Most services")
    if len(services) == 1:
        return next(iter(services))
    return ngettext("%(n)d service", "%(n)d services", len(services)) % {"n": len(services)}


def create_control(visit: Visit) -> dict[str, Any]:
    button = cells.action(_("Create user"), reverse("console:user-create"), tone="primary", icon="user-plus")
    return visit.offer(button, "iam:CreateUser")


def _transfer_controls(visit: Visit) -> list[dict[str, Any]]:
    read_in = cells.action(_("Import"), reverse("console:users-import"), icon="upload")
    return [visit.offer(read_in, "iam:CreateUser")]


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
    shown=_shown,
    columns=(
        listing.Column(_("User name"), "name"),
        listing.Column(_("Groups"), needs="iam:ListGroupsForUser"),
        listing.Column(_("MFA"), needs="iam:ListMFADevices"),
        listing.Column(_("Console"), needs="iam:GetLoginProfile"),
        listing.Column(_("Oldest key"), needs="iam:ListAccessKeys"),
        listing.Column(_("Last activity"), "activity", needs="iam:ListAccessKeys"),
        listing.Column(_("Created"), "created"),
        listing.Column(_("Effective access"), needs=EFFECTIVE),
    ),
    cells=_cells,
    key=lambda row: row.name,
    placeholder=_("Name, e-mail, path, key ID or ARN"),
    empty=_empty,
    filters=(
        ("no-mfa", _("No MFA")),
        ("password-only", _("Password alone")),
        ("console", _("Console access")),
        ("no-console", _("No console access")),
        ("keys", _("Active keys")),
        ("old-keys", _("Keys over 90 days")),
        ("inactive", _("Inactive 90 days")),
    ),
    export=("users-csv", "iam:GetAccountAuthorizationDetails"),
    controls=lambda visit: [*_transfer_controls(visit), create_control(visit)],
    bulk_url="users-bulk",
    probe=_probe,
    filters_need={
        "console": ("iam:GetLoginProfile",),
        "no-console": ("iam:GetLoginProfile",),
        "keys": ("iam:ListAccessKeys",),
        "old-keys": ("iam:ListAccessKeys",),
        "no-mfa": ("iam:ListMFADevices",),
        "password-only": ("iam:GetLoginProfile", "iam:ListMFADevices"),
        "inactive": ("iam:ListAccessKeys",),
    },
    narrowed=narrowed,
)
