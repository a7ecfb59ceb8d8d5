"""Deactivating users, one or many: everything denied, credentials inactive, console sessions ended."""

from __future__ import annotations

from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from iamconsole.interfaces.console.bulk import Skipped
from iamconsole.interfaces.console.bulk.actions import Data
from iamconsole.interfaces.console.bulk.attaching import has
from iamconsole.interfaces.console.deactivated import DENY_ALL
from iamconsole.interfaces.console.pages.credentials.kinds import CREDENTIALS
from iamconsole.interfaces.console.pages.kinds import USER
from iamconsole.interfaces.console.pages.users.delete import is_oneself
from iamconsole.interfaces.console.visit import Item, Visit

ONESELF = _("This is you: you would lock yourself out, and only another administrator could undo it.")
ALREADY = _("is deactivated already")
NOT_SO = _("is not deactivated")
CREDENTIAL_LISTS: Final = ("iam:ListAccessKeys", *(kind.action("List") for kind in CREDENTIALS.values()))
READS: Final = ("iam:ListAttachedUserPolicies", *CREDENTIAL_LISTS, "iamconsole:ListConsoleSessions")
"""What must be read of a user to deactivate it."""
OPPOSITE: Final = {"Active": "Inactive", "Inactive": "Active"}


def deactivating(visit: Visit, name: str, _data: Data | None = None) -> list[Item]:
    """The denial first: whatever else is refused in the batch, nothing is done by halves."""
    if is_oneself(visit, name):
        raise Skipped(ONESELF)
    who = USER.named(name)
    denied = has(visit, USER, name, DENY_ALL)
    items: list[Item] = [] if denied else [("iam:AttachUserPolicy", {**who, "policy_arn": DENY_ALL})]
    items += switching(visit, name, "Inactive")
    if visit.run("iamconsole:ListConsoleSessions", **who).console_sessions:
        items.append(("iamconsole:RevokeConsoleSessions", who))
    return items


def reactivating(visit: Visit, name: str, data: Data) -> list[Item]:
    """The denial is taken off; credentials come back where that was asked for."""
    if not has(visit, USER, name, DENY_ALL):
        return []
    detached: Item = ("iam:DetachUserPolicy", {**USER.named(name), "policy_arn": DENY_ALL})
    return [detached, *(switching(visit, name, "Active") if data.get("with_keys") else [])]


def switching(visit: Visit, name: str, status: str) -> list[Item]:
    """The operations that make active credentials of every kind inactive, or inactive ones active."""
    who, present = USER.named(name), OPPOSITE[status]
    keys: list[Any] = [key for key in visit.all("iam:ListAccessKeys", **who) if key.status == present]
    items: list[Item] = [
        ("iam:UpdateAccessKey", {**who, "access_key_id": key.access_key_id, "status": status}) for key in keys
    ]
    for kind in CREDENTIALS.values():
        ids = [getattr(one, kind.member) for one in kind.of(visit, name) if one.status == present]
        items += [(kind.action("Update"), {**kind.named(name, ident), "status": status}) for ident in ids]
    return items


def told_of_deactivating(_visit: Visit, _data: Data) -> list[Any]:
    return [
        _("AWSDenyAll is attached: whatever else they have, they can do nothing."),
        _("Active access keys, certificates and service credentials become inactive, and console sessions end."),
        _("Password, groups and policies stay as they are: Reactivate undoes this."),
    ]


def told_of_reactivating(_visit: Visit, data: Data) -> list[Any]:
    back = _("Inactive access keys, certificates and service credentials become active.")
    stay = _("Access keys, certificates and service credentials stay inactive.")
    return [_("AWSDenyAll is detached: what policies allow holds again."), back if data.get("with_keys") else stay]
