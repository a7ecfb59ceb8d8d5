"""Copying a PostgreSQL database with pg_dump while it is written to, and putting a copy back with pg_restore."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError, connection, transaction
from psycopg.conninfo import make_conninfo
from psycopg.pq import Conninfo

from iamconsole.backup.refusal import Refused

MEMBER = "database.pgdump"
LIBPQ = {option.keyword.decode() for option in Conninfo.get_defaults()}
PLACES = Path("/usr/lib/postgresql")  # where Debian keeps the programs of each version
OTHERS = """
    SELECT count(*) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid() AND usename = current_user
"""


def schema() -> str:
    """The schema that holds our tables."""
    return str(_value("SELECT current_schema()"))


def parent() -> Path:
    return Path(settings.IAM_DATA_DIR)


def copy(to: Path) -> None:
    """The database as the caller's snapshot sees it: the transaction must be a repeatable read."""
    snapshot = _value("SELECT pg_export_snapshot()")
    options = ["--format=custom", "--no-owner", "--no-privileges", f"--schema={schema()}", f"--snapshot={snapshot}"]
    _run("pg_dump", *options, f"--file={to}")


def is_empty() -> bool:
    return not connection.introspection.table_names()


def demand_idle() -> None:
    """Refused while others are connected to the database."""
    if others := _value(OTHERS):
        raise Refused(f"{others} other connections are open to the database: stop every process of the product first")


@contextmanager
def put(copied: Path, *, aside: str) -> Iterator[None]:
    """Restore `copied`, and work on it inside; what is there already is kept in a schema named `aside`.

    Whatever fails, here or inside, the database is as it was.
    """
    name = schema()
    occupied = not is_empty()
    if occupied:
        _set_aside(name, aside)
    try:
        _run("pg_restore", "--no-owner", "--no-privileges", "--single-transaction", f"--schema={name}", str(copied))
        yield
    except BaseException:
        if occupied:
            _execute(f'DROP SCHEMA "{name}" CASCADE', f'ALTER SCHEMA "{aside}" RENAME TO "{name}"')
        raise


def _set_aside(name: str, aside: str) -> None:
    try:
        _execute(f'ALTER SCHEMA "{name}" RENAME TO "{aside}"', f'CREATE SCHEMA "{name}"')
    except DatabaseError as fault:
        raise Refused(f"what is there cannot be set aside ({fault}): restore into an empty database") from fault


def program(name: str, *, major: int) -> str:
    """pg_dump or pg_restore at least as new as the server, which refuses to be dumped by an older one (Refused)."""
    candidates = [shutil.which(name), *sorted(map(str, PLACES.glob(f"*/bin/{name}")), reverse=True)]
    for candidate in filter(None, candidates):
        told = subprocess.run([candidate, "--version"], check=False, capture_output=True, text=True).stdout
        found = re.search(r"\(PostgreSQL\) (\d+)", told)
        if found and int(found[1]) >= major:
            return candidate
    raise Refused(
        f"{name} of PostgreSQL {major} or newer is needed and is not on the PATH: install the client programs"
        f" (Debian, Ubuntu: apt-get install postgresql-client-{major}; Alpine: apk add postgresql{major}-client)"
    )


def _run(name: str, *words: str) -> None:
    """Run a program on our database; the password goes by environment, since command lines can be seen by all."""
    given = {key: value for key, value in connection.get_connection_params().items() if key in LIBPQ}
    environment = {**os.environ, "PGPASSWORD": given.pop("password", "")}
    server = int(str(_value("SHOW server_version_num")))
    command = [program(name, major=server // 10_000), f"--dbname={make_conninfo(**given)}", "--no-password", *words]
    done = subprocess.run(command, check=False, capture_output=True, text=True, env=environment)
    if done.returncode:
        raise Refused(f"{name} failed: {done.stderr.strip()}")


def _value(statement: str) -> object:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        (found,) = cursor.fetchone()
    return found


def _execute(*statements: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
