"""Users and user groups as CSV: what a list shows, as a file that the import reads back."""

from __future__ import annotations

from collections.abc import Iterator

from django.http import StreamingHttpResponse

from accounts.groups import console as groups
from accounts.importing import csv_rows, exports
from accounts.users import console as users
from iamconsole.interfaces.console import listing
from iamconsole.interfaces.console.pages import downloads
from iamconsole.interfaces.console.pages.groups.list import GROUPS
from iamconsole.interfaces.console.pages.users.list import USERS, narrowed
from iamconsole.interfaces.console.visit import Visit

DETAILS = "iam:GetAccountAuthorizationDetails"


def users_csv(visit: Visit) -> StreamingHttpResponse:
    """The users that the list shows by this search and filter, by name."""
    state = listing.State.of(visit.request.GET, listing.visible(visit, USERS))
    account, told = visit.call.account_id, narrowed(visit)
    found = users.matches(account, text=state.text, only=state.only, now=visit.call.time, **told)
    return _file(visit, "users.csv", exports.users(found))


def groups_csv(visit: Visit) -> StreamingHttpResponse:
    """The groups that the list shows by this search and filter, by name, with their policies and members."""
    state = listing.State.of(visit.request.GET, listing.visible(visit, GROUPS))
    found = groups.matches(visit.call.account_id, text=state.text, only=state.only)
    return _file(visit, "groups.csv", exports.groups(found))


def _file(visit: Visit, name: str, parts: Iterator[str]) -> StreamingHttpResponse:
    broken = csv_rows.lines([[downloads.INCOMPLETE]])
    allowed = _allowed(visit, parts)
    return downloads.streamed(visit, allowed, name=name, content_type="text/csv; charset=utf-8", broken=broken)


def _allowed(visit: Visit, parts: Iterator[str]) -> Iterator[str]:
    """Each part is authorized like the first: a right may be taken away meanwhile."""
    for part in parts:
        visit.run(DETAILS, max_items=1)
        yield part
