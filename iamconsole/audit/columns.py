"""What the trail's indexes are made of, where a column is too wide for one."""

from __future__ import annotations

from typing import Any

from django.db.models import CharField, Func


class Head(Func):
    """The first 256 characters of a text: PostgreSQL's indexes take that much of whatever a caller named.

    SQLite indexes texts of any length, and sorts by the columns after an expression no more: there it is the text.
    """

    function = "SUBSTR"
    template = "%(function)s(%(expressions)s, 1, 256)"
    output_field = CharField()
    arity = 1

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        """The text itself."""
        return self.as_sql(compiler, connection, template="%(expressions)s", **context)
