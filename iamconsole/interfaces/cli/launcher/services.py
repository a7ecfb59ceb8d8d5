"""The services of the product, as command lines; `manage.py start` runs the same lines under another supervisor."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from django.conf import settings

from iamconsole.interfaces.cli.launcher import broker, probes
from iamconsole.interfaces.cli.launcher.notify import VARIABLE, Listener
from iamconsole.interfaces.cli.launcher.process import Service

# The scheduler goes first, so that it wakes nobody who is leaving; the broker last.
FIRST, THEN, LAST = range(3)
CELERY: Final = (sys.executable, "-m", "celery", "--quiet", "-A", "iamconsole.celery")
WORKER: Final = (*CELERY, "worker", "--loglevel", "WARNING", "--without-gossip", "--without-mingle")
WEB, NODE = "iamconsole.wsgi:application", "iamconsole.decision_node:application"
PROCESSES: Final = 2


def granian(application: str, *, processes: int = PROCESSES) -> list[str]:
    """Serve a WSGI application where settings say: one thread a process, since no request waits for anything."""
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", settings.IAM_BIND]
    command += ["--port", str(settings.IAM_PORT), "--workers", str(processes), "--blocking-threads", "1"]
    return [*command, "--respawn-failed-workers", "--no-ws", "--log-level", "warning", application]


def worker(*, processes: int = PROCESSES) -> list[str]:
    """A Celery worker for everything but the regions."""
    return [*WORKER, "--concurrency", str(processes)]


def replication() -> list[str]:
    """The appliers of the regions: threads, since they wait for sockets. One works and one waits for each region.

    A process of its own, so that no other task keeps a revocation waiting.
    """
    threads = str(2 * len(settings.IAM_REGIONS))
    command = [*WORKER, "--hostname", "replication@%h", "--queues", "replication"]
    return [*command, "--pool", "threads", "--concurrency", threads]


def beat() -> list[str]:
    """The scheduler, of which there is one in an installation."""
    return [*CELERY, "beat", "--loglevel", "WARNING", "--pidfile", ""]


@dataclass(frozen=True)
class Services:
    """`sockets` is where readiness is announced; every service keeps the file descriptors of `inherits` open."""

    sockets: Path
    inherits: Sequence[int]

    def broker(self) -> Service:
        """The embedded broker, on the unix socket that settings name."""
        socket = Path(settings.REDIS_URL.removeprefix("unix://"))
        return Service(
            "broker",
            broker.command(socket=socket, data_dir=settings.IAM_DATA_DIR),
            lambda: broker.answers(settings.REDIS_URL),
            stops=LAST,
            inherits=self.inherits,
            mutes=broker.ADVICE_TO_MUTE,
        )

    def web(self) -> Service:
        bind, port = settings.IAM_BIND, settings.IAM_PORT
        return self._python("web", granian(WEB), lambda: probes.is_healthy(bind, port), stops=THEN)

    def worker(self) -> Service:
        return self._announcing("worker", worker(), stops=THEN)

    def replication(self) -> Service:
        return self._announcing("regions", replication(), stops=THEN)

    def beat(self) -> Service:
        return self._announcing("beat", beat(), stops=FIRST)

    def _announcing(self, name: str, command: list[str], *, stops: int) -> Service:
        listener = Listener(self.sockets / f"{name}.sock")
        return self._python(name, command, listener.heard, stops=stops, **{VARIABLE: listener.address})

    def _python(
        self, name: str, command: list[str], ready: Callable[[], bool], *, stops: int, **environment: str
    ) -> Service:
        environment |= {
            "DJANGO_SETTINGS_MODULE": os.environ["DJANGO_SETTINGS_MODULE"],
            "IAM_DATA_DIR": str(settings.IAM_DATA_DIR),
            "PYTHONUNBUFFERED": "1",
            "REDIS_URL": settings.REDIS_URL,
        }
        directory = str(settings.BASE_DIR)
        return Service(name, command, ready, stops, environment, self.inherits, directory)
