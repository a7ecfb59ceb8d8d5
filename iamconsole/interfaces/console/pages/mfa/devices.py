"""My own MFA devices: which there are, taking one away, recovery codes."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from iamconsole.interfaces.console import cells
from iamconsole.interfaces.console.pages import panels
from iamconsole.interfaces.console.pages.mfa.verify import demanded
from iamconsole.interfaces.console.visit import NO_STORE, Item, Visit
from iamconsole.runtime.authentication import second_factor, sessions

QUOTA = 8
FEW = 3  # recovery codes


def kind_of(serial_number: str) -> Any:
    """What a serial number says of its device."""
    if not serial_number.startswith("arn:"):
        return _("Hardware token")
    return _("Passkey or security key") if ":u2f/" in serial_number else _("Authenticator app")


def name_of(serial_number: str) -> str:
    """The name within an ARN, without what makes a security key's unique."""
    last = serial_number.rsplit("/", 1)[-1]
    return last.rsplit("-", 1)[0] if ":u2f/" in serial_number else last


def table(visit: Visit, devices: list[Any], remove_url: str, **who: str) -> panels.Panel:
    """Devices as a panel; the button to remove one leads to a question."""
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
            "text": _(
                "A password alone opens the console. A passkey or an app takes a minute; have a second one, too."
            ),
            "icon": "shield-off",
        },
    }


def mfa(visit: Visit) -> HttpResponse:
    """My devices and how many recovery codes are left."""
    context = {
        "title": _("My MFA devices"),
        "subtitle": _("What proves, beside your password, that it is you."),
        "breadcrumbs": [{"label": _("My MFA devices")}],
        "panels": [panels.guarded(_("MFA devices"), lambda: _mine(visit)), *_codes(visit)],
    }
    return visit.page("detail", context)


def _mine(visit: Visit) -> panels.Panel:
    panel = table(visit, visit.all("iam:ListMFADevices"), reverse("console:mfa-remove"))
    app = cells.action(_("Add an authenticator app"), reverse("console:mfa-totp"), icon="smartphone")
    key = cells.action(_("Add a passkey or security key"), reverse("console:mfa-key"), icon="key-round")
    panel["actions"] = [
        visit.offer(app, "iam:CreateVirtualMFADevice"),
        visit.offer(key, "iamconsole:RegisterSecurityKey"),
    ]
    return panel


def _codes(visit: Visit) -> list[panels.Panel]:
    if not second_factor.required(visit.request.user):  # type: ignore[arg-type]
        return []
    left = second_factor.recovery_codes_left(visit.request.user)  # type: ignore[arg-type]
    said = ngettext("%(left)d code is left.", "%(left)d codes are left.", left) % {"left": left}
    renew = cells.action(_("Make new codes"), reverse("console:mfa-codes"), icon="refresh-cw")
    panel: panels.Panel = {
        "title": _("Recovery codes"),
        "text": said,
        "actions": [visit.offer(renew, "iamconsole:CreateRecoveryCodes")],
    }
    if left < FEW:
        panel["callout"] = {"tone": "warn", "text": _("Without codes a lost device is a matter for an administrator.")}
    return [panel]


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


def mfa_codes(visit: Visit) -> HttpResponse:
    """Make new recovery codes; the old ones stop working."""
    if asked := demanded(visit):
        return asked
    visit.demand("iamconsole:CreateRecoveryCodes")
    if visit.posting:
        return new_codes(visit)
    there = reverse("console:mfa")
    context = {
        "title": _("Make new recovery codes?"),
        "warning": _("The codes that you have stop working."),
        "breadcrumbs": [{"label": _("My MFA devices"), "url": there}, {"label": _("Recovery codes")}],
        "submit_label": _("Make new codes"),
        "cancel_url": there,
    }
    return visit.page("confirm_delete", context)


def new_codes(visit: Visit) -> HttpResponse:
    """Ten new codes, shown in this answer alone."""
    codes = visit.run("iamconsole:CreateRecoveryCodes").recovery_codes
    there = reverse("console:mfa")
    context = {
        "title": _("Save your recovery codes"),
        "breadcrumbs": [{"label": _("My MFA devices"), "url": there}, {"label": _("Recovery codes")}],
        "codes": codes,
        "as_text": "\n".join(codes),
        "download_url": reverse("console:mfa-codes-text"),
        "continue_url": there,
    }
    return visit.shown_once(visit.page("recovery_codes", context), there)


def mfa_codes_text(visit: Visit) -> HttpResponse:
    """The codes of the page before as a file: what was posted comes back, so nothing is kept here."""
    if not visit.posting:
        return HttpResponse(status=405, headers={"Allow": "POST"})
    response = HttpResponse(visit.request.POST.get("codes", "")[:1024], content_type="text/plain; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="recovery-codes.txt"'
    response["Cache-Control"] = NO_STORE
    return response
