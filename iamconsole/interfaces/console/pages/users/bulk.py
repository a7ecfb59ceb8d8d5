"""What can be done to many users at once."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from iamconsole.interfaces.console import cells
from iamconsole.interfaces.console.bulk import Bulk, BulkList, Skipped
from iamconsole.interfaces.console.bulk.actions import Data
from iamconsole.interfaces.console.bulk.attaching import HAS_IT
from iamconsole.interfaces.console.bulk.forms import GroupForm, ReactivationForm
from iamconsole.interfaces.console.pages.users import access, deactivation
from iamconsole.interfaces.console.pages.users.credentials import deactivations
from iamconsole.interfaces.console.pages.users.delete import ONESELF, dependents, is_oneself
from iamconsole.interfaces.console.pages.users.list import USERS
from iamconsole.interfaces.console.visit import Item, Visit

NO_KEY = _("has no active access key")


def _is_member(visit: Visit, name: str, group_name: str) -> bool:
    groups: list[Any] = visit.all("iam:ListGroupsForUser", user_name=name)
    return any(group.group_name == group_name for group in groups)


def _add(visit: Visit, name: str, data: Data) -> list[Item]:
    group = data["group_name"]
    wanted = {"user_name": name, "group_name": group}
    return [] if _is_member(visit, name, group) else [("iam:AddUserToGroup", wanted)]


def _remove(visit: Visit, name: str, data: Data) -> list[Item]:
    group = data["group_name"]
    wanted = {"user_name": name, "group_name": group}
    return [("iam:RemoveUserFromGroup", wanted)] if _is_member(visit, name, group) else []


def _rotate(visit: Visit, name: str, _data: Data) -> list[Item]:
    """The oldest active key; a user whose key is being replaced already is refused by name in the preview."""
    return [("iamconsole:StartKeyRotation", {"user_name": name})] if deactivations(visit, name) else []


def _old_keys(visit: Visit, name: str, _data: Data) -> list[Item]:
    return deactivations(visit, name, until=visit.call.time - timedelta(days=cells.ROTATE_AFTER))


def _delete(visit: Visit, name: str, _data: Data) -> list[Item]:
    if is_oneself(visit, name):
        raise Skipped(ONESELF)
    items, _told = dependents(visit, name)
    return [*items, ("iam:DeleteUser", {"user_name": name})]


ACTIONS = (
    Bulk(
        value="add-to-group",
        label=_("Add to group"),
        title=ngettext_lazy("Add %(n)d user to a group", "Add %(n)d users to a group", "n"),
        done=ngettext_lazy("%(n)d user was added.", "%(n)d users were added.", "n"),
        items=_add,
        nothing=_("is in this group already"),
        form=GroupForm,
        needs=("iam:AddUserToGroup", "iam:ListGroups", "iam:ListGroupsForUser"),
    ),
    Bulk(
        value="require-mfa",
        label=_("Require MFA"),
        title=ngettext_lazy("Require MFA for %(n)d user", "Require MFA for %(n)d users", "n"),
        done=ngettext_lazy("MFA is required of %(n)d user.", "MFA is required of %(n)d users.", "n"),
        items=access.requiring_mfa,
        nothing=HAS_IT,
        before=access.mfa_policy,
        told=access.told_of_mfa,
        document=access.new_mfa_policy,
        needs=("iam:AttachUserPolicy", "iam:ListAttachedUserPolicies", "iam:GetPolicy"),
    ),
    Bulk(
        value="rotate-keys",
        label=_("Rotate keys"),
        title=ngettext_lazy("Rotate a key of %(n)d user", "Rotate a key of %(n)d users", "n"),
        done=ngettext_lazy("%(n)d rotation has begun.", "%(n)d rotations have begun.", "n"),
        items=_rotate,
        nothing=NO_KEY,
        needs=("iamconsole:StartKeyRotation", "iam:ListAccessKeys"),
    ),
    Bulk(
        value="deactivate",
        label=_("Deactivate"),
        tone="danger",
        title=ngettext_lazy("Deactivate %(n)d user", "Deactivate %(n)d users", "n"),
        done=ngettext_lazy("%(n)d user is deactivated.", "%(n)d users are deactivated.", "n"),
        items=deactivation.deactivating,
        nothing=deactivation.ALREADY,
        told=deactivation.told_of_deactivating,
        needs=(deactivation.DEACTIVATE, "iam:AttachUserPolicy", *deactivation.READS),
    ),
    Bulk(
        value="reactivate",
        label=_("Reactivate"),
        rare=True,
        title=ngettext_lazy("Reactivate %(n)d user", "Reactivate %(n)d users", "n"),
        done=ngettext_lazy("%(n)d user is active again.", "%(n)d users are active again.", "n"),
        items=deactivation.reactivating,
        nothing=deactivation.NOT_SO,
        form=ReactivationForm,
        told=deactivation.told_of_reactivating,
        needs=(deactivation.REACTIVATE, "iam:DetachUserPolicy", deactivation.STATE),
    ),
    Bulk(
        value="remove-from-group",
        label=_("Remove from group"),
        rare=True,
        title=ngettext_lazy("Remove %(n)d user from a group", "Remove %(n)d users from a group", "n"),
        done=ngettext_lazy("%(n)d user was removed.", "%(n)d users were removed.", "n"),
        items=_remove,
        nothing=_("is not in this group"),
        form=GroupForm,
        needs=("iam:RemoveUserFromGroup", "iam:ListGroups", "iam:ListGroupsForUser"),
    ),
    Bulk(
        value="deactivate-keys",
        label=_("Deactivate keys"),
        tone="danger",
        rare=True,
        title=ngettext_lazy("Deactivate the keys of %(n)d user", "Deactivate the keys of %(n)d users", "n"),
        done=ngettext_lazy("The keys of %(n)d user are inactive.", "The keys of %(n)d users are inactive.", "n"),
        items=lambda visit, name, _data: deactivations(visit, name),
        nothing=NO_KEY,
        needs=("iam:UpdateAccessKey", "iam:ListAccessKeys"),
    ),
    Bulk(
        value="deactivate-old-keys",
        label=_("Deactivate old keys"),
        tone="danger",
        offered=False,
        title=ngettext_lazy("Deactivate the old keys of %(n)d user", "Deactivate the old keys of %(n)d users", "n"),
        done=ngettext_lazy(
            "The old keys of %(n)d user are inactive.", "The old keys of %(n)d users are inactive.", "n"
        ),
        items=_old_keys,
        nothing=_("has no active access key over 90 days old"),
        needs=("iam:UpdateAccessKey", "iam:ListAccessKeys"),
    ),
    Bulk(
        value="delete",
        label=_("Delete users"),
        tone="danger",
        rare=True,
        title=ngettext_lazy("Delete %(n)d user", "Delete %(n)d users", "n"),
        done=ngettext_lazy("%(n)d user was deleted.", "%(n)d users were deleted.", "n"),
        items=_delete,
        nothing=_("is gone already"),
        needs=("iam:DeleteUser",),
    ),
)
BULK = BulkList(USERS, ACTIONS, url=lambda name: reverse("console:user", args=[name]))
