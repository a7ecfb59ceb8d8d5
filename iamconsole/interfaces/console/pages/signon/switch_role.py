"""Switching to a role and back; AWS's links to this page (`account`, `roleName`, `displayName`) fill in its form."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.tenancy import queries as tenancy
from iamconsole.interfaces.console import switched
from iamconsole.interfaces.console.forms import OperationForm, text_field
from iamconsole.interfaces.console.site import Route
from iamconsole.interfaces.console.visit import DOOR, Visit
from iamconsole.kernel.call import Principal
from iamconsole.kernel.operation import REGISTRY
from iamconsole.runtime import calls, dispatch
from iamconsole.runtime.authentication import sessions, visitors

COLOURS = {
    "": _("None"),
    "red": _("Red"),
    "orange": _("Orange"),
    "green": _("Green"),
    "blue": _("Blue"),
}
SUBTITLE = _(
    "You act as the role, with its permissions instead of yours, for an hour at most or until you switch back."
)
ROLE_HELP = _("The name, with its path if it has one, as whoever made the role for you told you.")


class SwitchRoleForm(OperationForm):
    """Which role of which account, and how it is to be shown."""

    renamed = {"role_arn": "roleName"}

    account = text_field(_("Account ID or alias"), max_length=63)
    roleName = text_field(_("Role name"), max_length=576, help_text=ROLE_HELP)
    displayName = text_field(_("Display name"), max_length=64, required=False)
    colour = forms.ChoiceField(label=_("Colour"), choices=list(COLOURS.items()), required=False)

    def shown(self) -> switched.Shown:
        """How the role is shown in the top bar and among the recent ones."""
        data = self.cleaned_data
        default = f"{data['roleName'].rsplit('/', 1)[-1]} @ {data['account']}"
        return {
            "displayName": data["displayName"][:64] or default,
            "colour": data["colour"],
            "account": data["account"],
            "roleName": data["roleName"],
        }


def switch_role(visit: Visit) -> HttpResponse:
    """Assume a role as whoever signed in, and go on as its session."""
    given = {name: visit.request.GET.get(name, "") for name in ("account", "roleName", "displayName", "colour")}
    form = SwitchRoleForm(visit.request.POST or None, initial=given)
    if visit.posting and form.is_valid():
        with form.blaming():
            _switch(visit, form)
            return visit.redirect(reverse("console:dashboard"))
    context = {
        "title": _("Switch role"),
        "subtitle": SUBTITLE,
        "breadcrumbs": [{"label": _("Switch role")}],
        "form": form,
        "submit_label": _("Switch role"),
        "cancel_url": reverse("console:dashboard"),
    }
    return visit.page("form", context, status=400 if form.errors else 200)


def _switch(visit: Visit, form: SwitchRoleForm) -> None:
    request, data = visit.request, form.cleaned_data
    account = tenancy.find(data["account"])
    account_id = account.pk if account else data["account"].replace("-", "")
    role_arn = f"arn:aws:iam::{account_id}:role/{data['roleName'].strip('/')}"
    base = visitors.signed_in_as(request)
    call = calls.call_for(base, door=DOOR, origin=visit.call.origin, request_id=visit.call.request_id)
    members = {"role_arn": role_arn, "role_session_name": _session_name(base)}
    answer: Any = dispatch.execute(call, REGISTRY["sts:AssumeRole"], members)
    given = answer.credentials
    sessions.switch(request, given.access_key_id, given.session_token, arn=answer.assumed_role_user.arn)
    switched.note(request, form.shown())


def _session_name(principal: Principal) -> str:
    """The name of whoever switches; names of one letter are too short for a session."""
    return principal.name if len(principal.name) > 1 else f"{principal.name}-console"


def switch_back(visit: Visit) -> HttpResponse:
    """Be oneself again."""
    if visit.posting and visitors.has_switched(visit.request):
        sessions.switch_back(visit.request)
    return visit.redirect(reverse("console:dashboard"))


ROUTES = (
    Route("switch-role/", switch_role, "switch-role"),
    Route("switch-role/back/", switch_back, "switch-back"),
)
