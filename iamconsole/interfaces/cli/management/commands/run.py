"""`manage.py run`: the whole product as one process tree in the foreground, what `make run` starts."""

from __future__ import annotations

import os
import threading
import time
from typing import Any

from django.conf import settings
from django.core.management import BaseCommand, CommandError, call_command, get_commands
from django.db import connections

from accounts.master_keys.ring import confirm_ring
from iamconsole.interfaces.cli.launcher import lock, probes, static_files
from iamconsole.interfaces.cli.launcher.broker import NoBroker
from iamconsole.interfaces.cli.launcher.services import Services
from iamconsole.interfaces.cli.launcher.supervisor import StartFailed, Stopped, Supervisor
from iamconsole.sealing import SealingError
from iamconsole.settings import redis_urls


class Command(BaseCommand):
    help = "Start broker, web, worker and scheduler; migrate, and create the first account where there is none."
    requires_system_checks = ()  # `make check` runs them; here they would cost a second

    def handle(self, *args: Any, **options: Any) -> None:
        began = time.monotonic()
        self._writing = threading.Lock()
        os.umask(0o077)  # keys and data are this user's alone
        supervisor = Supervisor(self._report)
        supervisor.listen_to_signals()
        try:
            self._start(supervisor)
            seconds = time.monotonic() - began
            self._say(f"READY in {seconds:.1f} s  {settings.IAM_PUBLIC_URL}/console/  (Ctrl-C stops everything)")
            supervisor.watch()
        except Stopped:
            pass
        except (StartFailed, NoBroker, lock.AlreadyRunning) as fault:
            raise CommandError(str(fault)) from fault
        finally:
            supervisor.stop()
        self._say("stopped")

    def _start(self, supervisor: Supervisor) -> None:
        """Broker, then what the web needs, then the web alone (so that it is healthy soonest), then the rest."""
        place = settings.IAM_DATA_DIR
        self._locks = [lock.hold_launcher_lock(place, note=f"process {os.getpid()} at {settings.IAM_PUBLIC_URL}")]
        self._locks.append(lock.hold_tree_lock(place))
        self._refuse_taken_port()
        self._say(f"starting; data in {place}")
        if settings.IAM_TEST_MODE:
            self._say("TEST MODE: anybody on this machine may empty accounts; never use it for anything real")
        inherited = [self._locks[-1].fileno()]
        services = Services(redis_urls.socket_directory(place), inherited)
        if settings.EMBEDDED_BROKER:
            supervisor.start(services.broker())
        self._prepare()
        supervisor.start(services.web())
        supervisor.start(services.worker(), services.replication(), services.beat())

    def _prepare(self) -> None:
        """In this process, where Django is loaded already: a fresh one each would cost a second."""
        call_command("migrate", interactive=False, verbosity=0)
        try:
            confirm_ring()
        except SealingError as fault:
            raise CommandError(str(fault)) from fault
        static_files.collect_if_changed()
        if "bootstrap" in get_commands():
            call_command("bootstrap", "--first-run", stdout=self.stdout, stderr=self.stderr)
        connections.close_all()

    def _refuse_taken_port(self) -> None:
        if not probes.port_is_free(settings.IAM_BIND, settings.IAM_PORT):
            raise CommandError(
                f"port {settings.IAM_PORT} of {settings.IAM_BIND} is taken by another program (or not ours to take):"
                f" choose another, for example IAM_PORT={settings.IAM_PORT + 1}"
            )

    def _say(self, line: str) -> None:
        self._report("run", line)

    def _report(self, name: str, line: str) -> None:
        with self._writing:
            self.stdout.write(f"{name:<6} | {line}")
            self.stdout.flush()
