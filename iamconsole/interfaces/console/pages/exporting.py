"""Users and user groups as CSV: what a list shows, as a file that the import reads back."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.http import HttpResponse

from accounts.importing import csv_groups, csv_users
from accounts.users import console as users
from iamconsole.interfaces.console import listing
from iamconsole.interfaces.console.pages.groups.list import GROUPS
from iamconsole.interfaces.console.pages.users.list import USERS, narrowed
from iamconsole.interfaces.console.visit import Visit
from iamconsole.kernel.shapes import Shape

DETAILS = "iam:GetAccountAuthorizationDetails"
ALL = 1_000_000  # groups; there are fewer, by quota


def users_csv(visit: Visit) -> HttpResponse:
    """The users that the list shows by this search and filter, by name."""
    found = sorted(_details(visit, "User", "user_detail_list"), key=lambda user: user.user_name.lower())
    state = listing.State.of(visit.request.GET, listing.visible(visit, USERS))
    if state.text or state.only:
        account, told = visit.call.account_id, narrowed(visit)
        shown = users.names(account, text=state.text, only=state.only, now=visit.call.time, **told)
        found = [user for user in found if user.user_name in shown]
    found.sort(key=lambda user: user.user_name.lower())
    return _file("users.csv", csv_users.export_users(found))


def groups_csv(visit: Visit) -> HttpResponse:
    """The groups that the list shows by this search and filter, by name, with their policies and members."""
    found = sorted(_details(visit, "Group", "group_detail_list"), key=lambda group: group.group_name.lower())
    listed = listing.visible(visit, GROUPS)
    state = listing.State.of(visit.request.GET, listed)
    if state.text or state.only:
        rows, _matching, _total = listing.find(visit, listed, replace(state, page=1, size=ALL))
        shown = {row.name for row in rows}
        found = [group for group in found if group.group_name in shown]
    members = csv_groups.members_of(_details(visit, "User", "user_detail_list"))
    found.sort(key=lambda group: group.group_name.lower())
    return _file("groups.csv", csv_groups.export_groups(found, members))


def _details(visit: Visit, kind: str, member: str) -> list[Any]:
    found: list[Shape] = []
    marker = None
    while True:
        answer = visit.run(DETAILS, filter=[kind], marker=marker, max_items=1000)
        found += getattr(answer, member)
        marker = answer.marker
        if not answer.is_truncated:
            return found


def _file(name: str, text: str) -> HttpResponse:
    response = HttpResponse(text, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
