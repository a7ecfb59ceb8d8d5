"""Taking a user out of a group, asked with what he would lose; from the page of either."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from iamconsole.interfaces.console.pages.entities import crumbs
from iamconsole.interfaces.console.pages.kinds import GROUP, USER, Kind
from iamconsole.interfaces.console.pages.policies import previews
from iamconsole.interfaces.console.visit import Visit

WARNING = _("The user loses what the group alone grants, and can be added again at any time.")


def from_group(group: str, user: str) -> str:
    """The question, come to from the group."""
    return f"{reverse('console:group-remove', args=[group])}?{urlencode({'user_name': user})}"


def from_user(group: str, user: str) -> str:
    """The question, come to from the user."""
    return f"{reverse('console:user-leave', args=[user])}?{urlencode({'group_name': group})}"


def group_remove(visit: Visit, name: str) -> HttpResponse:
    """The question on the way from a group."""
    there = reverse("console:group", args=[name])
    return _leave(visit, name, _sent(visit, "user_name"), there, GROUP)


def user_leave(visit: Visit, name: str) -> HttpResponse:
    """The question on the way from a user."""
    there = reverse("console:user-tab", args=[name, "groups"])
    return _leave(visit, _sent(visit, "group_name"), name, there, USER)


def _sent(visit: Visit, name: str) -> str:
    return (visit.request.POST if visit.posting else visit.request.GET).get(name, "")


def _leave(visit: Visit, group: str, user: str, there: str, came_from: Kind) -> HttpResponse:
    if visit.posting:
        visit.run("iam:RemoveUserFromGroup", group_name=group, user_name=user)
        return visit.redirect(there, _("%(user)s is no longer in %(group)s.") % {"user": user, "group": group})
    if not (group and user):
        return visit.redirect(there)
    found = visit.run("iam:GetGroup", group_name=group, max_items=1).group
    visit.demand("iam:RemoveUserFromGroup", group_name=group)
    leave = ("iam:RemoveUserFromGroup", {"group_name": found.group_name, "user_name": user})
    named: dict[str, Any] = {"name": user, "field": "user_name"}
    if came_from is USER:
        named = {"name": group, "field": "group_name"}
    context = {
        "title": _("Remove %(user)s from %(group)s?") % {"user": user, "group": found.group_name},
        "warning": WARNING,
        "breadcrumbs": [*crumbs(came_from, user if came_from is USER else group), {"label": _("Remove")}],
        "preview": previews.of_items(visit, [leave]),
        "fields": [{"name": named["field"], "value": named["name"]}],
        "submit_label": _("Remove from group"),
        "cancel_url": there,
    }
    return visit.page("confirm_delete", context)
