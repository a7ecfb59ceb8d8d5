"""One migration at a time, however many processes start at once: Django itself lets them run into each other."""

from __future__ import annotations

import fcntl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import IO, Any

from django.conf import settings

ADVISORY_LOCK = 0x49414D  # "IAM"; advisory locks of PostgreSQL count per database
FILE = "migrate.lock"
WAITING = "another process is migrating this database; waiting for it"

Report = Callable[[str], None]


@contextmanager
def alone(connection: Any, *, report: Report) -> Iterator[None]:
    """Hold the right to migrate this database; `report` hears of it where somebody else has it at the moment."""
    held = _advisory if connection.vendor == "postgresql" else _locked_file
    with held(connection, report):
        yield


@contextmanager
def _advisory(connection: Any, report: Report) -> Iterator[None]:
    """Held by the session, so that it ends with the connection whatever becomes of this process."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [ADVISORY_LOCK])
        if cursor.fetchone() == (False,):
            report(WAITING)
            cursor.execute("SELECT pg_advisory_lock(%s)", [ADVISORY_LOCK])
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [ADVISORY_LOCK])


@contextmanager
def _locked_file(_connection: Any, report: Report) -> Iterator[None]:
    with open(settings.IAM_DATA_DIR / FILE, "a") as file:
        _lock(file, report)
        yield


def _lock(file: IO[str], report: Report) -> None:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        report(WAITING)
        fcntl.flock(file, fcntl.LOCK_EX)
