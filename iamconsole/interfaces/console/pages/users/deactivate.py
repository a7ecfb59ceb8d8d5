"""Deactivating a user: everything that it signs in or signs requests with is switched off, in one batch."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from iamconsole.interfaces.console.pages.consequences import (
    ACCESS_KEYS,
    consequence,
    keys_used,
    refused,
    signed_in,
)
from iamconsole.interfaces.console.pages.credentials.kinds import CREDENTIALS
from iamconsole.interfaces.console.pages.users.delete import is_oneself
from iamconsole.interfaces.console.visit import Item, Visit
from iamconsole.kernel.errors import DeleteConflict

ONESELF = _("You are signed in as this user, and would lock yourself out. Let another administrator do it.")
WARNING = _(
    "Groups, policies and MFA devices stay. Keys and certificates can be activated again; the password is deleted, "
    "and a new one must be set. Sessions of roles that the user assumed last until they expire."
)
NOTHING = _("%(name)s has no password and nothing that is active.")


def user_deactivate(visit: Visit, name: str) -> HttpResponse:
    """Ask with what stops working, and do it."""
    name = visit.run("iam:GetUser", user_name=name).user.user_name
    visit.demand("iam:UpdateAccessKey", user_name=name)
    there = reverse("console:user-tab", args=[name, "credentials"])
    if visit.posting and is_oneself(visit, name):
        raise DeleteConflict(str(ONESELF))
    items, consequences = _active(visit, name)
    if not items:
        return visit.redirect(there, NOTHING % {"name": name}, level=messages.INFO)
    if visit.posting:
        visit.batch(items)
        return visit.redirect(there, _("%(name)s is deactivated.") % {"name": name})
    context: dict[str, Any] = {
        "title": _("Deactivate %(name)s?") % {"name": name},
        "warning": WARNING,
        "breadcrumbs": [
            {"label": _("Users"), "url": reverse("console:users")},
            {"label": name, "url": there},
            {"label": _("Deactivate")},
        ],
        "consequences": consequences,
        "blockers": [{"label": ONESELF}] if is_oneself(visit, name) else refused(visit, items),
        "submit_label": _("Deactivate user"),
        "cancel_url": there,
    }
    return visit.page("confirm_delete", context)


def _active(visit: Visit, name: str) -> tuple[list[Item], list[dict[str, Any]]]:
    """What is active of a user: the operations that switch it off, and what that means in words."""
    who = {"user_name": name}
    items: list[Item] = []
    told: list[dict[str, Any]] = []
    if visit.look("iam:GetLoginProfile", **who):
        items.append(("iam:DeleteLoginProfile", who))
        told += [{"label": _("Its console password stops working."), "icon": "lock"}, *signed_in(visit, name)]
    keys = [key.access_key_id for key in visit.all("iam:ListAccessKeys", **who) if key.status == "Active"]
    items += [("iam:UpdateAccessKey", {**who, "access_key_id": key, "status": "Inactive"}) for key in keys]
    told += [*consequence(ACCESS_KEYS, keys, "key-round"), *keys_used(visit, keys)]
    for kind in CREDENTIALS.values():
        ids = [getattr(one, kind.member) for one in kind.of(visit, name) if one.status == "Active"]
        items += [(kind.action("Update"), {**kind.named(name, ident), "status": "Inactive"}) for ident in ids]
        told += consequence(kind.stopped, ids, "file-key")
    return items, told
