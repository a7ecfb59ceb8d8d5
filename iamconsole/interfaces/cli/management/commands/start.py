"""`manage.py start`: one service alone, for systemd, containers or whatever else supervises."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import BaseCommand, CommandError, CommandParser
from django.db import connections

from accounts.master_keys.ring import confirm_ring
from iamconsole.interfaces.cli.launcher import services
from iamconsole.replication.regions.store import home
from iamconsole.runtime import vitals
from iamconsole.sealing import SealingError

Start = Callable[[int], list[str]]
SERVICES: dict[str, Start] = {
    "web": lambda processes: services.granian(services.WEB, processes=processes),
    "decision-node": lambda processes: services.granian(services.NODE, processes=processes),
    "worker": lambda processes: services.worker(processes=processes),
    "replication": lambda _threads: services.replication(),
    "beat": lambda _one: services.beat(),
}


class Command(BaseCommand):
    help = "Start one service in the foreground, in this process; refused where it could not serve."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("service", choices=SERVICES)
        parser.add_argument("--processes", type=int, default=services.PROCESSES, help="default: %(default)s")

    def handle(self, *args: Any, service: str, processes: int, **options: Any) -> None:
        self._refuse_what_could_not_serve(service)
        connections.close_all()
        os.umask(0o077)  # keys and data are this user's alone
        command = SERVICES[service](processes)
        # In place of this process, so that signals and READY=1 are between the supervisor and the service itself.
        os.chdir(settings.BASE_DIR)
        os.execv(command[0], command)  # noqa: S606  (a list, no shell)

    def _refuse_what_could_not_serve(self, service: str) -> None:
        if service == "decision-node" and home() != settings.IAM_REGION:
            return  # it decides by its region's store, whether the database answers or not
        if missing := vitals.missing_migrations():
            raise CommandError(f"the database lacks {len(missing)} migrations: run `manage.py migrate` first")
        try:
            confirm_ring()
        except SealingError as fault:
            raise CommandError(str(fault)) from fault
        manifest = Path(settings.STATIC_ROOT) / "staticfiles.json"
        if service == "web" and not manifest.exists():
            raise CommandError(f"{manifest} is missing: run `manage.py collectstatic --noinput` first")
