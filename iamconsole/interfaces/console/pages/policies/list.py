"""The list of managed policies."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from iamconsole.interfaces.console import cells, listing
from iamconsole.interfaces.console.visit import Visit
from policies.documents import console as policies


def _counted(count: int) -> str:
    return ngettext("%(count)d policy", "%(count)d policies", count) % {"count": count}


def _cells(row: policies.PolicyRow, _visit: Visit) -> list[cells.Cell]:
    return [
        cells.link(row.name, reverse("console:policy", args=[row.arn]), note=row.description),
        cells.badge(_("AWS managed"), "info") if row.aws else cells.badge(_("Customer managed"), "ok"),
        cells.chips(used_as(row.attached, row.bounding), empty=_("Unused")),
        cells.text(row.default_version),
        cells.time(row.updated),
    ]


def used_as(attached: int, bounding: int) -> list[Any]:
    """`2 attachments`, `1 boundary`."""
    said = []
    if attached:
        said.append(ngettext("%(n)d attachment", "%(n)d attachments", attached) % {"n": attached})
    if bounding:
        said.append(ngettext("%(n)d boundary", "%(n)d boundaries", bounding) % {"n": bounding})
    return said


def create_control(visit: Visit) -> dict[str, Any]:
    button = cells.action(_("Create policy"), reverse("console:policy-create"), tone="primary", icon="plus")
    return visit.offer(button, "iam:CreatePolicy")


def _empty(visit: Visit) -> dict[str, Any]:
    return {
        "title": _("No policies yet"),
        "text": _("A policy says which actions are allowed on which resources. Attach it to groups and roles."),
        "icon": "scroll-text",
        "action": create_control(visit),
    }


POLICIES = listing.Listing(
    url="policies",
    title=_("Policies"),
    counted=_counted,
    action="iam:ListPolicies",
    find=policies.find,
    columns=(
        listing.Column(_("Policy name"), "name"),
        listing.Column(_("Type")),
        listing.Column(_("Used as"), "attached"),
        listing.Column(_("Version")),
        listing.Column(_("Updated"), "updated"),
    ),
    cells=_cells,
    key=lambda row: row.arn,
    placeholder=_("Name, description or ARN"),
    empty=_empty,
    filters=(
        ("customer", _("Customer managed")),
        ("aws", _("AWS managed")),
        ("attached", _("Attached")),
        ("boundary", _("Used as boundary")),
        ("unused", _("Unused")),
    ),
    controls=lambda visit: [create_control(visit)],
    bulk_url="policies-bulk",
)
