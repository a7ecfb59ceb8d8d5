"""Which operations of a migration break the release that is still running while it is applied.

An upgrade migrates first and then replaces processes one by one, so old code meets new tables: what it reads and writes
must still be there, and what it writes must still be accepted. What is not known here is taken to break it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from django.db.migrations import operations as ops
from django.db.migrations.state import ProjectState
from django.db.models import Field
from django.db.models.fields import NOT_PROVIDED

Judge = Callable[[Any, str, ProjectState], str]

NO_COLUMN = {"blank", "choices", "default", "editable", "error_messages", "help_text", "related_name", "validators"}
NO_COLUMN |= {"verbose_name", "on_delete", "limit_choices_to"}


def broken(operation: Any, app_label: str, state: ProjectState) -> str:
    """Why old code breaks on the operation, which is applied to `state`; empty where it does not."""
    judge = JUDGES.get(type(operation).__name__)
    return judge(operation, app_label, state) if judge else "is not known to be harmless"


def of_migration(migration: Any, state: ProjectState) -> Iterator[tuple[str, str]]:
    """Name and fault of each operation that breaks old code; moves `state` past the migration."""
    made = set()
    for operation in migration.operations:
        name = operation.migration_name_fragment or type(operation).__name__.lower()
        table = getattr(operation, "model_name", "").lower()
        if table not in made and (why := broken(operation, migration.app_label, state)):
            yield f"{type(operation).__name__} {name}", why
        if isinstance(operation, ops.CreateModel):
            made.add(operation.name.lower())  # no old code knows it, whatever else is done to it here
        operation.state_forwards(migration.app_label, state)


def _harmless(_operation: Any, _app: str, _state: ProjectState) -> str:
    return ""


def _gone(_operation: Any, _app: str, _state: ProjectState) -> str:
    return "takes away what old code reads: stop using it in one release, remove it in the next"


def _narrows(_operation: Any, _app: str, _state: ProjectState) -> str:
    return "refuses what old code may write: release code that keeps the rule first"


def _added(operation: Any, _app: str, _state: ProjectState) -> str:
    field = operation.field
    filled = field.null or field.many_to_many or field.db_default is not NOT_PROVIDED
    return "" if filled else "is a column that old code does not fill: give it db_default or null=True"


def _altered(operation: Any, app: str, state: ProjectState) -> str:
    before = state.models[app, operation.model_name_lower].get_field(operation.name)
    return "" if widens(before, operation.field) else _narrows(operation, app, state)


def widens(before: Field[Any, Any], after: Field[Any, Any]) -> bool:
    """Whether whatever was stored and written before still is accepted, and read as the same type."""
    path, old = _facts(before)
    if path != _facts(after)[0]:
        return False
    new = _facts(after)[1]
    changed = {name for name in {*old, *new} - NO_COLUMN if old.get(name) != new.get(name)}
    return all(_wider(name, old.get(name), new.get(name)) for name in changed)


def _wider(name: str, old: Any, new: Any) -> bool:
    if name == "max_length":
        return new is None or (old is not None and new >= old)
    if name == "null":
        return bool(new)
    if name == "unique":
        return not new
    return name in ("db_index", "db_default") and new is not None


def _facts(field: Field[Any, Any]) -> tuple[str, dict[str, Any]]:
    _name, path, _args, members = field.deconstruct()
    return path, members


def _code(operation: Any, _app: str, _state: ProjectState) -> str:
    return "" if operation.reversible else "cannot be undone: give it a reverse, if only RunPython.noop"


def _several(operation: Any, app: str, state: ProjectState) -> str:
    return next(filter(None, (broken(each, app, state) for each in operation.database_operations)), "")


JUDGES: dict[str, Judge] = {
    **dict.fromkeys(("CreateModel", "AddIndex", "AddIndexConcurrently", "RenameIndex"), _harmless),
    **dict.fromkeys(("RemoveIndex", "RemoveConstraint", "AlterModelOptions", "AlterModelManagers"), _harmless),
    **dict.fromkeys(("RemoveField", "DeleteModel", "RenameField", "RenameModel", "AlterModelTable"), _gone),
    **dict.fromkeys(("AddConstraint", "AlterUniqueTogether"), _narrows),
    "AddField": _added,
    "AlterField": _altered,
    "RunPython": _code,
    "RunSQL": _code,
    "SeparateDatabaseAndState": _several,
}
