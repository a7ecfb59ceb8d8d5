"""Bulk actions as data."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from django.http import QueryDict

from iamconsole.interfaces.console.forms import OperationForm
from iamconsole.interfaces.console.listing import Choice, Listing
from iamconsole.interfaces.console.visit import Item, Visit

Data = dict[str, Any]
"""What the action's form asked for."""


class Skipped(Exception):
    """A row that the action leaves alone; its text says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bulk(Choice):
    """A bulk action: its question, and the operations on one row (none where there is nothing to do).

    `title` and `done` are lazy plurals of `%(n)d` rows, `nothing` says why a row needs nothing done. `form` asks for
    what the action needs beside the rows. `before` are operations ahead of all rows, `told` what the preview says of
    the action, `document` a policy that it makes. One that is not `offered` has no button on the list; other pages
    may still lead to it.
    """

    title: Any
    done: Any
    items: Callable[[Visit, str, Data], list[Item]]
    nothing: Any
    form: Callable[[Visit, QueryDict | None], OperationForm] | None = None
    before: Callable[[Visit, Data], list[Item]] = lambda _visit, _data: []
    told: Callable[[Visit, Data], list[Any]] = lambda _visit, _data: []
    document: Callable[[Visit, Data], str] = lambda _visit, _data: ""
    offered: bool = True


@dataclass(frozen=True, slots=True)
class BulkList:
    """A list and what can be done to many of its rows; `url` is the page of a row, `label` what it is called."""

    base: Listing
    actions: tuple[Bulk, ...]
    url: Callable[[str], str]
    label: Callable[[str], str] = str

    @property
    def listing(self) -> Listing:
        """The list with its bulk bar."""
        offered = tuple(action for action in self.actions if action.offered)
        return replace(self.base, bulk=offered, select_all=True)

    def action(self, value: str) -> Bulk | None:
        return next((action for action in self.actions if action.value == value), None)
