"""Paging by key: a marker names the last item seen, so that a page costs the same wherever it lies."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable
from typing import Any, TypedDict

from iamconsole.kernel.errors import ValidationError

DEFAULT_MAX_ITEMS = 100
LONGEST_NUMBER = 9  # digits of a place


class Page(TypedDict):
    """The two members every paginated answer carries."""

    is_truncated: bool
    marker: str | None


def encode_marker(key: str) -> str:
    return base64.urlsafe_b64encode(key.encode()).decode().rstrip("=")


def decode_marker(marker: str) -> str:
    """The key inside a marker; a marker that is none of ours is a ValidationError."""
    try:
        key = base64.b64decode(marker + "=" * (-len(marker) % 4), altchars=b"-_", validate=True).decode()
        if not key.isprintable():
            raise ValueError("a key of another kind than any that pages are ordered by")
        return key
    except (binascii.Error, UnicodeDecodeError, ValueError):
        raise ValidationError("Invalid Marker.", errors={"marker": ["Invalid Marker."]}) from None


def page(rows: Any, *, by: str, marker: str | None, max_items: int | None) -> tuple[list[Any], Page]:
    """At most `max_items` rows after `marker`, ordered `by` a text field that is unique among them."""
    size = max_items or DEFAULT_MAX_ITEMS
    if marker:
        rows = rows.filter(**{f"{by}__gt": decode_marker(marker)})
    found = list(rows.order_by(by)[: size + 1])
    more = len(found) > size
    found = found[:size]
    return found, {"is_truncated": more, "marker": encode_marker(_value(found[-1], by)) if more else None}


def page_of_list(
    items: list[Any], *, key: Callable[[Any], str], marker: str | None, max_items: int | None
) -> tuple[list[Any], Page]:
    """The same for a short list in memory, such as the tags of one resource."""
    size = max_items or DEFAULT_MAX_ITEMS
    after = decode_marker(marker) if marker else None
    left = sorted((item for item in items if after is None or key(item) > after), key=key)
    more = len(left) > size
    return left[:size], {"is_truncated": more, "marker": encode_marker(key(left[size - 1])) if more else None}


def page_by_number(total: int, *, marker: str | None, max_items: int | None) -> tuple[slice, Page]:
    """The same for what has no key but its place among `total`, and keeps it."""
    start = number_of(marker)
    stop = start + (max_items or DEFAULT_MAX_ITEMS)
    more = stop < total
    return slice(start, stop), {"is_truncated": more, "marker": encode_marker(str(stop)) if more else None}


def number_of(marker: str | None) -> int:
    """The place that a page begins with; ValidationError for a marker that is none of ours."""
    if marker is None:
        return 0
    number = decode_marker(marker)
    if not (number.isascii() and number.isdecimal() and len(number) <= LONGEST_NUMBER):
        raise ValidationError("Invalid Marker.", errors={"marker": ["Invalid Marker."]})
    return int(number)


def _value(row: Any, by: str) -> str:
    for name in by.split("__"):
        row = getattr(row, name)
    return str(row)
