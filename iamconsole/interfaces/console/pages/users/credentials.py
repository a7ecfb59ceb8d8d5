"""A user's password and access keys."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from iamconsole.interfaces.console.forms import OperationForm
from iamconsole.interfaces.console.pages import once
from iamconsole.interfaces.console.pages.consequences import last_use, signed_in
from iamconsole.interfaces.console.pages.users import credentials_tab
from iamconsole.interfaces.console.pages.users.create import generated_password
from iamconsole.interfaces.console.visit import Item, Visit
from iamconsole.kernel.errors import InvalidInput
from iamconsole.runtime.authentication import sessions

CHOICES = (("generated", _("Generate one")), ("typed", _("Type one")))


class PasswordForm(OperationForm):
    """A new password, generated or typed."""

    blamed = {"PasswordPolicyViolation": "password"}

    choice = forms.ChoiceField(label=_("New password"), choices=CHOICES, initial="generated", widget=forms.RadioSelect)
    password = forms.CharField(
        label=_("Password of your choice"),
        required=False,
        strip=False,
        max_length=128,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    password_reset_required = forms.BooleanField(
        label=_("The user must choose a new password at the next sign-in"), required=False, initial=True
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("choice") == "typed" and not data.get("password"):
            self.add_error("password", _("Type a password, or let one be generated."))
        return data


def user_password(visit: Visit, name: str) -> HttpResponse:
    """Give a user a password, or another one."""
    user = visit.run("iam:GetUser", user_name=name).user
    name, there = user.user_name, credentials_tab.url(user.user_name)
    present = visit.look("iam:GetLoginProfile", user_name=name) is not None
    form = PasswordForm(visit.request.POST or None)
    if visit.posting and form.is_valid():
        generated = form.cleaned_data["choice"] == "generated"
        password = generated_password(visit) if generated else form.cleaned_data["password"]
        reset = form.cleaned_data["password_reset_required"]
        action = "iam:UpdateLoginProfile" if present else "iam:CreateLoginProfile"
        with form.blaming():
            visit.run(action, user_name=name, password=password, password_reset_required=reset)
            if visit.call.principal.is_user and name == visit.call.principal.name:
                sessions.renew(visit.request)
            if generated:
                return once.credentials_page(
                    visit, name, password=password, continue_url=there, below=[credentials_tab.listed()]
                )
            return visit.redirect(there, _("The password of %(name)s was set.") % {"name": name})
    title = _("Change the password of %(name)s") if present else _("Enable console access for %(name)s")
    context = {
        "title": title % {"name": name},
        "breadcrumbs": credentials_tab.crumbs(name, _("Password")),
        "form": form,
        "submit_label": _("Set password"),
        "cancel_url": there,
    }
    return visit.page("form", context, status=400 if form.errors else 200)


def user_password_delete(visit: Visit, name: str) -> HttpResponse:
    """Take a user's password away."""
    there = credentials_tab.url(name)
    if visit.posting:
        visit.run("iam:DeleteLoginProfile", user_name=name)
        return visit.redirect(there, _("%(name)s can no longer sign in to the console.") % {"name": name})
    visit.run("iam:GetLoginProfile", user_name=name)
    context = {
        "title": _("Disable console access for %(name)s?") % {"name": name},
        "warning": _("The password is deleted and open sessions end. Access keys keep working."),
        "breadcrumbs": credentials_tab.crumbs(name, _("Disable console access")),
        "consequences": signed_in(visit, name),
        "submit_label": _("Disable console access"),
        "cancel_url": there,
    }
    return visit.page("confirm_delete", context)


def user_keys(visit: Visit, name: str) -> HttpResponse:
    """Create, switch and deactivate access keys; a new secret is shown in the answer to this POST alone."""
    there = credentials_tab.url(name)
    if not visit.posting:
        return visit.redirect(there)
    match visit.request.POST.get("do"):
        case "create":
            return _create(visit, name, there)
        case "update":
            key_id, status = visit.request.POST.get("access_key_id", ""), visit.request.POST.get("status", "")
            visit.run("iam:UpdateAccessKey", user_name=name, access_key_id=key_id, status=status)
            now = _("The key is active again.") if status == "Active" else _("The key is deactivated.")
            return visit.redirect(there, now)
    raise InvalidInput("Say what to do with the access keys: create or update.")


def _create(visit: Visit, name: str, there: str) -> HttpResponse:
    key = visit.run("iam:CreateAccessKey", user_name=name).access_key
    return once.credentials_page(visit, key.user_name, key=key, continue_url=there, below=[credentials_tab.listed()])


def deactivations(visit: Visit, name: str, *, until: datetime | None = None) -> list[Item]:
    """The operations that deactivate a user's active keys, or those of them that were made until a moment."""
    keys = visit.all("iam:ListAccessKeys", user_name=name)
    return [
        ("iam:UpdateAccessKey", {"user_name": name, "access_key_id": key.access_key_id, "status": "Inactive"})
        for key in keys
        if key.status == "Active" and (until is None or key.create_date <= until)
    ]


def user_key_delete(visit: Visit, name: str, key_id: str) -> HttpResponse:
    """Delete an access key for good."""
    there = credentials_tab.url(name)
    if visit.posting:
        visit.run("iam:DeleteAccessKey", user_name=name, access_key_id=key_id)
        return visit.redirect(there, _("The access key was deleted."))
    visit.demand("iam:DeleteAccessKey", user_name=name)
    context = {
        "title": _("Delete access key %(key)s?") % {"key": key_id},
        "breadcrumbs": credentials_tab.crumbs(name, _("Delete access key")),
        "consequences": last_use(visit, key_id),
        "deactivate": {
            "url": reverse("console:user-keys", args=[name]),
            "text": _("Deactivating it first shows whether anything still needs it, and can be undone."),
            "fields": [
                {"name": "do", "value": "update"},
                {"name": "access_key_id", "value": key_id},
                {"name": "status", "value": "Inactive"},
            ],
        },
        "submit_label": _("Delete access key"),
        "cancel_url": there,
    }
    return visit.page("confirm_delete", context)
