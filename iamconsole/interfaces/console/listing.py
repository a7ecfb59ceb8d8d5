"""List pages as data: what is listed, its columns, filters and bulk actions. The whole state of a list is in its URL.

A list is authorized by running its List operation; only then are the slice's own queries asked for the page.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from django.http import HttpResponse, QueryDict
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from iamconsole.interfaces.console import cells, saved_views
from iamconsole.interfaces.console.cells import Cell
from iamconsole.interfaces.console.list_state import SIZES, State
from iamconsole.interfaces.console.visit import Visit

__all__ = ["LISTS", "MOST_SELECTED", "SIZES", "Choice", "Column", "Listing", "State", "find", "show", "visible"]
MOST_SELECTED = 200  # rows that one bulk action takes


@dataclass(frozen=True, slots=True)
class Column:
    """A column; `order` is the ordering that its heading asks for, if any.

    `needs` is the action that reads this of a single row, where the List operation does not tell it.
    """

    label: Any
    order: str = ""
    numeric: bool = False
    needs: str = ""


LISTS: dict[str, Listing] = {}
"""Every list that has a page of its own, by the route that views of it are saved under."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """A button that acts on the ticked rows; one that is `rare` stands in a menu behind the others.

    Whoever is never allowed one of the actions that it `needs`, on whatever resource, does not see it.
    """

    value: str
    label: Any
    tone: str = ""
    needs: tuple[str, ...] = ()
    rare: bool = False


@dataclass(frozen=True, slots=True)
class Listing:
    """One list page.

    `find(account_id, text=, only=, order=, descending=, offset=, limit=, now=)` gives a page of rows, how many match
    and how many there are; `cells` makes a row's cells, `key` the value its tick box sends. `probe` is the input with
    which the actions that columns and filters need are asked about, `narrowed` what else `find` is told of the asker.
    `shown` tells more of the rows of a page, before cells are made of them. `export` is the route of a file of what
    the list shows, and the action that it takes.
    """

    url: str
    title: Any
    counted: Callable[[int], str]
    action: str
    find: Callable[..., tuple[list[Any], int, int]]
    columns: tuple[Column, ...]
    cells: Callable[[Any, Visit], list[Cell]]
    key: Callable[[Any], str]
    placeholder: Any
    empty: Callable[[Visit], dict[str, Any]]
    filters: tuple[tuple[str, Any], ...] = ()
    controls: Callable[[Visit], list[dict[str, Any]]] = lambda _visit: []
    export: tuple[str, str] | None = None
    bulk: tuple[Choice, ...] = ()
    bulk_url: str = ""
    select_all: bool = False
    order: str = "name"
    crumbs: tuple[dict[str, Any], ...] = ({"label": _("Access management")},)
    probe: Callable[[Visit], Mapping[str, str]] = lambda _visit: {}
    filters_need: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    shown: Callable[[Visit, list[Any]], list[Any]] = lambda _visit, rows: rows
    narrowed: Callable[[Visit], Mapping[str, Any]] = lambda _visit: {}

    def __post_init__(self) -> None:
        if not self.is_part:
            LISTS.setdefault(self.url, self)  # the first is the list itself, later ones are narrowed for somebody

    @property
    def is_part(self) -> bool:
        """Whether it is a choice within another page, rather than a list of its own."""
        return self.url.startswith("/")

    @property
    def address(self) -> str:
        """Where the list is; `url` is a route's name or, for a list within another page, a path."""
        return self.url if self.is_part else reverse(f"console:{self.url}")


def show(visit: Visit, listing: Listing) -> HttpResponse:
    """The list page of a listing."""
    visit.run(listing.action, max_items=1)
    return render(visit, listing)


