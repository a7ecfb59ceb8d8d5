"""The Celery application of workers and beat; both tell their supervisor when they are ready."""

from __future__ import annotations

import os
import warnings
from typing import Any

from celery import Celery
from celery.platforms import SecurityWarning
from celery.signals import beat_init, setup_logging, worker_ready

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
