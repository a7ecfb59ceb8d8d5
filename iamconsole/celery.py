"""The Celery application of workers and beat; both tell their supervisor when they are ready."""

from __future__ import annotations

import os
import warnings
from typing import Any

from celery import Celery, Task
from celery.platforms import SecurityWarning
from celery.signals import beat_init, setup_logging, task_prerun, worker_ready
from django.db import close_old_connections

from iamconsole.interfaces.cli.launcher.notify import announce_ready

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "iamconsole.settings.embedded")

# Celery warns root of pickled messages; ours are JSON and nothing else is accepted.
warnings.filterwarnings("ignore", category=SecurityWarning)

app = Celery("iamconsole")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.autodiscover_tasks(["iamconsole.interfaces.workers"])


@setup_logging.connect
def keep_django_logging(**_: Any) -> None:
    """Celery configures nothing of its own where this signal has a receiver."""


@worker_ready.connect
@beat_init.connect
def tell_supervisor(**_: Any) -> None:
    announce_ready()


@task_prerun.connect
def drop_broken_connections(task: Task, **_: Any) -> None:
    """What a request's start does for web processes: a task on a connection that broke would fail, and so would all."""
    if not task.request.is_eager:
        close_old_connections()
