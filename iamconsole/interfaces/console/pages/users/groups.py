"""The groups that a user is in."""

from __future__ import annotations

from dataclasses import replace

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from iamconsole.interfaces.console import listing
from iamconsole.interfaces.console.pages.groups.list import GROUPS
from iamconsole.interfaces.console.pages.users.detail import tab_url
from iamconsole.interfaces.console.visit import Visit


def user_join(visit: Visit, name: str) -> HttpResponse:
    """Choose groups from their list and add the user to them."""
    here = reverse("console:user-join", args=[name])
    if not visit.posting:
        user = visit.run("iam:GetUser", user_name=name).user
        visit.demand("iam:AddUserToGroup", user_name=user.user_name)
        crumbs = (
            {"label": _("Users"), "url": reverse("console:users")},
            {"label": user.user_name, "url": tab_url(user.user_name, "groups")},
        )
        picker = replace(
            GROUPS,
            url=here,
            title=_("Add %(name)s to groups") % {"name": user.user_name},
            bulk=(listing.Choice(value="add", label=_("Add to groups")),),
            bulk_url=here,
            controls=lambda _visit: [],
            crumbs=crumbs,
        )
        return listing.show(visit, picker)
    chosen = visit.request.POST.getlist("selected")
    visit.batch([("iam:AddUserToGroup", {"user_name": name, "group_name": group}) for group in chosen])
    return visit.redirect(tab_url(name, "groups"), _("The groups of %(name)s were saved.") % {"name": name})
