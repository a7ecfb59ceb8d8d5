"""One child of the launcher: its own session, its output line by line under its name, dead when the launcher is."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import IO

PR_SET_PDEATHSIG = 1
LONGEST_LINE = 64 * 1024
TICK = 0.02

# Looked up before any fork: between fork and exec only async-signal-safe work is allowed.
_prctl = ctypes.CDLL(None).prctl if sys.platform == "linux" else None

Report = Callable[[str, str], None]


@dataclass(frozen=True)
class Service:
    """What to run: `ready` says when it serves; services with a lower `stops` are stopped first.

    Lines of output that contain one of `mutes` are not reported.
    """

    name: str
    command: Sequence[str]
    ready: Callable[[], bool]
    stops: int = 0
    environment: Mapping[str, str] = field(default_factory=dict)
    inherits: Sequence[int] = ()
    directory: str | None = None
    mutes: Sequence[str] = ()


class Child:
    """A running service. Start it from the main thread: the parent-death signal follows the thread that forks."""

    def __init__(self, service: Service, report: Report) -> None:
        self.service = service
        self._report = report
        parent = os.getpid()
        self._process = subprocess.Popen(
            service.command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env={**os.environ, **service.environment},
            cwd=service.directory,
            pass_fds=service.inherits,
            start_new_session=True,
            preexec_fn=lambda: _die_with(parent),
        )
        assert self._process.stdout is not None
        self._pump = threading.Thread(target=self._forward, args=(self._process.stdout,), daemon=True)
        self._pump.start()

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def exit_code(self) -> int | None:
        """What `kill` found; negative for the signal that ended it, None before."""
        return self._process.returncode

    def has_ended(self) -> bool:
        """Looks without reaping: until `kill`, nobody else can be given this process group's number."""
        if self.exit_code is not None:
            return True
        return os.waitid(os.P_PID, self.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None

    def ask_to_stop(self) -> None:
        """SIGTERM to the main process alone: Celery's pool must finish its tasks, so the group must not hear it."""
        if not self.has_ended():
            os.kill(self.pid, signal.SIGTERM)

    def wait(self, seconds: float) -> bool:
        """Whether it ended within `seconds`."""
        deadline = time.monotonic() + seconds
        while not self.has_ended():
            if time.monotonic() > deadline:
                return False
            time.sleep(TICK)
        return True

    def kill(self) -> None:
        """SIGKILL to the whole group, which may outlive its main process; its last lines are reported then."""
        if self.exit_code is not None:
            return
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)
        self._process.wait()
        self._pump.join(1)

    def _forward(self, output: IO[bytes]) -> None:
        with output:
            while line := output.readline(LONGEST_LINE):
                text = line.decode(errors="replace").rstrip()
                if text and not any(mute in text for mute in self.service.mutes):
                    self._report(self.service.name, text)


def _die_with(parent: int) -> None:
    if _prctl is None:
        return
    _prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != parent:
        os.kill(os.getpid(), signal.SIGTERM)
