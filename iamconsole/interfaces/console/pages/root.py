"""The root user: whether it has MFA and access keys, and what to do about that."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from iamconsole.interfaces.console import cells
from iamconsole.interfaces.console.pages import once, panels
from iamconsole.interfaces.console.pages.consequences import last_use
from iamconsole.interfaces.console.site import Route
from iamconsole.interfaces.console.visit import Visit
from iamconsole.kernel.call import PrincipalType
from iamconsole.kernel.errors import AccessDenied, Fault

WORD = "root"
WARNING = _(
    "An access key of the root user can do everything, no policy limits it, and programs keep keys in files. "
    "Create a user or a role for the program instead, unless nothing else will do."
)
ONLY_ROOT = _("Only the root user itself can do this. Sign in as it.")


def root_user(visit: Visit) -> HttpResponse:
    """What is known of the root user; its keys are shown to itself alone."""
    summary = visit.run("iam:GetAccountSummary").summary_map
    mine = visit.call.principal.type is PrincipalType.ROOT
    context = {
        "title": _("Root user"),
        "subtitle": _("It opened the account and can do everything in it. Keep it for emergencies."),
        "breadcrumbs": [{"label": _("Account settings"), "url": reverse("console:account")}, {"label": _("Root user")}],
        "facts": [
            {"label": _("MFA"), "cell": _mfa(bool(summary["AccountMFAEnabled"]))},
            {"label": _("Access keys"), "cell": _present(bool(summary["AccountAccessKeysPresent"]))},
        ],
        "panels": [_keys(visit) if mine else _not_mine(), _devices(mine)],
    }
    return visit.page("detail", context)


def _mfa(enabled: bool) -> cells.Cell:
    if enabled:
        return cells.badge(_("Enabled"), "ok", icon="shield-check")
    return cells.badge(_("Not enabled"), "bad", icon="shield-alert")


def _present(there: bool) -> cells.Cell:
    return cells.badge(_("Present"), "bad", icon="key-round") if there else cells.badge(_("None"), "ok", icon="check")


def _not_mine() -> panels.Panel:
    return {"title": _("Access keys"), "callout": {"tone": "info", "icon": "lock", "text": ONLY_ROOT}}


def _devices(mine: bool) -> panels.Panel:
    panel: panels.Panel = {
        "title": _("MFA devices"),
        "text": _("With a second factor the password alone opens nothing. Register two devices, in two places."),
    }
    if mine:
        panel["actions"] = [cells.action(_("My MFA devices"), reverse("console:mfa"), icon="shield-check")]
    return panel


def _keys(visit: Visit) -> panels.Panel:
    keys = visit.all("iam:ListAccessKeys")
    rows = []
    for key in keys:
        used = visit.run("iam:GetAccessKeyLastUsed", access_key_id=key.access_key_id).access_key_last_used
        active = key.status == "Active"
        switch = cells.post(
            _("Deactivate") if active else _("Activate"),
            reverse("console:root-key"),
            access_key_id=key.access_key_id,
            do="deactivate" if active else "activate",
        )
        delete = cells.action(_("Delete"), reverse("console:root-key-delete", args=[key.access_key_id]), tone="danger")
        state = cells.badge(_("Active"), "warn") if active else cells.badge(_("Inactive"))
        rows.append(
            {
                "cells": [
                    cells.mono(key.access_key_id, copyable=True),
                    state,
                    cells.time(key.create_date),
                    cells.time(used.last_used_date),
                    cells.actions(switch, delete),
                ]
            }
        )
    create = cells.action(_("Create access key"), reverse("console:root-key"), icon="plus")
    return {
        "title": _("Access keys"),
        "note": len(keys) or "",
        "actions": [create],
        "columns": [
            {"label": _("Access key ID")},
            {"label": _("State")},
            {"label": _("Created")},
            {"label": _("Last used")},
            {"label": _("Actions"), "hidden": True},
        ],
        "rows": rows,
        "empty": {
            "title": _("No access keys"),
            "text": _("Leave it so: programs use a user or a role, whose rights can be limited and taken away."),
            "icon": "shield-check",
        },
    }


def root_key(visit: Visit) -> HttpResponse:
    """Create a key after a warning and the typed word, or switch one on and off."""
    _demand_root(visit)
    there, wrong = reverse("console:root"), ""
    if visit.posting:
        do, key_id = visit.request.POST.get("do", ""), visit.request.POST.get("access_key_id", "")
        if do in ("activate", "deactivate"):
            visit.run("iam:UpdateAccessKey", access_key_id=key_id, status="Active" if do == "activate" else "Inactive")
            return visit.redirect(there, _("The key was saved."))
        if visit.request.POST.get("confirm") == WORD:
            return _created(visit, there)
        wrong = _("Type the word to say that you mean it.")
    context: dict[str, Any] = {
        "title": _("Create an access key of the root user?"),
        "warning": WARNING,
        "breadcrumbs": [{"label": _("Root user"), "url": there}, {"label": _("Create access key")}],
        "typed_name": WORD,
        "typed_error": wrong,
        "submit_label": _("Create access key"),
        "cancel_url": there,
    }
    return visit.page("confirm_delete", context, status=400 if wrong else 200)


def _created(visit: Visit, there: str) -> HttpResponse:
    try:
        key = visit.run("iam:CreateAccessKey").access_key
    except AccessDenied:
        raise
    except Fault as fault:
        return visit.redirect(there, fault.message, level=messages.ERROR)
    return once.credentials_page(visit, _("root user"), key=key, continue_url=there)


def root_key_delete(visit: Visit, key_id: str) -> HttpResponse:
    """Delete a key for good; deactivating it first is offered."""
    _demand_root(visit)
    there = reverse("console:root")
    if visit.posting:
        visit.run("iam:DeleteAccessKey", access_key_id=key_id)
        return visit.redirect(there, _("The access key was deleted."))
    context: dict[str, Any] = {
        "title": _("Delete access key %(key)s?") % {"key": key_id},
        "consequences": last_use(visit, key_id),
        "breadcrumbs": [{"label": _("Root user"), "url": there}, {"label": _("Delete access key")}],
        "deactivate": {
            "url": reverse("console:root-key"),
            "text": _("Deactivating it first shows whether anything still needs it, and can be undone."),
            "fields": [{"name": "do", "value": "deactivate"}, {"name": "access_key_id", "value": key_id}],
        },
        "submit_label": _("Delete access key"),
        "cancel_url": there,
    }
    return visit.page("confirm_delete", context)


def _demand_root(visit: Visit) -> None:
    # Without a user name the operations are about the caller's own keys: nobody else's page may run them.
    if visit.call.principal.type is not PrincipalType.ROOT:
        raise AccessDenied(str(ONLY_ROOT))


ROUTES = (
    Route("account/root/", root_user, "root"),
    Route("account/root/keys/", root_key, "root-key"),
    Route("account/root/keys/<str:key_id>/delete/", root_key_delete, "root-key-delete"),
)