def render(visit: Visit, listing: Listing, template: str = "list", **more: Any) -> HttpResponse:
    """The page of a listing whose reading was allowed before; `more` is what its template has of its own."""
    listing, asked = visible(visit, listing), visit.request.GET
    views = saved_views.of(visit, listing)
    if (default := saved_views.default(views)) and not asked:
        return visit.redirect(saved_views.address(listing, default))
    state = replace(State.of(asked, listing), whole=default is not None)
    rows, matching, total = find(visit, listing, state)
    last = max(1, -(-matching // state.size))
    if state.page > last:
        state = replace(state, page=last)
        rows, matching, total = find(visit, listing, state)
    shown = [
        {"id": listing.key(row), "name": cells[0]["value"], "cells": cells}
        for row in listing.shown(visit, rows)
        for cells in [listing.cells(row, visit)]
    ]
    found = state.text or state.only
    context = {
        "title": listing.title,
        "subtitle": _("%(matching)d of %(total)s") % {"matching": matching, "total": listing.counted(total)},
        "breadcrumbs": [*listing.crumbs, {"label": listing.title}],
        "actions": [*_export(visit, listing, state), *listing.controls(visit)],
        "search": {
            "value": state.text,
            "placeholder": listing.placeholder,
            "live": True,
            "keep": [{"name": n, "value": v} for n, v in state.pairs(listing).items() if n not in ("q", "page")],
        },
        "filters": _filters(listing, state),
        "views": saved_views.menu(visit, listing, state, views),
        "unknown": ", ".join(State.unknown(asked, listing)),
        "columns": [_column(listing, state, column) for column in listing.columns],
        "rows": shown,
        "bulk": _bulk(visit, listing, state, matching) if shown else None,
        "pagination": _pagination(listing, state, matching),
        "empty": _nothing_matches(listing, state) if found else listing.empty(visit),
    }
    return visit.page(template, context | more)


def visible(visit: Visit, listing: Listing) -> Listing:
    """The listing without what the principal could not read of the rows one by one."""

    probe = listing.probe(visit)

    def may(action: str) -> bool:
        return not action or visit.refusal(action, **probe) is None

    kept = [place for place, column in enumerate(listing.columns) if may(column.needs)]
    return replace(
        listing,
        columns=tuple(listing.columns[place] for place in kept),
        filters=tuple(each for each in listing.filters if all(map(may, listing.filters_need.get(each[0], ())))),
        cells=lambda row, asker: [cell for n, cell in enumerate(listing.cells(row, asker)) if n in kept],
    )


def find(visit: Visit, listing: Listing, state: State) -> tuple[list[Any], int, int]:
    return listing.find(
        visit.call.account_id,
        text=state.text,
        only=state.only,
        order=state.order,
        descending=state.descending,
        offset=(state.page - 1) * state.size,
        limit=state.size,
        now=visit.call.time,
        **listing.narrowed(visit),
    )


def _filters(listing: Listing, state: State) -> list[dict[str, Any]]:
    if not listing.filters:
        return []
    chosen = (("", _("All")), *listing.filters)
    return [
        {"label": label, "url": state.url(listing, only=value), "current": state.only == value}
        for value, label in chosen
    ]


def _export(visit: Visit, listing: Listing, state: State) -> list[dict[str, Any]]:
    if listing.export is None or listing.is_part:
        return []
    route, needed = listing.export
    query = QueryDict(mutable=True)
    query.update({name: value for name, value in state.pairs(listing).items() if name in ("q", "filter")})
    button = cells.action(
        _("Export"), f"{reverse(f'console:{route}')}?{query.urlencode()}".rstrip("?"), icon="download"
    )
    return [visit.offer(button, needed)]


def _column(listing: Listing, state: State, column: Column) -> dict[str, Any]:
    shown: dict[str, Any] = {"label": column.label, "numeric": column.numeric}
    if column.order:
        here = state.order == column.order
        shown["sort"] = ("descending" if state.descending else "ascending") if here else ""
        shown["sort_url"] = state.url(listing, order=column.order, descending=here and not state.descending)
    return shown


def _bulk(visit: Visit, listing: Listing, state: State, matching: int) -> dict[str, Any] | None:
    offered = [choice for choice in listing.bulk if all(visit.ever(action) for action in choice.needs)]
    if not offered:
        return None
    query = QueryDict(mutable=True)
    query.update(state.pairs(listing))
    whole = listing.select_all and state.size < matching <= MOST_SELECTED
    address = listing.bulk_url if listing.bulk_url.startswith("/") else reverse(f"console:{listing.bulk_url}")
    return {
        "url": f"{address}?{query.urlencode()}".rstrip("?"),
        "actions": [choice for choice in offered if not choice.rare],
        "rare": [choice for choice in offered if choice.rare],
        "all_label": _("All %(count)d results") % {"count": matching} if whole else "",
        "all_count": matching,
    }


def _pagination(listing: Listing, state: State, matching: int) -> dict[str, Any]:
    first, last = (state.page - 1) * state.size + 1, min(state.page * state.size, matching)
    return {
        "summary": _("%(first)d to %(last)d of %(matching)d") % {"first": first, "last": last, "matching": matching},
        "previous_url": state.url(listing, page=state.page - 1) if state.page > 1 else "",
        "next_url": state.url(listing, page=state.page + 1) if last < matching else "",
        "sizes": [{"label": n, "url": state.url(listing, size=n), "current": n == state.size} for n in SIZES],
    }


def _nothing_matches(listing: Listing, state: State) -> dict[str, Any]:
    return {
        "title": _("Nothing matches"),
        "text": _("Nothing was found for this search and filter."),
        "icon": "search-x",
        "action": {"label": _("Show all"), "url": state.url(listing, text="", only="")},
    }
