"""A user group: its users and policies."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from iamconsole.interfaces.console import cells, listing
from iamconsole.interfaces.console.pages import panels, reviewing
from iamconsole.interfaces.console.pages.access import activity, effective, simulator
from iamconsole.interfaces.console.pages.entities import crumbs
from iamconsole.interfaces.console.pages.groups import leaving
from iamconsole.interfaces.console.pages.kinds import GROUP
from iamconsole.interfaces.console.pages.users.list import USERS
from iamconsole.interfaces.console.visit import Visit
from iamconsole.kernel.errors import NoSuchEntity

TABS = (
    ("users", _("Users")),
    ("permissions", _("Permissions")),
    ("access", _("Effective access")),
    ("last-accessed", _("Last accessed")),
    ("activity", _("Activity")),
    ("details", _("Details")),
)
MOST_SHOWN = 200  # members on the page; the list of users has search and pages


def group_detail(visit: Visit, name: str, tab: str = "users") -> HttpResponse:
    if tab not in dict(TABS):
        raise NoSuchEntity(_("There is no page at this address."))
    found = visit.run("iam:GetGroup", group_name=name, max_items=MOST_SHOWN)
    group = found.group
    name, who = group.group_name, GROUP.named(group.group_name)
    rename = cells.action(_("Rename or move"), reverse("console:group-edit", args=[name]), icon="pencil")
    delete = cells.action(_("Delete"), reverse("console:group-delete", args=[name]), tone="danger", icon="trash-2")
    context = {
        "title": name,
        "arn": group.arn,
        "breadcrumbs": [{"label": _("Access management")}, *crumbs(GROUP, name)[:1], {"label": name}],
        "actions": [
            *simulator.control(visit, group.arn),
            visit.offer(rename, "iam:UpdateGroup", **who),
            visit.offer(delete, "iam:DeleteGroup", "iam:ListAttachedGroupPolicies", "iam:ListGroupPolicies", **who),
        ],
        "facts": [
            {"label": _("Created"), "cell": cells.time(group.create_date)},
            {"label": _("Path"), "cell": cells.mono(group.path)},
            {"label": _("Unique ID"), "cell": cells.mono(group.group_id, copyable=True)},
        ],
        "tabs": [{"label": label, "url": tab_url(name, key), "current": key == tab} for key, label in TABS],
        "panels": _panels(visit, found, tab),
    }
    return visit.page("detail", context)


def tab_url(name: str, tab: str) -> str:
    return reverse("console:group", args=[name]) if tab == "users" else reverse("console:group-tab", args=[name, tab])


def _panels(visit: Visit, found: Any, tab: str) -> list[panels.Panel]:
    if tab == "users":
        return [_users(visit, found)]
    if tab == "permissions":
        name = found.group.group_name
        return [panels.guarded(_("Permissions policies"), lambda: panels.policies(visit, GROUP, name))]
    if tab == "access":
        return [effective.panel(visit, GROUP, found.group.arn, found.group.group_name)]
    if tab == "last-accessed":
        return [activity.last_accessed(visit, found.group.arn)]
    if tab == "activity":
        return [activity.changes(visit, found.group.arn)]
    return [panels.json(_("As the API shows it"), found.group)]


def _users(visit: Visit, found: Any) -> panels.Panel:
    name, who = found.group.group_name, GROUP.named(found.group.group_name)
    may_remove = visit.refusal("iam:RemoveUserFromGroup", **who) is None
    rows = []
    for user in found.users:
        link = cells.link(user.user_name, reverse("console:user", args=[user.user_name]))
        remove = cells.action(_("Remove"), leaving.from_group(name, user.user_name), tone="danger")
        last = cells.time(user.password_last_used)
        rows.append(
            {"cells": [link, last, cells.time(user.create_date), cells.actions(remove if may_remove else None)]}
        )
    add = cells.action(_("Add users"), reverse("console:group-add", args=[name]), icon="user-plus")
    more = _("the first %(n)d") % {"n": len(rows)} if found.is_truncated else len(rows) or ""
    return {
        "title": _("Users"),
        "note": more,
        "columns": [
            {"label": _("User")},
            {"label": _("Password last used")},
            {"label": _("Created")},
            {"label": _("Actions"), "hidden": True},
        ],
        "rows": rows,
        "actions": [visit.offer(add, "iam:AddUserToGroup", "iam:ListUsers", **who)],
        "empty": {
            "title": _("No users in this group"),
            "text": _("Whoever joins has what its policies grant at once, and loses it when leaving."),
            "icon": "users",
        },
    }


def group_add(visit: Visit, name: str) -> HttpResponse:
    """Choose users from their list and add them."""
    here, who = reverse("console:group-add", args=[name]), GROUP.named(name)
    if visit.posting:
        chosen = visit.request.POST.getlist("selected")
        items = [("iam:AddUserToGroup", {**who, "user_name": user}) for user in chosen]
        if reviewing.is_asked(visit) and chosen:
            return reviewing.review(
                visit,
                items,
                title=_("Add these users to %(name)s?") % {"name": name},
                chosen=chosen,
                fields=[("selected", user) for user in chosen],
                submit_label=_("Add to group"),
                crumbs=crumbs(GROUP, name),
                url=here,
                cancel_url=tab_url(name, "users"),
            )
        visit.batch(items)
        return visit.redirect(tab_url(name, "users"), _("The users of %(name)s were saved.") % {"name": name})
    name = visit.run("iam:GetGroup", **who, max_items=1).group.group_name
    visit.demand("iam:AddUserToGroup", **who)
    picker = replace(
        USERS,
        url=here,
        title=_("Add users to %(name)s") % {"name": name},
        bulk=(listing.Choice(value=reviewing.REVIEW, label=_("Add to group")),),
        bulk_url=here,
        select_all=False,
        controls=lambda _visit: [],
        crumbs=crumbs(GROUP, name),
    )
    return listing.show(visit, picker)
