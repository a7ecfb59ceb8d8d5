"""Keeps services running: starts each and waits until it serves, restarts what dies, stops all in order."""

from __future__ import annotations

import itertools
import signal
import time
from collections.abc import Iterable
from types import FrameType
from typing import NoReturn

from iamconsole.interfaces.cli.launcher.process import Child, Report, Service

TICK = 0.05
STABLE_AFTER = 60.0
INTERRUPTED = 130


class StartFailed(Exception):
    """A service ended, or did not serve in time, while the tree was starting."""


class Stopped(Exception):
    """Somebody asked to stop while the tree was starting."""


class Supervisor:
    """A tree of services. `report(name, line)` gets every line of output and every event.

    `patience`: seconds a service gets to serve; `grace`: seconds it gets to stop before its group is killed;
    `back_off`: seconds before the first and at most before any restart.
    """

    def __init__(
        self,
        report: Report,
        *,
        patience: float = 60.0,
        grace: float = 20.0,
        back_off: tuple[float, float] = (0.5, 15.0),
    ) -> None:
        self._report = report
        self._patience = patience
        self._grace = grace
        self._back_off = back_off
        self._watched: list[_Watched] = []
        self.stopping = False

    def listen_to_signals(self) -> None:
        """First SIGINT, SIGTERM or SIGHUP: stop cleanly. Second: kill everything and leave."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._on_signal)

    def start(self, *services: Service) -> None:
        """Start these together and return when all of them serve; StartFailed or Stopped otherwise."""
        self._refuse_when_stopping()
        started = [_Watched(service, Child(service, self._report)) for service in services]
        self._watched.extend(started)
        deadline = time.monotonic() + self._patience
        for watched in started:
            self._wait_until_ready(watched, deadline)

    def watch(self) -> None:
        """Restart whatever dies, with growing delay, until somebody asks to stop."""
        while not self.stopping:
            now = time.monotonic()
            for watched in self._watched:
                self._look_after(watched, now)
            time.sleep(TICK)

    def stop(self) -> None:
        """Stop every service, lowest `stops` first; whoever does not end in time is killed with its group."""
        self.stopping = True
        ordered = sorted(self._watched, key=lambda watched: watched.service.stops)
        for _, together in itertools.groupby(ordered, key=lambda watched: watched.service.stops):
            self._stop_together([watched.child for watched in together])

    def kill(self) -> None:
        """End every group at once."""
        for watched in self._watched:
            watched.child.kill()

    def _wait_until_ready(self, watched: _Watched, deadline: float) -> None:
        name = watched.service.name
        while not watched.service.ready():
            self._refuse_when_stopping()
            if watched.child.has_ended():
                watched.child.kill()
                raise StartFailed(
                    f"{name} ended with {watched.child.exit_code} while starting; its lines above say why"
                )
            if time.monotonic() > deadline:
                raise StartFailed(f"{name} did not serve within {self._patience:.0f} seconds")
            time.sleep(TICK)

    def _look_after(self, watched: _Watched, now: float) -> None:
        if watched.restart_at is not None:
            if now >= watched.restart_at:
                watched.restart(self._report, now)
        elif watched.child.has_ended():
            # Granian's workers and Celery's pool outlive their main process, and would hold its port and tasks.
            watched.child.kill()
            delay = watched.schedule_restart(self._back_off, now)
            self._report("run", f"{watched.service.name} ended with {watched.child.exit_code}; again in {delay:.1f} s")

    def _stop_together(self, children: Iterable[Child]) -> None:
        children = list(children)
        for child in children:
            child.ask_to_stop()
        deadline = time.monotonic() + self._grace
        for child in children:
            if not child.wait(deadline - time.monotonic()):
                self._report("run", f"{child.service.name} did not stop within {self._grace:.0f} seconds; killing it")
            child.kill()

    def _refuse_when_stopping(self) -> None:
        if self.stopping:
            raise Stopped

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        if self.stopping:
            self._leave_at_once()
        self.stopping = True

    def _leave_at_once(self) -> NoReturn:
        self.kill()
        raise SystemExit(INTERRUPTED)


class _Watched:
    """A service, its child of the moment, and how often that has died lately."""

    def __init__(self, service: Service, child: Child) -> None:
        self.service = service
        self.child = child
        self.restart_at: float | None = None
        self._deaths = 0
        self._started = time.monotonic()

    def schedule_restart(self, back_off: tuple[float, float], now: float) -> float:
        first, most = back_off
        self._deaths = 0 if now - self._started > STABLE_AFTER else self._deaths
        delay: float = min(first * 2**self._deaths, most)
        self._deaths += 1
        self.restart_at = now + delay
        return delay

    def restart(self, report: Report, now: float) -> None:
        self.child = Child(self.service, report)
        self.restart_at = None
        self._started = now
