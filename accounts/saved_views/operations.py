"""What can be done with saved views: each caller's own, and those that are shared with the account."""

from __future__ import annotations

import secrets
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.saved_views import shapes
from accounts.saved_views.models import OWN, DefaultView, SavedView
from accounts.saved_views.resources import SAVED_VIEW, SAVED_VIEWS
from accounts.tenancy import queries as tenancy
from iamconsole.kernel.call import Call
from iamconsole.kernel.errors import EntityAlreadyExists, InvalidInput, LimitExceeded, NoSuchEntity
from iamconsole.kernel.operation import Access, Implied, Rest, operation
from iamconsole.kernel.paging import page
from iamconsole.kernel.shapes import Marker, MaxItems
from iamconsole.storage.named import name_key

ONE = "/saved-views/{view_id}"
SHARING = (Implied("iamconsole:ShareSavedView", SAVED_VIEWS, when="shared"),)


@operation(
    Access.WRITE,
    on=SAVED_VIEWS,
    service=OWN,
    implies=SHARING,
    rest=Rest("PUT", "/saved-views"),
    errors=(EntityAlreadyExists, InvalidInput, LimitExceeded, NoSuchEntity),
)
def put_saved_view(
    call: Call,
    *,
    list_name: shapes.ListName,
    view_name: shapes.ViewName,
    query: shapes.ViewQuery | None = None,
    view_id: shapes.ViewId | None = None,
    shared: bool | None = None,
) -> shapes.SavedViewResult:
    """Give a state of one of the console's lists a name, or change a view of the caller's own.

    Without `ViewId`, the caller's view of that name is replaced, if there is one; with it, that view gets the name.
    Whatever else is left out stays as it is; a new view is private, and by default the whole list.
    """
    tenancy.lock(call.account_id)
    named = _own(call).filter(list_name=list_name, name_key=name_key(view_name)).first()
    row = _found(call, view_id) if view_id else named
    if row is None:
        row = _new(call, list_name)
    elif row.list_name != list_name:
        raise InvalidInput(f"The saved view {row.id} is one of the list {row.list_name}.")
    if named is not None and named.pk != row.pk:
        raise EntityAlreadyExists(f"Saved view with name {view_name} already exists.")
    row.name, row.updated = view_name, call.time
    row.query = row.query if query is None else query
    row.shared = row.shared if shared is None else shared
    row.save()
    return shapes.SavedViewResult(saved_view=_shown(call, _seen(call, row.id)))


def _new(call: Call, list_name: str) -> SavedView:
    everyone = SavedView.objects.filter(account_id=call.account_id)
    call.quota("SavedViewsPerAccount").check(everyone.count())
    call.quota("SavedViewsPerUser").check(_own(call).count())
    ident = f"sv-{secrets.token_hex(8)}"
    return SavedView(
        id=ident, account_id=call.account_id, owner=call.principal.user_id, list_name=list_name, created=call.time
    )


@operation(Access.LIST, on=SAVED_VIEWS, service=OWN, pages="saved_views", rest=Rest("GET", "/saved-views"))
def list_saved_views(
    call: Call,
    *,
    list_name: shapes.ListName | None = None,
    marker: Marker | None = None,
    max_items: MaxItems | None = None,
) -> shapes.ListSavedViewsResult:
    """List the caller's own views and those that are shared with the account, of one list or of all."""
    rows = _visible(call)
    rows = rows.filter(list_name=list_name) if list_name else rows
    found, rest = page(rows, by="id", marker=marker, max_items=max_items)
    return shapes.ListSavedViewsResult(saved_views=[_shown(call, row) for row in found], **rest)


@operation(
    Access.WRITE, on=SAVED_VIEW, service=OWN, rest=Rest("DELETE", ONE, status=204), errors=(InvalidInput, NoSuchEntity)
)
def delete_saved_view(call: Call, *, view_id: shapes.ViewId) -> None:
    """Delete a view of the caller's own."""
    _found(call, view_id).delete()


@operation(
    Access.WRITE,
    on=SAVED_VIEW,
    service=OWN,
    rest=Rest("PUT", f"{ONE}/sharing"),
    errors=(InvalidInput, NoSuchEntity),
)
def share_saved_view(call: Call, *, view_id: shapes.ViewId, shared: bool = True) -> shapes.SavedViewResult:
    """Share a view of the caller's own with the account, or make any shared view its owner's alone again."""
    row = _found(call, view_id) if shared else _seen(call, view_id)
    row.shared, row.updated = shared, call.time
    row.save()
    if not shared:
        DefaultView.objects.filter(account_id=call.account_id, view=row).exclude(owner=row.owner).delete()
    return shapes.SavedViewResult(saved_view=_shown(call, row))


@operation(
    Access.WRITE,
    on=SAVED_VIEWS,
    service=OWN,
    rest=Rest("PUT", "/lists/{list_name}/default-view", status=204),
    errors=(InvalidInput, NoSuchEntity),
)
def set_default_view(call: Call, *, list_name: shapes.ListName, view_id: shapes.ViewId | None = None) -> None:
    """Say which view a list opens with for the caller; without `ViewId`, with the whole list again."""
    mine = {"account_id": call.account_id, "owner": call.principal.user_id, "list_name": list_name}
    if view_id is None:
        DefaultView.objects.filter(**mine).delete()
        return
    row = _seen(call, view_id)
    if row.list_name != list_name:
        raise InvalidInput(f"The saved view {row.id} is one of the list {row.list_name}.")
    DefaultView.objects.update_or_create(**mine, defaults={"view": row})


def _own(call: Call) -> QuerySet[SavedView]:
    return SavedView.objects.filter(account_id=call.account_id, owner=call.principal.user_id)


def _visible(call: Call) -> QuerySet[SavedView]:
    mine = DefaultView.objects.filter(account_id=call.account_id, owner=call.principal.user_id, view=OuterRef("pk"))
    everyone = SavedView.objects.filter(account_id=call.account_id).annotate(is_default=Exists(mine))
    return everyone.filter(Q(owner=call.principal.user_id) | Q(shared=True))


def _seen(call: Call, view_id: str) -> SavedView:
    """A view that the caller sees; those of others that are not shared are as good as not there."""
    row: SavedView | None = _visible(call).select_for_update().filter(id=view_id).first()
    if row is None:
        raise NoSuchEntity(f"The saved view {view_id} cannot be found.")
    return row


def _found(call: Call, view_id: str) -> SavedView:
    """A view of the caller's own, to be changed."""
    row = _seen(call, view_id)
    if row.owner != call.principal.user_id:
        raise InvalidInput(f"The saved view {view_id} belongs to somebody else: save one of your own.")
    return row


def _shown(call: Call, row: Any) -> shapes.SavedView:
    return shapes.SavedView(
        view_id=row.id,
        view_name=row.name,
        list_name=row.list_name,
        arn=row.arn,
        query=row.query,
        shared=row.shared,
        is_own=row.owner == call.principal.user_id,
        is_default=row.is_default,
        create_date=row.created,
        update_date=row.updated,
    )
