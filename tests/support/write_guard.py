"""A write outside of an operation fails the test: the structural promise of `execute()`, checked at the database."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.db import connection

from iamconsole.runtime import dispatch

WRITE = re.compile(r'^\s*(?:INSERT INTO|UPDATE|DELETE FROM)\s+"?(\w+)"?', re.IGNORECASE)
GUARDED = re.compile(r"^(accounts|policies|audit|replication)_")
# The few writers outside of operations, by the column or table they write (docs/architecture.md names them).
NAMED = (
    re.compile(r'^UPDATE "accounts_(accesskey|serviceaccesskey|role)" SET "last_used"'),  # when it was last used
    re.compile(r'"accounts_keysighting"'),  # from where a key that is being rotated was used
    re.compile(r'"accounts_consolesession"'),  # where people are signed in, as Django's own session table
    re.compile(r'^(UPDATE|INSERT INTO) "accounts_notificationdelivery"'),  # what became of a notification
    re.compile(r'^UPDATE "accounts_notification" SET ("addressed"|"state")'),
    re.compile(r'^UPDATE "accounts_credentialreport" SET "leased_until"'),  # whose work a report is
    # What has expired (runtime/retention.py).
    re.compile(
        r'^DELETE FROM "accounts_'
        r'(bearertoken|breakglasslink|credentialreport|lastaccessedjob|notification(delivery)?|roledeletion|signinaddress|spentassertion)"'
    ),
    # The trail records refusals after the roll-back, folds and closes segments; the access history is off the path.
    re.compile(r'"audit_'),
)
_setting_up: ContextVar[bool] = ContextVar("setting_up", default=False)


@contextmanager
def setting_up() -> Iterator[None]:
    """Rows that a test puts in place directly, such as ten thousand users."""
    mark = _setting_up.set(True)
    try:
        yield
    finally:
        _setting_up.reset(mark)


def _guard(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
    found = WRITE.match(sql)
    if (
        found
        and GUARDED.match(found.group(1))
        and dispatch.running() is None
        and not _setting_up.get()
        and not any(named.search(sql) for named in NAMED)
    ):
        raise AssertionError(f"written outside of an operation: {sql[:200]}")
    return execute(sql, params, many, context)


@contextmanager
def guarded() -> Iterator[None]:
    """Watch this thread's connection."""
    with connection.execute_wrapper(_guard):
        yield
