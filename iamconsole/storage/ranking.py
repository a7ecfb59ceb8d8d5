"""Names that come nearest to what was typed: the same, then those that begin with it, then those that hold it."""

from __future__ import annotations

from typing import TypeVar

from django.db.models import Case, IntegerField, Model, QuerySet, Value, When

Row = TypeVar("Row", bound=Model)


def nearest(rows: QuerySet[Row], text: str, limit: int) -> list[Row]:
    """At most `limit` named rows, in one query."""
    wanted = text.strip().lower()
    rank = Case(
        When(name_key=wanted, then=Value(0)),
        When(name_key__startswith=wanted, then=Value(1)),
        default=Value(2),
        output_field=IntegerField(),
    )
    return list(rows.filter(name_key__contains=wanted).order_by(rank, "name_key")[:limit])
