"""Saved views as they are shown."""

from __future__ import annotations

from typing import Annotated

from iamconsole.kernel.shapes import UNICODE, Arn, Paged, Shape, Text, Timestamp

ListName = Annotated[str, Text(1, 64, r"[a-z][a-z-]*")]
"""The console's name of a list, such as `users`, `groups`, `roles` or `policies`."""

ViewId = Annotated[str, Text(1, 32, r"[a-z0-9-]+")]
ViewName = Annotated[str, Text(1, 64, UNICODE)]
ViewQuery = Annotated[str, Text(0, 1024, UNICODE.replace("+", "*"))]


class SavedView(Shape):
    """A view; `Query` is the query of the list's address: `filter=no-mfa&sort=-activity`.

    `IsOwn` tells whether the caller saved it, `IsDefault` whether the list opens with it for the caller.
    """

    view_id: ViewId
    view_name: ViewName
    list_name: ListName
    arn: Arn
    query: ViewQuery
    shared: bool
    is_own: bool
    is_default: bool
    create_date: Timestamp
    update_date: Timestamp


class SavedViewResult(Shape):
    saved_view: SavedView


class ListSavedViewsResult(Paged):
    saved_views: list[SavedView]
