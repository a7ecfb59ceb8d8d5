"""The credentials of a user, a panel for each kind."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from cryptography import x509
from django.utils.translation import gettext_lazy as _

from iamconsole.interfaces.console import cells
from iamconsole.interfaces.console.pages.credentials.kinds import (
    CERTIFICATE,
    CREDENTIALS,
    SERVICE,
    SSH_KEY,
    CredentialKind,
)
from iamconsole.interfaces.console.pages.panels import Panel, guarded
from iamconsole.interfaces.console.visit import Visit
from iamconsole.kernel.errors import AccessDenied

STATUS = {
    "Active": cells.badge(_("Active"), "ok"),
    "Inactive": cells.badge(_("Inactive"), "neutral"),
    "Expired": cells.badge(_("Expired"), "warn"),
}
COLUMNS: Mapping[CredentialKind, tuple[Any, ...]] = {
    SSH_KEY: (_("Key ID"), _("Fingerprint"), _("Status"), _("Uploaded")),
    CERTIFICATE: (_("Certificate ID"), _("Subject"), _("Valid until"), _("Status"), _("Uploaded")),
    SERVICE: (_("Service"), _("User name or alias"), _("Status"), _("Expires"), _("Created")),
}


def panels(visit: Visit, name: str) -> list[Panel]:
    """The panels, in the order of AWS's console."""
    return [guarded(kind.title, lambda kind=kind: _panel(visit, name, kind)) for kind in CREDENTIALS.values()]  # type: ignore[misc]


def _panel(visit: Visit, name: str, kind: CredentialKind) -> Panel:
    found = kind.of(visit, name)
    add = cells.action(kind.add, kind.url(name, "add"), icon="plus")
    panel: Panel = {
        "title": kind.title,
        "note": len(found) or "",
        "actions": [visit.offer(add, kind.adding, user_name=name)],
    }
    if not found:
        return panel | {"text": kind.purpose}
    return panel | {
        "columns": [*({"label": label} for label in COLUMNS[kind]), {"label": _("Actions"), "hidden": True}],
        "rows": [{"cells": [*CELLS[kind](visit, each), _actions(visit, name, kind, each)]} for each in found],
    }


def _actions(visit: Visit, name: str, kind: CredentialKind, credential: Any) -> cells.Cell:
    ident, active = getattr(credential, kind.member), credential.status == "Active"
    who = kind.named(name, ident)
    wanted = "Inactive" if active else "Active"
    switch = cells.post(_("Deactivate") if active else _("Activate"), kind.url(name, "change", ident), status=wanted)
    reset = cells.action(_("Reset"), kind.url(name, "reset", ident)) if kind is SERVICE else None
    delete = cells.action(_("Delete"), kind.url(name, "delete", ident), tone="danger")
    offered = ((reset, "Reset"), (None if credential.status == "Expired" else switch, "Update"), (delete, "Delete"))
    return cells.actions(
        *(control for control, verb in offered if control and visit.refusal(kind.action(verb), **who) is None)
    )


def _ssh_key(visit: Visit, key: Any) -> list[cells.Cell]:
    return [
        cells.mono(key.ssh_public_key_id, copyable=True),
        _fingerprint(visit, key),
        STATUS[key.status],
        cells.time(key.upload_date),
    ]


def _fingerprint(visit: Visit, key: Any) -> cells.Cell:
    who = SSH_KEY.named(key.user_name, key.ssh_public_key_id)
    try:
        return cells.mono(visit.run("iam:GetSSHPublicKey", **who, encoding="SSH").ssh_public_key.fingerprint)
    except AccessDenied:
        return cells.text("", empty=_("not visible to you"))


def _certificate(visit: Visit, certificate: Any) -> list[cells.Cell]:
    read = x509.load_pem_x509_certificate(certificate.certificate_body.encode())
    ends = read.not_valid_after_utc
    until = cells.badge(_("Expired"), "bad") | {"since": ends} if ends < visit.call.time else cells.time(ends)
    return [
        cells.mono(certificate.certificate_id, copyable=True),
        cells.text(read.subject.rfc4514_string()),
        until,
        STATUS[certificate.status],
        cells.time(certificate.upload_date),
    ]


def _service(_visit: Visit, credential: Any) -> list[cells.Cell]:
    return [
        cells.text(credential.service_name),
        cells.mono(credential.service_user_name or credential.service_credential_alias, copyable=True),
        STATUS[credential.status],
        cells.time(credential.expiration_date),
        cells.time(credential.create_date),
    ]


CELLS: Mapping[CredentialKind, Callable[[Visit, Any], list[cells.Cell]]] = {
    SSH_KEY: _ssh_key,
    CERTIFICATE: _certificate,
    SERVICE: _service,
}
