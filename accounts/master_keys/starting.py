"""What a process does about its master keys when it starts, and with every request."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core import checks
from django.core.exceptions import ImproperlyConfigured
from django.core.signals import request_started
from django.db import DatabaseError, connection

from accounts.master_keys import ring as rings
from accounts.master_keys.models import MasterKey
from iamconsole.sealing import SealingError


def refuse_wrong_master_keys() -> None:
    """ImproperlyConfigured with master keys that did not seal what is stored.

    A database that cannot be asked yet is no reason: nothing is opened before it was.
    """
    if (fault := _fault()) is not None:
        raise ImproperlyConfigured(f"this process does not start: {fault}")


@checks.register(checks.Tags.database)
def check_master_keys(databases: Sequence[str] | None = None, **_: Any) -> list[checks.CheckMessage]:
    """For `manage.py check --database default` and `manage.py migrate`."""
    fault = _fault() if databases else None
    hint = "Give the keys that the installation had: IAM_MASTER_KEY, IAM_MASTER_KEY_FILE or the data directory's."
    return [checks.Error(str(fault), hint=hint, id="accounts.E001")] if fault else []


def _fault() -> SealingError | None:
    try:
        if MasterKey._meta.db_table in connection.introspection.table_names():
            rings.confirm_ring()
    except DatabaseError:
        return None
    except SealingError as fault:
        return fault
    return None


def look_at_key_file(**_: Any) -> None:
    """Sessions are signed by keys that Django takes from settings, without asking."""
    rings.current()


request_started.connect(look_at_key_file)
