"""The product's Celery application, whose process dies at every step of a rotation: before its commit, and after it.

Each moment kills once, as by kill -9, and leaves a file of its name in the folder DEATHS.
"""

from __future__ import annotations

import os
import signal
from contextvars import ContextVar
from pathlib import Path
from typing import Any

import django

django.setup()

from iamconsole.celery import app as app  # noqa: E402
from iamconsole.interfaces.workers import calling  # noqa: E402
from iamconsole.runtime import dispatch  # noqa: E402

step: ContextVar[str] = ContextVar("step", default="")
run, project = calling.run, dispatch.project


def die(moment: str) -> None:
    try:
        Path(os.environ["DEATHS"], f"{step.get()}-{moment}").touch(exist_ok=False)
    except FileExistsError:
        return
    os.kill(os.getpid(), signal.SIGKILL)


def dying_run(account_id: str, worker: str, action: str, **members: Any) -> Any:
    step.set(f"{action.partition(':')[2]}-{'-'.join(map(str, members.values()))}")
    result = run(account_id, worker, action, **members)
    die("committed")
    return result


def dying_project(changes: Any, account_id: str) -> Any:
    if any(change.entity == "key_rotation" for change in changes):
        die("written")
    return project(changes, account_id)


calling.run, dispatch.project = dying_run, dying_project
