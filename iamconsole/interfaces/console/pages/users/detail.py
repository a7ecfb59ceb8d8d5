"""A user: permissions, groups, security credentials, tags and details, a tab each with an address of its own."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.groups import console as groups
from iamconsole.interfaces.console import cells, deactivated
from iamconsole.interfaces.console.pages import panels
from iamconsole.interfaces.console.pages.access import activity, effective, simulator
from iamconsole.interfaces.console.pages.credentials import panels as credentials
from iamconsole.interfaces.console.pages.events.filters import Asked
from iamconsole.interfaces.console.pages.groups import leaving
from iamconsole.interfaces.console.pages.kinds import GROUP, USER
from iamconsole.interfaces.console.pages.mfa import of_user as mfa
from iamconsole.interfaces.console.pages.users import deactivation
from iamconsole.interfaces.console.pages.users.deactivation import CREDENTIAL_LISTS
from iamconsole.interfaces.console.visit import Visit
from iamconsole.kernel.errors import AccessDenied, NoSuchEntity

TABS = (
    ("access", _("Effective access")),
    ("permissions", _("Permissions")),
    ("groups", _("Groups")),
    ("credentials", _("Security credentials")),
    ("last-accessed", _("Last accessed")),
    ("activity", _("Activity")),
    ("tags", _("Tags")),
    ("details", _("Details")),
)


DELETION_READS = (
    *CREDENTIAL_LISTS,
    *(
        f"iam:{name}"
        for name in (
            "GetLoginProfile",
            "ListMFADevices",
            "ListGroupsForUser",
            "ListAttachedUserPolicies",
            "ListUserPolicies",
        )
    ),
)
"""What must be read of a user to say, and do, what goes with it."""


def user_detail(visit: Visit, name: str, tab: str = "permissions") -> HttpResponse:
    if tab not in dict(TABS):
        raise NoSuchEntity(_("There is no page at this address."))
    user = visit.run("iam:GetUser", user_name=name).user
    name = user.user_name
    context = head(visit, user) | {
        "tabs": [{"label": label, "url": tab_url(name, key), "current": key == tab} for key, label in TABS],
        "panels": PANELS[tab](visit, user),
    }
    return visit.page("detail", context)


def tab_url(name: str, tab: str) -> str:
    return (
        reverse("console:user", args=[name]) if tab == "permissions" else reverse("console:user-tab", args=[name, tab])
    )


def head(visit: Visit, user: Any) -> dict[str, Any]:
    """Title, facts and actions of a user."""
    name, who = user.user_name, USER.named(user.user_name)
    seen = visit.refusal("iam:ListAttachedUserPolicies", **who) is None
    out = seen and deactivated.is_deactivated(visit, user.user_id)
    deactivate = cells.action(_("Deactivate user"), reverse("console:user-deactivate", args=[name]), icon="user-x")
    rename = cells.action(_("Rename or move"), reverse("console:user-edit", args=[name]), icon="pencil")
    delete = cells.action(_("Delete"), reverse("console:user-delete", args=[name]), tone="danger", icon="trash-2")
    return {
        "title": name,
        "banner": _banner(visit, name) if out else None,
        "arn": user.arn,
        "breadcrumbs": [
            {"label": _("Access management")},
            {"label": _("Users"), "url": reverse("console:users")},
            {"label": name},
        ],
        "actions": [
            *simulator.control(visit, user.arn),
            visit.offer(rename, "iam:UpdateUser", **who),
            *([] if out else [visit.offer(deactivate, deactivation.DEACTIVATE, *deactivation.READS, **who)]),
            visit.offer(delete, "iam:DeleteUser", *DELETION_READS, **who),
        ],
        "facts": [
            {"label": _("Created"), "cell": cells.time(user.create_date)},
            {"label": _("Path"), "cell": cells.mono(user.path)},
            {"label": _("Unique ID"), "cell": cells.mono(user.user_id, copyable=True)},
            {"label": _("Password last used"), "cell": cells.time(user.password_last_used)},
        ],
    }


def _banner(visit: Visit, name: str) -> dict[str, Any]:
    """Above the tabs of a user that was deactivated, with the way back."""
    back = cells.action(_("Reactivate"), reverse("console:user-reactivate", args=[name]), icon="user-check")
    return {
        "title": _("Deactivated"),
        "text": _("AWSDenyAll is attached: whatever else this user has, it can do nothing."),
        "icon": "user-x",
        "tone": "bad",
        "action": visit.offer(back, deactivation.REACTIVATE, deactivation.STATE, **USER.named(name)),
    }


def _permissions(visit: Visit, user: Any) -> list[panels.Panel]:
    name = user.user_name
    bound = user.permissions_boundary
    return [
        panels.guarded(_("Permissions policies"), lambda: panels.policies(visit, USER, name)),
        panels.guarded(_("Through groups"), lambda: _through_groups(visit, name)),
        panels.boundary(visit, USER, name, bound.permissions_boundary_arn if bound else None),
    ]


def _through_groups(visit: Visit, name: str) -> panels.Panel:
    names = [group.group_name for group in visit.all("iam:ListGroupsForUser", user_name=name)]
    for action in ("iam:ListAttachedGroupPolicies", "iam:ListGroupPolicies"):
        visit.foresee(action, names)
        for group_name in names:
            visit.demand(action, group_name=group_name)
    rows = []
    for group_name, policy_name, policy_arn in groups.policies_of(visit.call.account_id, names):
        there = reverse("console:group", args=[group_name])
        to_policy = reverse("console:policy", args=[policy_arn]) if policy_arn else ""
        kind = panels.policy_type(policy_arn) if policy_arn else cells.badge(_("Inline"))
        rows.append({"cells": [cells.chain((group_name, there), (policy_name, to_policy)), kind]})
    return {
        "title": _("Through groups"),
        "note": len(rows) or "",
        "columns": [{"label": _("Group and policy")}, {"label": _("Type")}],
        "rows": rows,
        "empty": {
            "title": _("Nothing through groups"),
            "text": _("What groups grant is reviewed in one place. Add the user to a group that has policies."),
            "icon": "users",
            "action": visit.offer(join_control(name), "iam:AddUserToGroup", "iam:ListGroups", user_name=name),
        },
    }


def join_control(name: str) -> dict[str, Any]:
    return cells.action(_("Add to groups"), reverse("console:user-join", args=[name]), icon="plus")


def _groups(visit: Visit, user: Any) -> list[panels.Panel]:
    return [panels.guarded(_("Groups"), lambda: _group_panel(visit, user.user_name))]


def _group_panel(visit: Visit, name: str) -> panels.Panel:
    rows = []
    found = visit.all("iam:ListGroupsForUser", user_name=name)
    visit.foresee("iam:RemoveUserFromGroup", [group.group_name for group in found])
    for group in found:
        who = GROUP.named(group.group_name)
        refused = visit.refusal("iam:RemoveUserFromGroup", **who, user_name=name)
        remove = cells.action(_("Remove"), leaving.from_user(group.group_name, name), tone="danger")
        link = cells.link(group.group_name, reverse("console:group", args=[group.group_name]))
        rows.append({"cells": [link, cells.mono(group.path), cells.actions(None if refused else remove)]})
    return {
        "title": _("Groups"),
        "note": len(rows) or "",
        "columns": [{"label": _("Group")}, {"label": _("Path")}, {"label": _("Actions"), "hidden": True}],
        "rows": rows,
        "actions": [visit.offer(join_control(name), "iam:AddUserToGroup", "iam:ListGroups", user_name=name)],
        "empty": {
            "title": _("In no group"),
            "text": _("A group carries its policies to all its members: who joins may do what the others may."),
            "icon": "users",
        },
    }


def _credentials(visit: Visit, user: Any) -> list[panels.Panel]:
    name = user.user_name
    password = panels.guarded(_("Console password"), lambda: _password(visit, user))
    has_password = "pairs" in password
    return [
        password,
        panels.guarded(_("MFA devices"), lambda: mfa.panel(visit, name, has_password=has_password)),
        panels.guarded(_("Access keys"), lambda: _keys(visit, name)),
        *credentials.panels(visit, name),
    ]


def _password(visit: Visit, user: Any) -> panels.Panel:
    name, who = user.user_name, USER.named(user.user_name)
    found = visit.look("iam:GetLoginProfile", **who)
    change = cells.action(
        _("Change password") if found else _("Enable console access"),
        reverse("console:user-password", args=[name]),
        icon="key-round",
    )
    offered = visit.offer(change, "iam:UpdateLoginProfile" if found else "iam:CreateLoginProfile", **who)
    panel: panels.Panel = {"title": _("Console password"), "actions": [offered]}
    if not found:
        return panel | {"text": _("This user has no password and cannot sign in to the console.")}
    remove = cells.action(
        _("Disable console access"), reverse("console:user-password-delete", args=[name]), tone="danger"
    )
    where = cells.action(_("Sessions"), reverse("console:user-sessions", args=[name]), icon="monitor")
    panel["actions"] += [
        visit.offer(where, "iamconsole:ListConsoleSessions", **who),
        visit.offer(remove, "iam:DeleteLoginProfile", **who),
    ]
    profile = found.login_profile
    return panel | {
        "pairs": [
            {"label": _("Enabled"), "cell": cells.time(profile.create_date)},
            {"label": _("Last used"), "cell": cells.time(user.password_last_used)},
            {"label": _("Must change it at the next sign-in"), "cell": cells.yesno(profile.password_reset_required)},
        ]
    }


def _keys(visit: Visit, name: str) -> panels.Panel:
    keys = visit.all("iam:ListAccessKeys", user_name=name)
    create = cells.post(_("Create access key"), reverse("console:user-keys", args=[name]), do="create")
    rotations = cells.action(
        _("Rotations"), f"{reverse('console:rotations')}?{urlencode({'q': name})}", icon="refresh-cw"
    )
    return {
        "title": _("Access keys"),
        "note": _("%(used)d of 2") % {"used": len(keys)},
        "columns": [
            {"label": _("Access key ID")},
            {"label": _("Status")},
            {"label": _("Age")},
            {"label": _("Last used")},
            {"label": _("Actions"), "hidden": True},
        ],
        "rows": [_key(visit, name, key) for key in keys],
        "actions": [
            visit.offer(create | {"icon": "plus"}, "iam:CreateAccessKey", user_name=name),
            visit.offer(rotations, "iamconsole:ListKeyRotations"),
        ],
        "empty": {
            "title": _("No access keys"),
            "text": _("Programs sign their requests with an access key. A role's temporary credentials are safer."),
            "icon": "key-round",
        },
    }


def _key(visit: Visit, name: str, key: Any) -> dict[str, Any]:
    active = key.status == "Active"
    there, key_id = reverse("console:user-keys", args=[name]), key.access_key_id
    wanted = "Inactive" if active else "Active"
    switch = cells.post(
        _("Deactivate") if active else _("Activate"), there, do="update", access_key_id=key_id, status=wanted
    )
    delete = cells.action(_("Delete"), reverse("console:user-key-delete", args=[name, key_id]), tone="danger")
    rotate = cells.action(_("Rotate"), reverse("console:rotation-start", args=[name, key_id]))
    events = cells.action(_("Events"), Asked(chosen={"access_key_id": key_id}).url())
    may_look = visit.refusal("iamconsole:LookupAuditEvents") is None
    may_rotate = active and visit.refusal("iamconsole:StartKeyRotation", user_name=name) is None
    may_switch = visit.refusal("iam:UpdateAccessKey", user_name=name) is None
    may_delete = visit.refusal("iam:DeleteAccessKey", user_name=name) is None
    return {
        "cells": [
            cells.mono(key_id, copyable=True),
            cells.badge(_("Active") if active else _("Inactive"), "ok" if active else "neutral"),
            cells.age((visit.call.time - key.create_date).days) | {"since": key.create_date},
            _last_used(visit, key_id),
            cells.actions(
                events if may_look else None,
                rotate if may_rotate else None,
                switch if may_switch else None,
                delete if may_delete else None,
            ),
        ]
    }


def _last_used(visit: Visit, key_id: str) -> cells.Cell:
    try:
        used = visit.run("iam:GetAccessKeyLastUsed", access_key_id=key_id).access_key_last_used
    except AccessDenied:
        return cells.text("", empty=_("not visible to you"))
    where = [said for said in (used.service_name, used.region) if said != "N/A"]
    return cells.time(used.last_used_date) | {"note": ", ".join(where)}


def _access(visit: Visit, user: Any) -> list[panels.Panel]:
    return [effective.panel(visit, USER, user.arn, user.user_name)]


def _last_accessed(visit: Visit, user: Any) -> list[panels.Panel]:
    return [activity.last_accessed(visit, user.arn)]


def _activity(visit: Visit, user: Any) -> list[panels.Panel]:
    return activity.activity(visit, user.user_id, user.arn)


def _tags(visit: Visit, user: Any) -> list[panels.Panel]:
    name = user.user_name
    refused = visit.refusal("iam:TagUser", user_name=name) or visit.refusal("iam:ListUserTags", user_name=name)
    return [panels.tags(visit, USER.url(name, "tags"), user.tags or [], refused=refused)]


def _details(visit: Visit, user: Any) -> list[panels.Panel]:
    return [panels.json(_("As the API shows it"), user)]


PANELS = {
    "access": _access,
    "permissions": _permissions,
    "groups": _groups,
    "credentials": _credentials,
    "last-accessed": _last_accessed,
    "activity": _activity,
    "tags": _tags,
    "details": _details,
}
