"""Deactivating users, one or many: everything denied, credentials inactive, console sessions ended."""

from __future__ import annotations

from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from iamconsole.interfaces.console.bulk import Skipped
from iamconsole.interfaces.console.bulk.actions import Data
from iamconsole.interfaces.console.pages.credentials.kinds import CREDENTIALS
from iamconsole.interfaces.console.pages.kinds import USER
from iamconsole.interfaces.console.pages.users.delete import is_oneself
from iamconsole.interfaces.console.visit import Item, Visit

ONESELF = _("This is you: you would lock yourself out, and only another administrator could undo it.")
ALREADY = _("is deactivated already")
NOT_SO = _("is not deactivated")
DEACTIVATE: Final = "iamconsole:DeactivateUser"
REACTIVATE: Final = "iamconsole:ReactivateUser"
STATE: Final = "iamconsole:GetUserDeactivation"
CREDENTIAL_LISTS: Final = ("iam:ListAccessKeys", *(kind.action("List") for kind in CREDENTIALS.values()))
READS: Final = (STATE, *CREDENTIAL_LISTS, "iamconsole:ListConsoleSessions")
"""What must be read of a user to deactivate it."""
ACCESS_KEY: Final = "AccessKey"


def deactivating(visit: Visit, name: str, _data: Data | None = None) -> list[Item]:
    """One operation, unless there is nothing left to stop."""
    if is_oneself(visit, name):
        raise Skipped(ONESELF)
    who = USER.named(name)
    out = visit.look(STATE, **who) is not None and not active(visit, name)
    if out and not visit.run("iamconsole:ListConsoleSessions", **who).console_sessions:
        return []
    return [(DEACTIVATE, who)]


def reactivating(visit: Visit, name: str, data: Data) -> list[Item]:
    """One operation, unless the user is not deactivated; credentials come back unless that is not wanted."""
    if visit.look(STATE, **USER.named(name)) is None:
        return []
    return [(REACTIVATE, {**USER.named(name), "with_credentials": bool(data.get("with_credentials"))})]


def active(visit: Visit, name: str) -> dict[str, list[str]]:
    """The ids of a user's active credentials, by the kinds that CredentialReference tells apart."""
    keys: list[Any] = visit.all("iam:ListAccessKeys", **USER.named(name))
    found = {ACCESS_KEY: [key.access_key_id for key in keys if key.status == "Active"]}
    for kind in CREDENTIALS.values():
        found[kind.noun] = [getattr(one, kind.member) for one in kind.of(visit, name) if one.status == "Active"]
    return {noun: ids for noun, ids in found.items() if ids}


def told_of_deactivating(_visit: Visit, _data: Data) -> list[Any]:
    return [
        _("AWSDenyAll is attached, whatever the quota of policies: whatever else they have, they can do nothing."),
        _("Active access keys, certificates and service credentials become inactive, and console sessions end."),
        _("Password, groups and policies stay as they are: Reactivate undoes this."),
    ]


def told_of_reactivating(_visit: Visit, data: Data) -> list[Any]:
    back = _("Access keys, certificates and service credentials that were active before become active; others do not.")
    stay = _("Access keys, certificates and service credentials stay inactive.")
    restored = data.get("with_credentials")
    return [_("AWSDenyAll is detached: what policies allow holds again."), back if restored else stay]
