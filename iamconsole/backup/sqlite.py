"""Copying a SQLite database while it is written to, and putting a copy in the place of a database."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from django.db import connection

from iamconsole.backup import archive
from iamconsole.backup.refusal import Refused

MEMBER = "database.sqlite3"
SCHEMA = ""


def schema() -> str:
    return SCHEMA


def parent() -> Path:
    """The folder of the database: what is put in its place must come from the same file system."""
    return _place().parent


def copy(to: Path) -> None:
    """The database as the caller's snapshot sees it, without the deleted rows that SQLite keeps in free pages."""
    connection.ensure_connection()
    with closing(sqlite3.connect(to)) as target:
        os.chmod(to, 0o600)
        connection.connection.backup(target)
        target.isolation_level = None
        target.execute("PRAGMA journal_mode=DELETE")
        target.execute("VACUUM")
        (found,) = target.execute("PRAGMA integrity_check(1)").fetchone()
    if found != "ok":
        raise Refused(f"the database is damaged, so it is not backed up: {found}")


def is_empty() -> bool:
    """Whether there is no database yet."""
    return not _place().exists() or not connection.introspection.table_names()


def demand_idle() -> None:
    """Refused while another process has the database open."""
    if not _place().exists():
        return
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    # SQLite removes the write-ahead log when the last connection of all processes is closed.
    if _beside("-wal").exists():
        raise Refused(f"{_place()} is in use: stop every process of the product first")


@contextmanager
def put(copied: Path, *, aside: str) -> Iterator[None]:
    """Work on `copied` inside, which then takes the database's place; one that is there is kept beside it."""
    place = _place()
    with _elsewhere(copied):
        yield
    if place.exists():
        os.rename(place, place.with_name(f"{place.name}.{aside}"))
    os.rename(copied, place)
    archive.sync(place.parent)


@contextmanager
def _elsewhere(place: Path) -> Iterator[None]:
    connection.close()
    before = connection.settings_dict["NAME"]
    connection.settings_dict["NAME"] = str(place)
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["NAME"] = before


def _place() -> Path:
    return Path(connection.settings_dict["NAME"])


def _beside(suffix: str) -> Path:
    return _place().with_name(_place().name + suffix)
