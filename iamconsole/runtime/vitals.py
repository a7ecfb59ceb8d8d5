"""Whether what we stand on answers, and fits this version."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache

import structlog
from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from iamconsole.replication.regions import views
from iamconsole.replication.regions.store import home

logger = structlog.get_logger(__name__)


class NotMigrated(Exception):
    """The database lacks tables or columns that this version reads."""


@dataclass(frozen=True, slots=True)
class Said:
    """What each check said: `ok`, or the name of what went wrong (why is in the log)."""

    checks: Mapping[str, str]

    @property
    def ready(self) -> bool:
        return set(self.checks.values()) == {"ok"}


def database() -> None:
    """Ask the database the smallest question; whatever it raises is the answer."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        cursor.fetchone()


def migrations() -> None:
    """NotMigrated while a migration of this version is missing: an upgrade's new processes wait for it."""
    _migrated()


def broker() -> None:
    """Let the broker's server remember something, as the counters of sign-ins need it."""
    cache.set("readyz", secrets.token_hex(4), 5)
    if cache.get("readyz") is None:
        raise ConnectionError("the broker forgot what it was told")


Checks = Mapping[str, Callable[[], None]]
DECIDING: Checks = {"database": database, "migrations": migrations}
SERVING: Checks = {**DECIDING, "broker": broker}


def region() -> None:
    """Look at the store of the region that this process decides by."""
    views.view()


def deciding() -> Checks:
    """What a decision node stands on: at home the database, elsewhere its region's store alone."""
    return DECIDING if home() == settings.IAM_REGION else {"region": region}


def of(checks: Checks) -> Said:
    """Run the checks; a failure of any kind is what its line says."""
    return Said({name: _asked(name, check) for name, check in checks.items()})


def missing_migrations() -> list[str]:
    """Migrations of this version that the database has not had, `app.name`."""
    applied = set(MigrationRecorder(connection).applied_migrations())
    return sorted(".".join(key) for key in _of_this_version() - applied)


@lru_cache(maxsize=1)
def _of_this_version() -> frozenset[tuple[str, str]]:
    return frozenset(MigrationLoader(None).disk_migrations)


@lru_cache(maxsize=1)
def _migrated() -> bool:
    """Kept once it is so: nobody migrates backwards below a running process."""
    if missing := missing_migrations():
        raise NotMigrated(f"{len(missing)} migrations are missing, {missing[0]} first: run `manage.py migrate`")
    return True


def _asked(name: str, check: Callable[[], None]) -> str:
    try:
        check()
    except Exception as error:
        logger.warning("not ready", check=name, why=str(error))
        return type(error).__name__
    return "ok"
