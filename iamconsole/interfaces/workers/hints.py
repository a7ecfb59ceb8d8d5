"""After a commit: workers are told that there is something to do. A hint that is lost loses nothing, beat asks too."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from threading import Thread
from typing import Any, Final

import structlog
from celery import current_app
from django.dispatch import receiver
from kombu.exceptions import OperationalError

from iamconsole.audit.alarms import verification_ordered
from iamconsole.kernel.call import Change
from iamconsole.runtime.publishing import committed

logger = structlog.get_logger(__name__)

# What changed: the task that wants to know.
TASKS: Final[Mapping[tuple[str, str], str]] = {("credential_report", "ordered"): "reports.write_ordered"}
GOOD_FOR: Final = 60
"""Seconds; by then beat has asked."""


@receiver(committed)
def hint(*, changes: Iterable[Change] = (), **_: Any) -> None:
    """Send the hints that changes give rise to."""
    for task in {TASKS[change.entity, change.verb] for change in changes if (change.entity, change.verb) in TASKS}:
        _send_soon(task)


@receiver(verification_ordered)
def hint_at_verification(**_: Any) -> None:
    """Verifying changes nothing, so no change tells of it."""
    _send_soon("audit.verify_ordered")


def _send_soon(task: str) -> None:
    """From a thread: a broker that does not answer delays no request."""
    Thread(target=send, args=(task,), name="hint", daemon=True).start()


def send(task: str) -> None:
    """Ask for a task once, and leave it at that where the broker is away."""
    try:
        current_app.send_task(task, expires=GOOD_FOR, retry=False, ignore_result=True)
    except OperationalError as lost:
        logger.warning("a hint was lost", task=task, fault=type(lost).__name__)
