"""What beat asks of keys: each task goes on where the last one ended, and may run twice."""

from __future__ import annotations

import time

import structlog
from celery import shared_task

from iamconsole.interfaces.workers import calling
from iamconsole.kernel.call import Call
from iamconsole.runtime import issuer_keys, rewrapping

logger = structlog.get_logger(__name__)

AT_MOST = 120.0
"""Seconds of one run, within Celery's limit; the next one goes on."""


@shared_task(name="keys.rewrap_secrets")  # type: ignore[untyped-decorator]
def rewrap_secrets() -> int:
    """While master keys are rotated: wrap anew what an older one seals; gives how many secrets."""
    if not rewrapping.is_needed():
        return 0
    until, count = time.monotonic() + AT_MOST, 0
    for progress in rewrapping.rewrap(_call):
        count += progress.rewrapped
        if time.monotonic() > until:
            break
    return count


@shared_task(name="keys.rotate_issuer_keys")  # type: ignore[untyped-decorator]
def rotate_issuer_keys() -> int:
    """Make the next signing key of every issuer whose time it is, drop those that are over; gives how many issuers."""
    return issuer_keys.rotate_due(_call)


def _call(account_id: str) -> Call:
    return calling.call(account_id, "keys")
