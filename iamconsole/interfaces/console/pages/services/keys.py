"""The access keys of a registered service: whoever has one is the service."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from iamconsole.interfaces.console import cells
from iamconsole.interfaces.console.pages.services import code, head
from iamconsole.interfaces.console.templatetags.console_format import relative_time
from iamconsole.interfaces.console.visit import Visit
from iamconsole.kernel.errors import InvalidInput, NoSuchEntity

CREATE = "iamconsole:CreateServiceAccessKey"
UPDATE = "iamconsole:UpdateServiceAccessKey"
DELETE = "iamconsole:DeleteServiceAccessKey"


def panels(visit: Visit, service: Any) -> list[dict[str, Any]]:
    """The keys with what can be done about each."""
    named = {"service_prefix": service.service_prefix}
    found = visit.run(head.KEYS, **named).access_key_metadata
    here = reverse("console:service-keys", args=[service.service_prefix])
    create = visit.offer(
        cells.post(_("Create access key"), here, tone="primary", do="create") | {"icon": "plus"}, CREATE, **named
    )
    panel = {
        "title": _("Access keys"),
        "note": f"{len(found)} / {visit.call.quota('AccessKeysPerService').limit}",
        "columns": [
            {"label": _("Key")},
            {"label": _("State")},
            {"label": _("Created")},
            {"label": _("Last used")},
            {"label": _("Actions"), "hidden": True},
        ],
        "rows": [{"cells": _cells(visit, key, here)} for key in found],
        "actions": [create],
        "empty": {
            "title": _("No access keys yet"),
            "text": _("With a key the service signs its questions and assumes the roles that trust it, nothing else."),
            "icon": "key-round",
        },
    }
    return [panel]


def _cells(visit: Visit, key: Any, here: str) -> list[cells.Cell]:
    active, named = key.status == "Active", {"service_prefix": key.service_prefix}
    status = "Inactive" if active else "Active"
    switch = cells.post(
        _("Deactivate") if active else _("Activate"), here, do="update", access_key_id=key.access_key_id, status=status
    )
    delete = cells.action(
        _("Delete"),
        reverse("console:service-key-delete", args=[key.service_prefix, key.access_key_id]),
        tone="danger",
    )
    one = {**named, "access_key_id": key.access_key_id}
    used_for = key.last_used_service if key.last_used_date else ""
    return [
        cells.mono(key.access_key_id, copyable=True),
        cells.badge(_("Active"), "ok", icon="check") if active else cells.badge(_("Inactive"), "neutral"),
        cells.time(key.create_date),
        cells.time(key.last_used_date, empty=_("Never")) | {"note": used_for},
        cells.actions(
            None if visit.refusal(UPDATE, **one) else switch,
            None if visit.refusal(DELETE, **one) else delete,
        ),
    ]


def service_keys(visit: Visit, prefix: str) -> HttpResponse:
    """Create, deactivate and activate keys; a new secret is shown in the answer to this POST alone."""
    there = head.url(prefix, head.CREDENTIALS)
    if not visit.posting:
        return visit.redirect(there)
    match visit.request.POST.get("do"):
        case "create":
            return _made(visit, prefix, there)
        case "update":
            key_id, status = (visit.request.POST.get(name, "") for name in ("access_key_id", "status"))
            visit.run(UPDATE, service_prefix=prefix, access_key_id=key_id, status=status)
            now = _("The key is active again.") if status == "Active" else _("The key is deactivated.")
            return visit.redirect(there, now)
    raise InvalidInput("Say what to do with the access keys: create or update.")


def _made(visit: Visit, prefix: str, there: str) -> HttpResponse:
    key = visit.run(CREATE, service_prefix=prefix).access_key
    context = {
        "title": _("Save the access key of %(name)s") % {"name": prefix},
        "breadcrumbs": [*head.listed(), {"label": prefix, "url": there}, {"label": _("Access key")}],
        "secrets": [
            {"label": _("Service"), "value": key.service_principal},
            {"label": _("Access key ID"), "value": key.access_key_id},
            {"label": _("Secret access key"), "value": key.secret_access_key, "sensitive": True},
        ],
        "continue_url": there,
        "steps": [
            _("Put both into the environment of the service, where no log and no image keeps them:"),
            {
                "command": f"export IAM_URL={code.server(visit)}\n"
                f"export AWS_ACCESS_KEY_ID={key.access_key_id} AWS_SECRET_ACCESS_KEY=…"
            },
            _("Then take a snippet from Integration, or try a question first."),
        ],
    }
    return visit.shown_once(visit.page("secret_once", context), there)


def service_key_delete(visit: Visit, prefix: str, key_id: str) -> HttpResponse:
    """Delete an access key for good; deactivating it first is offered."""
    there, named = head.url(prefix, head.CREDENTIALS), {"service_prefix": prefix}
    if visit.posting:
        visit.run(DELETE, **named, access_key_id=key_id)
        return visit.redirect(there, _("The access key was deleted."))
    visit.demand(DELETE, **named, access_key_id=key_id)
    found = visit.run(head.KEYS, **named).access_key_metadata
    key = next((each for each in found if each.access_key_id == key_id), None)
    if key is None:
        raise NoSuchEntity(f"The Access Key with id {key_id} cannot be found.")
    used = (
        _("It was last used %(when)s.") % {"when": relative_time(key.last_used_date)}
        if key.last_used_date
        else _("It was never used.")
    )
    switch = {"do": "update", "access_key_id": key_id, "status": "Inactive"}
    context = {
        "title": _("Delete access key %(key)s?") % {"key": key_id},
        "breadcrumbs": [*head.listed(), {"label": prefix, "url": there}, {"label": _("Delete access key")}],
        "consequences": [
            {"label": used, "icon": "key-round"},
            {"label": _("Sessions of roles that the service assumed with it go on until they end."), "icon": "clock"},
        ],
        "deactivate": {
            "url": reverse("console:service-keys", args=[prefix]),
            "text": _("Deactivating it first shows whether anything still needs it, and can be undone."),
            "fields": [{"name": name, "value": value} for name, value in switch.items()],
        },
        "submit_label": _("Delete access key"),
        "cancel_url": there,
    }
    return visit.page("confirm_delete", context)
