"""The worker that rotates keys: what is due goes forward one step at a time; messages carry ids alone."""

from __future__ import annotations

from typing import Any, Final

import structlog
from celery import shared_task

from accounts.rotation import due
from iamconsole.interfaces.workers import calling
from iamconsole.kernel import clock
from iamconsole.kernel.errors import Fault

logger = structlog.get_logger(__name__)
WORKER: Final = "rotation"
EXPIRES: Final = 120  # seconds; what a busy worker has not come to by then is found again
STEPS: Final = 10  # of one rotation in one go; whatever is left is found again


@shared_task(name="rotation.advance")
def advance() -> None:
    """Find keys that are due and rotations that can go on, and have each seen to by a task of its own."""
    now = clock.now()
    for account_id, access_key_id in due.keys(now):
        begin.apply_async((account_id, access_key_id), expires=EXPIRES)
    for account_id, rotation_id in due.rotations(now):
        step.apply_async((account_id, rotation_id), expires=EXPIRES)


@shared_task(name="rotation.begin")
def begin(account_id: str, access_key_id: str) -> None:
    """Begin the rotation of a key that is due; once it has begun this changes nothing."""
    _run(account_id, "iamconsole:StartDueKeyRotation", access_key_id=access_key_id)


@shared_task(name="rotation.step")
def step(account_id: str, rotation_id: str) -> None:
    """Take the steps that a rotation is ready for, each a transaction, with deliveries in between."""
    for _ in range(STEPS):
        version = due.version_of(account_id, rotation_id, now=clock.now())
        if version is None:
            return
        taken = _run(account_id, "iamconsole:AdvanceKeyRotation", rotation_id=rotation_id, version=version)
        if taken is None:
            return
        if taken.delivers:
            _run(account_id, "iamconsole:DeliverRotatedKey", rotation_id=rotation_id, version=taken.version)


def _run(account_id: str, action: str, **members: Any) -> Any:
    """What the operation gives; None where it was refused, and will be found again."""
    try:
        return calling.run(account_id, WORKER, action, **members)
    except Fault as refused:
        logger.warning("a rotation cannot go on", action=action, account_id=account_id, fault=refused.code)
        return None
