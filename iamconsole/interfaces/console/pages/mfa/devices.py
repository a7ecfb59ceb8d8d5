"""My own MFA devices: which there are, and taking one away."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from iamconsole.interfaces.console import cells
from iamconsole.interfaces.console.pages import panels
from iamconsole.interfaces.console.pages.mfa import codes
from iamconsole.interfaces.console.pages.mfa.verify import demanded
from iamconsole.interfaces.console.pages.policies import starters
from iamconsole.interfaces.console.visit import Item, Visit
from iamconsole.runtime.authentication import sessions

QUOTA = 8
SECOND_DEVICE = _("Lose this one, and only a recovery code lets you in. Add a second device, best of another kind.")


def kind_of(serial_number: str) -> Any:
    """What a serial number says of its device."""
    if not serial_number.startswith("arn:"):
        return _("Hardware token")
    return _("Passkey or security key") if ":u2f/" in serial_number else _("Authenticator app")


PASSWORD_ALONE = _("A password alone opens the console. A passkey or an app takes a minute; have a second one, too.")


def name_of(serial_number: str) -> str:
    """The name within an ARN, without what makes a security key's unique."""
    last = serial_number.rsplit("/", 1)[-1]
    return last.rsplit("-", 1)[0] if ":u2f/" in serial_number else last


def table(visit: Visit, devices: list[Any], remove_url: str, *, unprotected: Any, **who: str) -> panels.Panel:
    """Devices as a panel; the button to remove one leads to a question. `unprotected` says what being without means."""
    refused = visit.refusal("iam:DeactivateMFADevice", **who, serial_number="*")
    rows = []
    for device in devices:
        serial = device.serial_number
        remove = cells.action(_("Remove"), f"{remove_url}?{urlencode({'serial': serial})}", tone="danger")
        rows.append(
            {
                "cells": [
                    cells.text(name_of(serial), note=serial),
                    cells.text(kind_of(serial)),
                    cells.time(device.enable_date),
                    cells.actions(None if refused else remove),
                ]
            }
        )
    return {
        "title": _("MFA devices"),
        "note": _("%(used)d of %(quota)d") % {"used": len(rows), "quota": QUOTA},
        "columns": [
            {"label": _("Device")},
            {"label": _("Kind")},
            {"label": _("Enabled")},
            {"label": _("Actions"), "hidden": True},
        ],
        "rows": rows,
        "empty": {
            "title": _("No MFA device"),
            "text": unprotected,
            "icon": "shield-off",
        },
    }


def mfa(visit: Visit) -> HttpResponse:
    """My devices and how many recovery codes are left."""
    context = {
        "title": _("My MFA devices"),
        "subtitle": _("What proves, beside your password, that it is you."),
        "breadcrumbs": [{"label": _("My MFA devices")}],
        "banner": _unable(visit),
        "panels": [panels.guarded(_("MFA devices"), lambda: _mine(visit)), *codes.panel(visit)],
    }
    return visit.page("detail", context)


def _unable(visit: Visit) -> dict[str, Any] | None:
    """What to ask for, where no policy lets one set up a device; whoever may create the policy is led there."""
    if visit.refusal("iam:CreateVirtualMFADevice") is None:
        return None
    banner = {
        "title": _("No policy lets you set up a device yet"),
        "text": _("An administrator finds one under Create policy: “%(title)s”.")
        % {"title": starters.OWN_CREDENTIALS.title},
        "icon": "shield-off",
        "tone": "warn",
    }
    there = cells.action(_("Create policy"), starters.OWN_CREDENTIALS.url, icon="scroll-text")
    return banner | {"action": there} if visit.ever("iam:CreatePolicy") else banner


def _mine(visit: Visit) -> panels.Panel:
    panel = table(visit, visit.all("iam:ListMFADevices"), reverse("console:mfa-remove"), unprotected=PASSWORD_ALONE)
    app = cells.action(_("Add an authenticator app"), reverse("console:mfa-totp"), icon="smartphone")
    key = cells.action(_("Add a passkey or security key"), reverse("console:mfa-key"), icon="key-round")
    if len(panel["rows"]) == 1:
        panel["callout"] = {"tone": "warn", "icon": "triangle-alert", "text": SECOND_DEVICE}
    panel["actions"] = [
        visit.offer(app, "iam:CreateVirtualMFADevice"),
        visit.offer(key, "iamconsole:RegisterSecurityKey"),
    ]
    return panel


def mfa_remove(visit: Visit) -> HttpResponse:
    """Take one of my devices away, once a second factor was given a short while ago."""
    if asked := demanded(visit):
        return asked
    there, serial = reverse("console:mfa"), visit.request.GET.get("serial", "")
    visit.run("iam:GetMFADevice", serial_number=serial)
    if visit.posting:
        visit.batch(removal(visit, serial))
        sessions.renew(visit.request)  # this one stays
        return visit.redirect(there, _("%(name)s was removed.") % {"name": name_of(serial)})
    return question(visit, serial, there, crumbs=[{"label": _("My MFA devices"), "url": there}])


def question(visit: Visit, serial: str, there: str, *, crumbs: list[dict[str, Any]]) -> HttpResponse:
    """Whether a device is to be removed."""
    context = {
        "title": _("Remove %(name)s?") % {"name": name_of(serial)},
        "warning": _("It no longer works as a second factor, and all other console sessions of its owner end."),
        "breadcrumbs": [*crumbs, {"label": _("Remove")}],
        "submit_label": _("Remove device"),
        "cancel_url": there,
    }
    return visit.page("confirm_delete", context)


def removal(visit: Visit, serial: str, **who: str) -> list[Item]:
    """The operations that take a device away; a virtual one is of no use any more, so it goes for good."""
    items: list[Item] = [("iam:DeactivateMFADevice", {**who, "serial_number": serial})]
    virtual = ":mfa/" in serial
    if virtual and visit.refusal("iam:DeleteVirtualMFADevice", serial_number=serial) is None:
        items.append(("iam:DeleteVirtualMFADevice", {"serial_number": serial}))
    return items
