"""Every turn of a scheduled task leaves word of how it ended, for `/readyz` and `/metrics`."""

from __future__ import annotations

from typing import Any

from celery.signals import task_failure, task_success

from iamconsole.kernel import clock
from iamconsole.runtime import schedule
from iamconsole.settings.schedule import EVERY


@task_success.connect
def succeeded(sender: Any, **_: Any) -> None:
    """`sender` is the task."""
    _note(sender.name, succeeded=True)


@task_failure.connect
def failed(sender: Any, **_: Any) -> None:
    _note(sender.name, succeeded=False)


def _note(task: str, *, succeeded: bool) -> None:
    if task in EVERY:
        schedule.note(task, succeeded=succeeded, now=clock.now())
