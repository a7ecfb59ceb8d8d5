"""One's own password: a page for everybody, and the only one of a session whose password must be changed first."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from iamconsole.interfaces.console.forms import OperationForm
from iamconsole.interfaces.console.site import Route, bare_page
from iamconsole.interfaces.console.visit import Visit
from iamconsole.kernel.call import PrincipalType
from iamconsole.kernel.errors import AccessDenied, Fault
from iamconsole.runtime.authentication import sessions, visitors

CHOSEN_BY_ANOTHER = _("Your password was set by somebody else, or is too old. Choose a new one to go on.")
OTHERS_END = _("Your other console sessions end; access keys keep working.")


def _password_field(label: Any, autocomplete: str, help_text: Any = "") -> forms.CharField:
    widget = forms.PasswordInput(attrs={"autocomplete": autocomplete})
    return forms.CharField(label=label, strip=False, max_length=128, widget=widget, help_text=help_text)


class OwnPasswordForm(OperationForm):
    """The present password, and the new one twice."""

    blamed = {
        "AccessDenied": "old_password",
        "EntityTemporarilyUnmodifiable": "old_password",
        "PasswordPolicyViolation": "new_password",
    }
    renamed = {"password": "new_password"}

    old_password = _password_field(_("Present password"), "current-password")
    new_password = _password_field(
        _("New password"), "new-password", _("Several words make a good one. Spaces and every sign count.")
    )
    again = _password_field(_("New password, once more"), "new-password")

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("new_password") and data.get("again") and data["new_password"] != data["again"]:
            self.add_error("again", _("This is not the same as the new password above."))
        return data


def own_password(visit: Visit) -> HttpResponse:
    """Change one's own password; this session goes on under a new id, all others end."""
    form = OwnPasswordForm(visit.request.POST or None)
    if visit.posting and form.is_valid() and _changed(visit, form):
        return visit.redirect(reverse("console:dashboard"), _("Your password was changed."))
    status = 400 if form.errors else 200
    if visitors.must_change_password(visit.request.user):  # type: ignore[arg-type]
        forced = {
            "title": _("Choose a new password"),
            "step": CHOSEN_BY_ANOTHER,
            "form": form,
            "signout_url": reverse("console:signout"),
        }
        return bare_page(visit.request, "password_forced", forced, status=status)
    context = {
        "title": _("Change your password"),
        "subtitle": OTHERS_END,
        "breadcrumbs": [{"label": visit.call.principal.name}, {"label": _("Password")}],
        "form": form,
        "submit_label": _("Change password"),
        "cancel_url": reverse("console:dashboard"),
    }
    return visit.page("form", context, status=status)


def _changed(visit: Visit, form: OwnPasswordForm) -> bool:
    root = visit.call.principal.type is PrincipalType.ROOT
    action = "iamconsole:ChangeRootPassword" if root else "iam:ChangePassword"
    try:
        visit.run(action, **form.members("old_password", "new_password"))
    except AccessDenied as denied:
        if denied.evidence is not None:  # the policies forbid it, whatever was typed
            form.add_error(None, _("Your administrator does not let you change your password: %s") % denied.message)
        else:
            form.blame(denied)
    except Fault as fault:
        form.blame(fault)
    else:
        sessions.renew(visit.request)
        return True
    return False


ROUTES = (Route("password/", own_password, "password", own=True),)
