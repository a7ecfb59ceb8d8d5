"""A Celery worker and beat beside a running product, as processes of their own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import Self

from iamconsole.interfaces.cli.launcher.notify import VARIABLE, Listener
from tests.support.product import PATIENCE, ROOT

WORKER = ("worker", "--loglevel", "ERROR", "--concurrency", "2", "--without-gossip", "--without-mingle")
BEAT = ("beat", "--loglevel", "ERROR", "--pidfile", "")


class CeleryWorkers:
    """For `with`: a worker of the application in that module, and beat."""

    def __init__(self, environment: Mapping[str, str], application: str = "iamconsole.celery") -> None:
        self._environment, self._application = environment, application
        self._running: dict[tuple[str, ...], subprocess.Popen[bytes]] = {}

    def _start(self, service: tuple[str, ...], **environment: str) -> None:
        self._running[service] = subprocess.Popen(
            [sys.executable, "-m", "celery", "--quiet", "-A", self._application, *service],
            cwd=ROOT,
            env={**self._environment, **environment},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )

    def _kill(self, service: tuple[str, ...]) -> None:
        process = self._running.pop(service)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def _start_worker(self) -> None:
        self._start(WORKER, **{VARIABLE: self._listener.address})
        deadline = time.monotonic() + PATIENCE
        while not self._listener.heard():
            if time.monotonic() > deadline:
                raise TimeoutError("the worker did not come up")
            time.sleep(0.05)

    def replace_worker(self) -> None:
        """kill -9 of the worker and all its processes; another takes its place, and is ready afterwards."""
        self._kill(WORKER)
        self._start_worker()

    def __enter__(self) -> Self:
        self._place = TemporaryDirectory(prefix="iamconsole-workers-")
        self._listener = Listener(Path(self._place.name, "worker"))
        self._start(BEAT)
        self._start_worker()
        return self

    def __exit__(self, kind: type[BaseException] | None, fault: BaseException | None, at: TracebackType | None) -> None:
        for service in list(self._running):
            self._kill(service)
        self._listener.close()
        self._place.cleanup()
