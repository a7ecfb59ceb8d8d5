"""Queries that are asked with every call: the ORM writes their SQL once, afterwards only the values differ.

To build and compile a queryset takes ten times as long as SQLite takes to answer it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Final

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models.constants import OnConflict
from django.db.models.query import ModelIterable, get_related_populators
from django.db.transaction import TransactionManagementError

Value = str | int
FIRST_NUMBER: Final = 0x6D61726B_00000000  # stands for the first value, if that is a number; no id is as high
FEW: Final = 32  # rows of an insert whose SQL is kept
MISSING: Final = "a prepared query names each of its values in its SQL, unchanged"


class Prepared:
    """A query by texts and whole numbers. `write` gives its queryset for such values, of one shape whatever they are.

    Rows come as instances, with what `select_related` and `annotate` ask for, or as tuples from `values_list`.
    """

    def __init__(self, write: Callable[..., Any]) -> None:
        self._write = write
        self._written: _Written | None = None

    def __call__(self, *values: Value) -> list[Any]:
        """The rows for these values."""
        if self._written is None:
            places = [FIRST_NUMBER + n if isinstance(value, int) else f"place {n}" for n, value in enumerate(values)]
            self._written = _Written(self._write(*places), places)
        return self._written.ask(values)

    def first(self, *values: Value) -> Any:
        """The first of them, or None."""
        found = self(*values)
        return found[0] if found else None


class _Written:
    """A query as SQL, and how rows become instances: what Django's ModelIterable works out anew each time."""

    def __init__(self, rows: Any, places: Sequence[Value]) -> None:
        if hasattr(rows, "_demand_scope"):
            rows._demand_scope()
        compiler = rows.query.get_compiler(DEFAULT_DB_ALIAS)
        self._sql, parameters = compiler.as_sql()
        self._parameters = [(places.index(at) if at in places else None, at) for at in parameters]
        if {place for place, _ in self._parameters if place is not None} != set(range(len(places))):
            raise TypeError(MISSING)
        self._converters = list(compiler.get_converters([column for column, *_ in compiler.select]).items())
        self._locks = rows.query.select_for_update
        self._build = _Instances(compiler) if rows._iterable_class is ModelIterable else tuple

    def ask(self, values: Sequence[Value]) -> list[Any]:
        connection = connections[DEFAULT_DB_ALIAS]
        if self._locks and not connection.in_atomic_block:
            raise TransactionManagementError("select_for_update cannot be used outside of a transaction.")
        given = [at if place is None else values[place] for place, at in self._parameters]
        with connection.cursor() as cursor:
            cursor.execute(self._sql, given)
            found = cursor.fetchall()
        return [self._build(columns) for columns in self._converted(found, connection)]

    def _converted(self, found: Iterable[Sequence[Any]], connection: Any) -> Iterator[Sequence[Any]]:
        for columns in map(list, found):
            for place, (converters, expression) in self._converters:
                for convert in converters:
                    columns[place] = convert(columns[place], expression, connection)
            yield columns


class _Instances:
    """Makes an instance of a row."""

    def __init__(self, compiler: Any) -> None:
        described = compiler.klass_info
        fields = described["select_fields"]
        self._own = slice(fields[0], fields[-1] + 1)
        self._names = [selected[0].target.attname for selected in compiler.select[self._own]]
        self._model = described["model"]
        self._related = get_related_populators(described, compiler.select, DEFAULT_DB_ALIAS)
        self._annotations = list(compiler.annotation_col_map.items())

    def __call__(self, columns: Sequence[Any]) -> Any:
        made = self._model.from_db(DEFAULT_DB_ALIAS, self._names, columns[self._own])
        for related in self._related:
            related.populate(columns, made)
        for name, place in self._annotations:
            setattr(made, name, columns[place])
        return made


class Insert:
    """Inserts rows of a model by SQL that is written once; the instances stay as they are, without the database's keys.

    `replacing`: the unique fields of a row that is there already, whose other columns are written over. `returning`: a
    column that is given back of each row.
    """

    def __init__(self, model: Any, *fields: str, replacing: Sequence[str] = (), returning: str = "") -> None:
        self._fields = [model._meta.get_field(name) for name in fields]
        self._table = model._meta.db_table
        self._replacing = replacing
        self._returning = returning
        self._sql: dict[int, str] = {}

    def __call__(self, rows: Sequence[Any]) -> list[Any]:
        """Insert them, all or none."""
        if not rows:
            return []
        connection = connections[DEFAULT_DB_ALIAS]
        sql = self._sql.get(len(rows)) or self._write(len(rows), connection)
        given = [
            field.get_db_prep_save(field.pre_save(row, True), connection) for row in rows for field in self._fields
        ]
        with connection.cursor() as cursor:
            cursor.execute(sql, given)
            return [value for (value,) in cursor.fetchall()] if self._returning else []

    def _write(self, count: int, connection: Any) -> str:
        columns = ", ".join(connection.ops.quote_name(field.column) for field in self._fields)
        places = f"({', '.join(['%s'] * len(self._fields))})"
        table = connection.ops.quote_name(self._table)
        sql = f"INSERT INTO {table} ({columns}) VALUES {', '.join([places] * count)}"  # noqa: S608  (names)
        if self._replacing:
            unique = [field.column for field in self._fields if field.name in self._replacing]
            others = [field.column for field in self._fields if field.name not in self._replacing]
            sql += f" {connection.ops.on_conflict_suffix_sql(self._fields, OnConflict.UPDATE, others, unique)}"
        if self._returning:
            sql += f" RETURNING {connection.ops.quote_name(self._returning)}"
        if count <= FEW:
            self._sql[count] = sql
        return sql
