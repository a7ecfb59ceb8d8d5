"""Deleting a user with all that depends on it, in one batch; the name is typed, since nothing brings it back."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.deactivation import DENY_ALL
from iamconsole.interfaces.console.pages.consequences import (
    ACCESS_KEYS,
    DETACHED,
    GROUPS,
    INLINE,
    MFA_DEVICES,
    consequence,
    keys_used,
    refused,
    signed_in,
    trusting,
)
from iamconsole.interfaces.console.pages.credentials.kinds import CREDENTIALS
from iamconsole.interfaces.console.pages.mfa.devices import name_of, removal
from iamconsole.interfaces.console.visit import Item, Visit
from iamconsole.kernel.errors import DeleteConflict

ONESELF = _("You are signed in as this user: its rights would end half-way. Let another administrator delete it.")


def is_oneself(visit: Visit, name: str) -> bool:
    """Whether the user is the one who asks; his policies must go before he does, and with them the right to go on."""
    return visit.call.principal.is_user and visit.call.principal.name == name


def user_delete(visit: Visit, name: str) -> HttpResponse:
    user = visit.run("iam:GetUser", user_name=name).user
    name = user.user_name
    visit.demand("iam:DeleteUser", user_name=name)
    if visit.posting and is_oneself(visit, name):
        raise DeleteConflict(str(ONESELF))
    items, consequences = dependents(visit, name)
    items.append(("iam:DeleteUser", {"user_name": name}))
    consequences += trusting(visit, user.arn)
    wrong = ""
    if visit.posting:
        if visit.request.POST.get("confirm") == name:
            visit.batch(items)
            return visit.redirect(reverse("console:users"), _("User %(name)s was deleted.") % {"name": name})
        wrong = _("This is not the name of the user.")
    there = reverse("console:user", args=[name])
    context: dict[str, Any] = {
        "title": _("Delete %(name)s?") % {"name": name},
        "warning": _("This cannot be undone. What goes with it:") if consequences else "",
        "breadcrumbs": [
            {"label": _("Users"), "url": reverse("console:users")},
            {"label": name, "url": there},
            {"label": _("Delete")},
        ],
        "consequences": consequences,
        "blockers": [{"label": ONESELF}] if is_oneself(visit, name) else refused(visit, items),
        "typed_name": name,
        "typed_error": wrong,
        "submit_label": _("Delete user"),
        "cancel_url": there,
    }
    denial = {"user_name": name, "policy_arn": DENY_ALL}
    if (
        ("iam:DetachUserPolicy", denial) not in items
        and not is_oneself(visit, name)
        and visit.refusal("iamconsole:DeactivateUser", user_name=name) is None
    ):
        context["deactivate"] = {
            "url": reverse("console:user-deactivate", args=[name]),
            "text": _("Deactivating shuts the user out just the same, and can be undone."),
        }
    return visit.page("confirm_delete", context, status=400 if wrong else 200)


def dependents(visit: Visit, name: str) -> tuple[list[Item], list[dict[str, Any]]]:
    """What must go before the user, as operations and in words."""
    who = {"user_name": name}
    items: list[Item] = []
    told: list[dict[str, Any]] = []
    if visit.look("iam:GetLoginProfile", **who):
        items.append(("iam:DeleteLoginProfile", who))
        told += [{"label": _("Its console password stops working."), "icon": "lock"}, *signed_in(visit, name)]
    keys = visit.all("iam:ListAccessKeys", **who)
    items += [("iam:DeleteAccessKey", {**who, "access_key_id": key.access_key_id}) for key in keys]
    told += consequence(ACCESS_KEYS, [key.access_key_id for key in keys], "key-round")
    told += keys_used(visit, [key.access_key_id for key in keys])
    devices = [device.serial_number for device in visit.all("iam:ListMFADevices", **who)]
    items += [item for serial in devices for item in removal(visit, serial, **who)]
    told += consequence(MFA_DEVICES, [name_of(serial) for serial in devices], "smartphone")
    for kind in CREDENTIALS.values():
        ids = [getattr(one, kind.member) for one in kind.of(visit, name)]
        items += [(kind.action("Delete"), kind.named(name, ident)) for ident in ids]
        told += consequence(kind.lost, ids, "file-key")
    groups = [group.group_name for group in visit.all("iam:ListGroupsForUser", **who)]
    visit.foresee("iam:RemoveUserFromGroup", groups)
    items += [("iam:RemoveUserFromGroup", {**who, "group_name": group}) for group in groups]
    told += consequence(GROUPS, groups, "users")
    attached = visit.all("iam:ListAttachedUserPolicies", **who)
    items += [("iam:DetachUserPolicy", {**who, "policy_arn": policy.policy_arn}) for policy in attached]
    told += consequence(DETACHED, [policy.policy_name for policy in attached], "unlink")
    inline = visit.all("iam:ListUserPolicies", **who)
    items += [("iam:DeleteUserPolicy", {**who, "policy_name": policy}) for policy in inline]
    told += consequence(INLINE, inline, "scroll-text")
    return items, told
