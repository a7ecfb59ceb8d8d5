"""Append-only, held by the database itself: triggers refuse to change or delete records and checkpoints.

One door is left: records of the closed segment that `audit_droppablesegment` names, and what they are found by (see
`audit.retention`).
A migration that rebuilds a guarded table on SQLite takes its triggers along and must install them again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

EVENTS, NAMES, SEGMENTS = "audit_auditevent", "audit_auditname", "audit_auditsegment"
OF_RECORDS = (EVENTS, NAMES)
TABLES = (*OF_RECORDS, SEGMENTS)
REFUSAL = "audit records and checkpoints can be neither changed nor deleted"
DROPPABLE = """
    SELECT 1 FROM audit_droppablesegment AS door
    JOIN audit_auditsegment AS closed ON closed.account_id = door.account_id AND closed.number = door.number
    WHERE closed.account_id = OLD.account_id AND OLD.sequence BETWEEN closed.first AND closed.last
"""
# INSERT OR REPLACE deletes what is in its way without firing delete triggers (sqlite.org/lang_conflict.html).
IN_THE_WAY = {
    EVENTS: "id = NEW.id OR event_id = NEW.event_id OR (account_id = NEW.account_id AND sequence = NEW.sequence)",
    NAMES: "id = NEW.id OR (event_id = NEW.event_id AND place = NEW.place)",
    SEGMENTS: "id = NEW.id OR (account_id = NEW.account_id AND number = NEW.number)",
}


def install(connection: Any) -> None:
    """Put the triggers in place; those that exist are renewed. They come and go with the transaction.

    Tables that a later migration makes are left to it.
    """
    remove(connection)
    if _postgres(connection):
        _execute(connection, [POSTGRES_FUNCTION])
    present = connection.introspection.table_names()
    for name, statements in _triggers(connection).items():
        if name.partition("__")[0] in present:
            _execute(connection, statements)


def remove(connection: Any) -> None:
    """Take the triggers away: for migrations backwards, and for tests that empty tables."""
    for name in _triggers(connection):
        on = f" ON {name.partition('__')[0]}" if _postgres(connection) else ""
        _execute(connection, [f"DROP TRIGGER IF EXISTS {name}{on}"])
    if _postgres(connection):
        _execute(connection, ["DROP FUNCTION IF EXISTS audit_append_only()"])


@contextmanager
def lifted(connection: Any) -> Iterator[None]:
    """Without the triggers for a while."""
    remove(connection)
    try:
        yield
    finally:
        install(connection)


def missing(connection: Any) -> list[str]:
    """The triggers that ought to be there and are not, or are switched off."""
    if _postgres(connection):
        present = "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled = 'A'"
    else:
        present = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    with connection.cursor() as cursor:
        cursor.execute(present)
        found = {name for (name,) in cursor.fetchall()}
    return sorted(set(_triggers(connection)) - found)


def _postgres(connection: Any) -> bool:
    return bool(connection.vendor == "postgresql")


def _execute(connection: Any, statements: Iterable[str]) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def _triggers(connection: Any) -> dict[str, list[str]]:
    """The statements that make each trigger, by its name: table, two underscores, what it refuses."""
    return _postgres_triggers() if _postgres(connection) else _sqlite_triggers()


def _sqlite_triggers() -> dict[str, list[str]]:
    made = {}
    for table in TABLES:
        shut = f"WHEN NOT EXISTS ({DROPPABLE})" if table in OF_RECORDS else ""
        taken = f"WHEN EXISTS (SELECT 1 FROM {table} WHERE {IN_THE_WAY[table]})"  # noqa: S608  (constants)
        for what, operation, when in (
            ("update", "UPDATE", ""),
            ("delete", "DELETE", shut),
            ("replace", "INSERT", taken),
        ):
            name, body = f"{table}__no_{what}", f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
            made[name] = [f"CREATE TRIGGER {name} BEFORE {operation} ON {table} {when} {body}"]
    return made


def _postgres_triggers() -> dict[str, list[str]]:
    made = {}
    for table in TABLES:
        for operation, level in (("UPDATE", "ROW"), ("DELETE", "ROW"), ("TRUNCATE", "STATEMENT")):
            name = f"{table}__no_{operation.lower()}"
            when = f"BEFORE {operation} ON {table} FOR EACH {level}"
            made[name] = [
                f"CREATE TRIGGER {name} {when} EXECUTE FUNCTION audit_append_only()",
                # Always: also in a session that sets session_replication_role to replica.
                f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {name}",
            ]
    return made


POSTGRES_FUNCTION = f"""
    CREATE FUNCTION audit_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_OP = 'DELETE' AND TG_TABLE_NAME IN {OF_RECORDS} THEN
            IF EXISTS ({DROPPABLE}) THEN
                RETURN OLD;
            END IF;
        END IF;
        RAISE EXCEPTION '{REFUSAL}' USING ERRCODE = 'integrity_constraint_violation';
    END $$
"""
