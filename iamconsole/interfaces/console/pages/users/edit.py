"""Renaming a user or moving it to another path."""

from __future__ import annotations

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from iamconsole.interfaces.console import snippets
from iamconsole.interfaces.console.forms import OperationForm, name_field, path_field
from iamconsole.interfaces.console.visit import Visit, operation


class RenameForm(OperationForm):
    """A new name, a new path or both."""

    blamed = {"EntityAlreadyExists": "new_user_name"}

    new_user_name = name_field(_("User name"), max_length=64)
    new_path = path_field()


def user_edit(visit: Visit, name: str) -> HttpResponse:
    user = visit.run("iam:GetUser", user_name=name).user
    form = RenameForm(visit.request.POST or None, initial={"new_user_name": user.user_name, "new_path": user.path})
    there = reverse("console:user", args=[user.user_name])
    if visit.posting and form.is_valid():
        with form.blaming():
            visit.run("iam:UpdateUser", user_name=name, **form.members())
            new = form.cleaned_data["new_user_name"]
            return visit.redirect(reverse("console:user", args=[new]), _("User %(name)s was saved.") % {"name": new})
    wanted = form.members() if form.is_bound and not form.errors else {"new_user_name": "NAME"}
    context = {
        "title": _("Rename or move %(name)s") % {"name": user.user_name},
        "subtitle": _("Keys, groups and policies stay. Policies that name the user as a resource do not follow."),
        "breadcrumbs": [
            {"label": _("Users"), "url": reverse("console:users")},
            {"label": user.user_name, "url": there},
            {"label": _("Rename or move")},
        ],
        "form": form,
        "cancel_url": there,
        "cli_equivalent": snippets.of((operation("iam:UpdateUser"), {"user_name": user.user_name, **wanted})),
    }
    return visit.page("form", context, status=400 if form.errors else 200)
