"""The groups that a user is in."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from iamconsole.interfaces.console import listing
from iamconsole.interfaces.console.pages import reviewing
from iamconsole.interfaces.console.pages.groups.list import GROUPS
from iamconsole.interfaces.console.pages.users.detail import tab_url
from iamconsole.interfaces.console.visit import Visit


def user_join(visit: Visit, name: str) -> HttpResponse:
    """Choose groups from their list and add the user to them."""
    here, there = reverse("console:user-join", args=[name]), tab_url(name, "groups")
    if not visit.posting:
        user = visit.run("iam:GetUser", user_name=name).user
        visit.demand("iam:AddUserToGroup", user_name=user.user_name)
        picker = replace(
            GROUPS,
            url=here,
            title=_("Add %(name)s to groups") % {"name": user.user_name},
            bulk=(listing.Choice(value=reviewing.REVIEW, label=_("Add to groups")),),
            bulk_url=here,
            controls=lambda _visit: [],
            crumbs=_crumbs(user.user_name, there),
        )
        return listing.show(visit, picker)
    chosen = visit.request.POST.getlist("selected")
    items = [("iam:AddUserToGroup", {"user_name": name, "group_name": group}) for group in chosen]
    if reviewing.is_asked(visit) and chosen:
        return reviewing.review(
            visit,
            items,
            title=_("Add %(name)s to these groups?") % {"name": name},
            chosen=chosen,
            fields=[("selected", group) for group in chosen],
            submit_label=_("Add to groups"),
            crumbs=_crumbs(name, there),
            url=here,
            cancel_url=there,
        )
    visit.batch(items)
    return visit.redirect(there, _("The groups of %(name)s were saved.") % {"name": name})


def _crumbs(name: str, there: str) -> tuple[dict[str, Any], ...]:
    return ({"label": _("Users"), "url": reverse("console:users")}, {"label": name, "url": there})
