"""Enrolling a device of my own: an authenticator app, or a passkey or security key."""

from __future__ import annotations

from base64 import b64encode
from typing import Any

from django import forms
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from iamconsole.interfaces.console.forms import OperationForm, name_field
from iamconsole.interfaces.console.pages.mfa.codes import new_codes
from iamconsole.interfaces.console.pages.mfa.verify import demanded
from iamconsole.interfaces.console.visit import Visit
from iamconsole.kernel.errors import AccessDenied, Fault, SignInFailed
from iamconsole.runtime.authentication import second_factor


class NameForm(OperationForm):
    """What the new app is to be called."""

    blamed = {"EntityAlreadyExists": "virtual_mfa_device_name", "InvalidInput": "virtual_mfa_device_name"}

    virtual_mfa_device_name = name_field(_("Device name"), max_length=128)


def code_field(label: Any) -> forms.CharField:
    widget = forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "maxlength": "7"})
    return forms.CharField(label=label, widget=widget)


class CodesForm(OperationForm):
    """Two codes in a row; the seed comes along, so that nothing has to be kept between two attempts."""

    blamed = {"InvalidAuthenticationCode": "authentication_code1"}

    serial_number = forms.CharField(widget=forms.HiddenInput)
    seed = forms.CharField(widget=forms.HiddenInput, max_length=128)
    authentication_code1 = code_field(_("First code"))
    authentication_code2 = code_field(_("Next code"))

    def codes(self) -> dict[str, str]:
        names = ("authentication_code1", "authentication_code2")
        return {name: self.cleaned_data[name].replace(" ", "") for name in names}


class KeyForm(OperationForm):
    """What the new key is to be called."""

    blamed = {"InvalidInput": "security_key_name", "EntityAlreadyExists": "security_key_name"}

    security_key_name = name_field(
        _("Key name"), max_length=64, help_text=_("What you will know it by, such as laptop or blue-key; no spaces.")
    )


def mfa_totp(visit: Visit) -> HttpResponse:
    """Make a virtual device, show its key, and enable it by two codes in a row."""
    if asked := demanded(visit):
        return asked
    match visit.request.POST.get("do", ""):
        case "enable":
            return _enable(visit)
        case "cancel":
            visit.run("iam:DeleteVirtualMFADevice", serial_number=visit.request.POST.get("serial_number", ""))
            return visit.redirect(reverse("console:mfa"))
    form = NameForm(visit.request.POST or None, initial={"virtual_mfa_device_name": _suggested(visit)})
    visit.demand("iam:CreateVirtualMFADevice")
    if visit.posting and form.is_valid():
        with form.blaming():
            made = visit.run("iam:CreateVirtualMFADevice", **form.members()).virtual_mfa_device
            seed = made.base32_string_seed.decode()
            codes = CodesForm(initial={"serial_number": made.serial_number, "seed": seed})
            return _scan(visit, codes, made.serial_number, seed, made.qr_code_png)
    context = {
        "title": _("Add an authenticator app"),
        "subtitle": _steps(visit, 1, _("Have the app at hand, on a phone or a computer.")),
        "breadcrumbs": _crumbs(_("Add an authenticator app")),
        "form": form,
        "submit_label": _("Next"),
        "cancel_url": reverse("console:mfa"),
    }
    return visit.page("form", context, status=400 if form.errors else 200)


def _is_first(visit: Visit) -> bool:
    """Whether recovery codes come with the device."""
    return not second_factor.recovery_codes_left(visit.request.user)  # type: ignore[arg-type]


def _steps(visit: Visit, step: int, what: Any) -> str:
    said = _("Step %(step)d of %(last)d. %(what)s") % {"step": step, "last": 3 if _is_first(visit) else 2, "what": what}
    return said.strip()


def _suggested(visit: Visit) -> str:
    """A name that is likely free: those of devices are unique within the account."""
    return f"{visit.call.principal.name}-phone"


def _enable(visit: Visit) -> HttpResponse:
    form = CodesForm(visit.request.POST)
    if form.is_valid():
        with form.blaming():
            serial = form.cleaned_data["serial_number"]
            visit.run("iamconsole:EnableOwnMFADevice", serial_number=serial, **form.codes())
            return _enabled(visit)
    serial, seed = visit.request.POST.get("serial_number", ""), visit.request.POST.get("seed", "")[:128]
    qr = second_factor.qr_code(visit.request.user, serial, seed)  # type: ignore[arg-type]
    return _scan(visit, form, serial, seed, qr)


def _scan(visit: Visit, form: CodesForm, serial: str, seed: str, qr: bytes) -> HttpResponse:
    context = {
        "title": _("Scan the key of %(name)s") % {"name": serial.rsplit("/", 1)[-1]},
        "subtitle": _steps(visit, 2, _("Recovery codes come next.") if _is_first(visit) else ""),
        "breadcrumbs": _crumbs(_("Add an authenticator app")),
        "form": form,
        "qr": b64encode(qr).decode(),
        "seed": seed,
    }
    page = visit.page("mfa_totp", context, status=400 if form.errors else 200)
    return visit.shown_once(page, reverse("console:mfa-totp"))


def _enabled(visit: Visit) -> HttpResponse:
    """The first device brings recovery codes with it."""
    second_factor.note_verified(visit.request.session)
    if _is_first(visit):
        return new_codes(visit)
    return visit.redirect(reverse("console:mfa"), _("The device is enabled."))


def mfa_key(visit: Visit) -> HttpResponse:
    """Register a passkey or security key, which answers a challenge of this session."""
    if asked := demanded(visit):
        return asked
    form = KeyForm(visit.request.POST or None)
    visit.demand("iamconsole:RegisterSecurityKey")
    if visit.posting and form.is_valid():
        try:
            challenge = second_factor.take_challenge(visit.request.session)
            credential = visit.request.POST.get("credential", "")
            visit.run("iamconsole:RegisterSecurityKey", **form.members(), credential=credential, challenge=challenge)
        except AccessDenied:
            raise
        except SignInFailed:
            form.add_error(None, _("The question to the key was too old. Try again."))
        except Fault as fault:
            form.blame(fault)
        else:
            return _enabled(visit)
    context = {
        "title": _("Add a passkey or security key"),
        "subtitle": _("It answers to this site alone, so nobody can be tricked into giving it away."),
        "breadcrumbs": _crumbs(_("Add a passkey or security key")),
        "form": form,
        "options": second_factor.creation_options(visit.request.session, visit.request.user),  # type: ignore[arg-type]
        "cancel_url": reverse("console:mfa"),
    }
    return visit.page("mfa_key", context, status=400 if form.errors else 200)


def _crumbs(last: Any) -> list[dict[str, Any]]:
    return [{"label": _("My MFA devices"), "url": reverse("console:mfa")}, {"label": last}]
