"""Saved views on the lists that they are of: chips that open them, and the way to save what one sees."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.http import QueryDict
from django.urls import reverse

from iamconsole.interfaces.console.list_state import WHOLE, State
from iamconsole.interfaces.console.visit import Visit

if TYPE_CHECKING:
    from iamconsole.interfaces.console.listing import Listing

LIST, PUT, SHARE = (f"iamconsole:{name}" for name in ("ListSavedViews", "PutSavedView", "ShareSavedView"))
CHIPS = 6  # views that have a chip of their own


def of(visit: Visit, listing: Listing) -> list[Any]:
    """The views of a list by name, the caller's own first; none for whoever may not list them."""
    if listing.is_part or visit.refusal(LIST, list_name=listing.url):
        return []
    found: list[Any] = visit.all(LIST, list_name=listing.url)
    return sorted(found, key=lambda view: (not view.is_own, view.view_name.lower()))


def default(views: Sequence[Any]) -> Any:
    """The view that the list opens with, or None."""
    return next((view for view in views if view.is_default), None)


def address(listing: Listing, view: Any) -> str:
    """The list as the view has it; never its bare address, from which a default view leads back to here."""
    return f"{listing.address}?{QueryDict(view.query).urlencode() or f'view={WHOLE}'}"


def state_of(view: Any, listing: Listing) -> State:
    return State.of(QueryDict(view.query), listing)


def menu(visit: Visit, listing: Listing, state: State, views: Sequence[Any]) -> dict[str, Any] | None:
    """What the list shows of its views (templates/console/list.html)."""
    if listing.is_part:
        return None
    here = state.query(listing)
    chips = [_chip(listing, view, here) for view in views]
    may_save = visit.refusal(PUT, list_name=listing.url) is None
    is_new = bool(here) and not any(chip["current"] for chip in chips)
    return {
        "chips": chips[:CHIPS],
        "more": len(chips) - CHIPS if len(chips) > CHIPS else 0,
        "manage_url": reverse("console:views", args=[listing.url]) if views else "",
        "save_url": f"{reverse('console:view-save', args=[listing.url])}?{here}" if may_save and is_new else "",
    }


def _chip(listing: Listing, view: Any, here: str) -> dict[str, Any]:
    return {
        "label": view.view_name,
        "url": address(listing, view),
        "shared": view.shared,
        "current": state_of(view, listing).query(listing) == here and (bool(here) or not view.query),
        "broken": bool(State.unknown(QueryDict(view.query), listing)),
    }
