"""Names that come nearest to what was typed: the same, then those that begin with it, then those that hold it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, TypeVar

from django.db.models import Case, IntegerField, Model, QuerySet, Value, When

from iamconsole.storage.named import name_key

Row = TypeVar("Row", bound=Model)


def nearest(rows: QuerySet[Row], text: str, limit: int, *, favoured: Iterable[Any] = ()) -> list[Row]:
    """At most `limit` named rows, in one query; of those that come equally near the `favoured` orderings first."""
    wanted = text.strip().lower()
    rank = Case(
        When(name_key=wanted, then=Value(0)),
        When(name_key__startswith=wanted, then=Value(1)),
        default=Value(2),
        output_field=IntegerField(),
    )
    return list(holding(rows, text).order_by(rank, *favoured, "name_key")[:limit])


def holding(rows: QuerySet[Row], text: str) -> QuerySet[Row]:
    """The named rows whose name holds a text."""
    return rows.filter(name_key__contains=text.strip().lower())


def called(rows: QuerySet[Row], texts: Sequence[str]) -> dict[str, Row]:
    """Named rows by the names and ARNs that they were asked for with, in one query; what names none is left out.

    Where two have the same name, the first in the order of the rows is meant.
    """
    keys = {text: name_key(text.rsplit("/", 1)[-1] if text.startswith("arn:") else text) for text in texts}
    there: list[Any] = list(rows.filter(name_key__in=set(keys.values())))
    found: dict[str, Row] = {}
    for text, key in keys.items():
        meant = (row for row in there if row.name_key == key and (not text.startswith("arn:") or row.arn == text))
        if (row := next(meant, None)) is not None:
            found[text] = row
    return found
