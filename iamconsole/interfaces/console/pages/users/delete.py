"""Deleting a user with all that depends on it, in one batch; the name is typed, since nothing brings it back."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from iamconsole.interfaces.console.pages.consequences import (
    ACCESS_KEYS,
    CERTIFICATES,
    DETACHED,
    GROUPS,
    INLINE,
    MFA_DEVICES,
    SERVICE_CREDENTIALS,
    SSH_KEYS,
    consequence,
    trusting,
    used,
)
from iamconsole.interfaces.console.pages.mfa.devices import name_of, removal
from iamconsole.interfaces.console.visit import Item, Visit
from iamconsole.kernel.errors import DeleteConflict

# A user has few of these, so that the first page of a list is the whole of it.
OTHER_CREDENTIALS = (
    ("SSHPublicKey", "ssh_public_keys", "ssh_public_key_id", SSH_KEYS),
    ("SigningCertificate", "certificates", "certificate_id", CERTIFICATES),
    (
        "ServiceSpecificCredential",
        "service_specific_credentials",
        "service_specific_credential_id",
        SERVICE_CREDENTIALS,
    ),
)


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
    items, consequences, keys = dependents(visit, name)
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
        "blockers": [{"label": ONESELF}] if is_oneself(visit, name) else [],
        "typed_name": name,
        "typed_error": wrong,
        "submit_label": _("Delete user"),
        "cancel_url": there,
    }
    if keys:
        context["deactivate"] = {
            "url": reverse("console:user-keys", args=[name]),
            "label": _("Deactivate keys instead"),
            "text": _("Deactivating its keys stops its programs just as well, and can be undone."),
            "fields": [{"name": "do", "value": "deactivate-all"}],
        }
    return visit.page("confirm_delete", context, status=400 if wrong else 200)


def dependents(visit: Visit, name: str) -> tuple[list[Item], list[dict[str, Any]], list[str]]:
    """What must go before the user, as operations and in words; and the ids of its active keys."""
    who = {"user_name": name}
    items: list[Item] = []
    told: list[dict[str, Any]] = []
    if visit.look("iam:GetLoginProfile", **who):
        items.append(("iam:DeleteLoginProfile", who))
        told.append({"label": _("Its console password stops working."), "icon": "lock"})
    keys = visit.all("iam:ListAccessKeys", **who)
    items += [("iam:DeleteAccessKey", {**who, "access_key_id": key.access_key_id}) for key in keys]
    told += consequence(ACCESS_KEYS, [key.access_key_id for key in keys], "key-round")
    for key in keys:
        if not visit.refusal("iam:GetAccessKeyLastUsed"):
            last = visit.run("iam:GetAccessKeyLastUsed", access_key_id=key.access_key_id).access_key_last_used
            told += used(f"{key.access_key_id}: {_('used %(when)s')}", last.last_used_date, visit.call.time)
    devices = [device.serial_number for device in visit.all("iam:ListMFADevices", **who)]
    items += [item for serial in devices for item in removal(visit, serial, **who)]
    told += consequence(MFA_DEVICES, [name_of(serial) for serial in devices], "smartphone")
    for noun, listed, member, said in OTHER_CREDENTIALS:
        ids = [getattr(one, member) for one in getattr(visit.run(f"iam:List{noun}s", **who), listed)]
        items += [(f"iam:Delete{noun}", {**who, member: ident}) for ident in ids]
        told += consequence(said, ids, "file-key")
    groups = [group.group_name for group in visit.all("iam:ListGroupsForUser", **who)]
    items += [("iam:RemoveUserFromGroup", {**who, "group_name": group}) for group in groups]
    told += consequence(GROUPS, groups, "users")
    attached = visit.all("iam:ListAttachedUserPolicies", **who)
    items += [("iam:DetachUserPolicy", {**who, "policy_arn": policy.policy_arn}) for policy in attached]
    told += consequence(DETACHED, [policy.policy_name for policy in attached], "unlink")
    inline = visit.all("iam:ListUserPolicies", **who)
    items += [("iam:DeleteUserPolicy", {**who, "policy_name": policy}) for policy in inline]
    told += consequence(INLINE, inline, "scroll-text")
    return items, told, [key.access_key_id for key in keys if key.status == "Active"]
