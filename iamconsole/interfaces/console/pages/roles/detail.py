"""A role: permissions, trust, tags, the instance profiles that hold it, and details."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from iamconsole.interfaces.console import cells, switched
from iamconsole.interfaces.console.pages import panels
from iamconsole.interfaces.console.pages.access import activity, effective, simulator
from iamconsole.interfaces.console.pages.entities import crumbs
from iamconsole.interfaces.console.pages.kinds import ROLE
from iamconsole.interfaces.console.pages.roles import sessions
from iamconsole.interfaces.console.pages.roles.create import copy_control
from iamconsole.interfaces.console.visit import Visit
from iamconsole.kernel.errors import NoSuchEntity

TABS = (
    ("access", _("Effective access")),
    ("permissions", _("Permissions")),
    ("trust", _("Trust relationships")),
    ("sessions", _("Sessions")),
    ("last-accessed", _("Last accessed")),
    ("activity", _("Activity")),
    ("tags", _("Tags")),
    ("details", _("Details")),
)


def role_detail(visit: Visit, name: str, tab: str = "permissions") -> HttpResponse:
    if tab not in dict(TABS):
        raise NoSuchEntity(_("There is no page at this address."))
    role = visit.run("iam:GetRole", role_name=name).role
    name, who = role.role_name, ROLE.named(role.role_name)
    edit = cells.action(_("Edit"), reverse("console:role-edit", args=[name]), icon="pencil")
    delete = cells.action(_("Delete"), reverse("console:role-delete", args=[name]), tone="danger", icon="trash-2")
    switch = cells.action(_("Switch role"), sessions.switch_url(visit, role), icon="arrow-left-right")
    used = role.role_last_used
    context = {
        "title": name,
        "arn": role.arn,
        "subtitle": role.description or "",
        "breadcrumbs": [{"label": _("Access management")}, *crumbs(ROLE, name)[:1], {"label": name}],
        "actions": [
            *simulator.control(visit, role.arn),
            *([switch] if switched.menu(visit.request) else []),
            copy_control(visit, name),
            visit.offer(edit, "iam:UpdateRole", **who),
            visit.offer(
                delete,
                "iam:DeleteRole",
                "iam:ListInstanceProfilesForRole",
                "iam:ListAttachedRolePolicies",
                "iam:ListRolePolicies",
                **who,
            ),
        ],
        "facts": [
            {"label": _("Created"), "cell": cells.time(role.create_date)},
            {"label": _("Last used"), "cell": cells.time(used.last_used_date if used else None)},
            {"label": _("Longest session"), "cell": cells.text(duration(role.max_session_duration))},
            {"label": _("Unique ID"), "cell": cells.mono(role.role_id, copyable=True)},
        ],
        "tabs": [{"label": label, "url": tab_url(name, key), "current": key == tab} for key, label in TABS],
        "panels": PANELS[tab](visit, role),
    }
    return visit.page("detail", context)


def duration(seconds: int) -> str:
    """`3600` as `1 hour`."""
    hours, minutes = seconds // 3600, seconds % 3600 // 60
    said = ngettext("%(n)d hour", "%(n)d hours", hours) % {"n": hours}
    return f"{said} {ngettext('%(n)d minute', '%(n)d minutes', minutes) % {'n': minutes}}" if minutes else said


def tab_url(name: str, tab: str) -> str:
    return (
        reverse("console:role", args=[name]) if tab == "permissions" else reverse("console:role-tab", args=[name, tab])
    )


def _permissions(visit: Visit, role: Any) -> list[panels.Panel]:
    bound = role.permissions_boundary
    return [
        panels.guarded(_("Permissions policies"), lambda: panels.policies(visit, ROLE, role.role_name)),
        panels.boundary(visit, ROLE, role.role_name, bound.permissions_boundary_arn if bound else None),
    ]


def _trust(visit: Visit, role: Any) -> list[panels.Panel]:
    edit = cells.action(_("Edit trust policy"), reverse("console:role-trust", args=[role.role_name]), icon="pencil")
    return [
        {
            "title": _("Trust policy"),
            "note": _("who may assume this role"),
            "code": panels.laid_out(role.assume_role_policy_document),
            "actions": [visit.offer(edit, "iam:UpdateAssumeRolePolicy", role_name=role.role_name)],
        },
        panels.guarded(_("Instance profiles"), lambda: _profiles(visit, role.role_name)),
    ]


def _profiles(visit: Visit, name: str) -> panels.Panel:
    found = visit.all("iam:ListInstanceProfilesForRole", role_name=name)
    return {
        "title": _("Instance profiles"),
        "note": _("how hosts are given this role"),
        "columns": [{"label": _("Instance profile")}, {"label": _("ARN")}, {"label": _("Created")}],
        "rows": [
            {
                "cells": [
                    cells.text(p.instance_profile_name),
                    cells.mono(p.arn, copyable=True),
                    cells.time(p.create_date),
                ]
            }
            for p in found
        ],
        "empty": {
            "title": _("In no instance profile"),
            "text": _("A host or a task is given a role through one. It is made with the command line:"),
            "icon": "server",
            "command": f"aws iam create-instance-profile --instance-profile-name {name}\n"
            f"aws iam add-role-to-instance-profile --instance-profile-name {name} --role-name {name}",
        },
    }


def _access(visit: Visit, role: Any) -> list[panels.Panel]:
    return [effective.panel(visit, ROLE, role.arn, role.role_name)]


def _last_accessed(visit: Visit, role: Any) -> list[panels.Panel]:
    return [activity.last_accessed(visit, role.arn)]


def _activity(visit: Visit, role: Any) -> list[panels.Panel]:
    return activity.activity(visit, role.role_id, role.arn)


def _tags(visit: Visit, role: Any) -> list[panels.Panel]:
    refused = visit.refusal("iam:TagRole", role_name=role.role_name) or visit.refusal(
        "iam:ListRoleTags", role_name=role.role_name
    )
    return [panels.tags(visit, ROLE.url(role.role_name, "tags"), role.tags or [], refused=refused)]


def _details(visit: Visit, role: Any) -> list[panels.Panel]:
    return [panels.json(_("As the API shows it"), role)]


def _sessions(visit: Visit, role: Any) -> list[panels.Panel]:
    return sessions.tab(visit, role, duration(role.max_session_duration))


PANELS = {
    "access": _access,
    "permissions": _permissions,
    "trust": _trust,
    "sessions": _sessions,
    "last-accessed": _last_accessed,
    "activity": _activity,
    "tags": _tags,
    "details": _details,
}
