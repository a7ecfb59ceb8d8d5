"""The state of a list: what its URL says, and nothing else."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from django.http import QueryDict

if TYPE_CHECKING:
    from iamconsole.interfaces.console.listing import Listing

SIZES = (25, 50, 100)
FURTHEST = 1_000_000  # page numbers beyond this are typing errors
WHOLE = "all"


@dataclass(frozen=True, slots=True)
class State:
    """What the URL of a list says; anything unknown in it counts as not said."""

    text: str = ""
    only: str = ""
    order: str = ""
    descending: bool = False
    page: int = 1
    size: int = SIZES[0]
    whole: bool = False  # where a bare address would open a view: this one does not

    @classmethod
    def of(cls, query: QueryDict, listing: Listing) -> State:
        order = query.get("sort", "")
        known = {column.order for column in listing.columns if column.order}
        only = query.get("filter", "")
        return cls(
            text=query.get("q", "").replace("\0", "")[:256],
            only=only if only in dict(listing.filters) else "",
            order=order.removeprefix("-") if order.removeprefix("-") in known else listing.order,
            descending=order.startswith("-"),
            page=_number(query.get("page"), 1, FURTHEST) or 1,
            size=_number(query.get("size"), SIZES[0], SIZES[-1]) or SIZES[0],
            whole=query.get("view") == WHOLE,
        )

    @staticmethod
    def unknown(query: QueryDict, listing: Listing) -> list[str]:
        """The filter and the column that the URL names and the list does not have, or not for this caller."""
        only, order = query.get("filter", ""), query.get("sort", "").removeprefix("-")
        known = {column.order for column in listing.columns if column.order} | {listing.order, ""}
        return [
            each for each, fits in ((only, only in {"", *dict(listing.filters)}), (order, order in known)) if not fits
        ]

    def pairs(self, listing: Listing) -> dict[str, str]:
        """The parameters that differ from what a bare URL means."""
        sort = f"{'-' if self.descending else ''}{self.order}"
        said = {
            "q": self.text,
            "filter": self.only,
            "sort": "" if sort == listing.order else sort,
            "size": "" if self.size == SIZES[0] else str(self.size),
            "page": "" if self.page == 1 else str(self.page),
        }
        found = {name: value for name, value in said.items() if value}
        return found or ({"view": WHOLE} if self.whole else {})

    def query(self, listing: Listing) -> str:
        """What of the state a saved view keeps: all but the page."""
        query = QueryDict(mutable=True)
        query.update(replace(self, page=1, whole=False).pairs(listing))
        return query.urlencode()

    def url(self, listing: Listing, **changes: Any) -> str:
        """The list with something changed; back on its first page unless `page` is what changes."""
        changed = replace(self, **{"page": 1, **changes})
        query = QueryDict(mutable=True)
        query.update(changed.pairs(listing))
        return f"{listing.address}?{query.urlencode()}".rstrip("?")


def _number(text: str | None, least: int, most: int) -> int | None:
    return min(max(int(text), least), most) if text and text.isascii() and text.isdigit() and len(text) < 9 else None
