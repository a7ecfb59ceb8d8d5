"""`manage.py restore`: the installation as a backup has it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import BaseCommand, CommandError, CommandParser

from iamconsole.backup import restoring
from iamconsole.backup.refusal import Refused
from iamconsole.interfaces.cli.launcher import lock


class Command(BaseCommand):
    help = "Restore a backup into an empty installation; the master key that sealed it must be configured."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="what `manage.py backup` wrote")
        parser.add_argument(
            "--force",
            action="store_true",
            help="although there is data: it is set aside, and every change since the backup is lost to users",
        )

    def handle(self, *args: Any, file: Path, force: bool, **options: Any) -> None:
        try:
            with lock.hold_launcher_lock(settings.IAM_DATA_DIR, note=f"process {os.getpid()} restores a backup"):
                manifest = restoring.restore(file.absolute(), force=force)
        except (Refused, OSError, lock.AlreadyRunning) as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(f"restored: version {manifest.version}, as of {manifest.made}")
        self.stderr.write(
            "What was revoked after that moment is in force again: see docs/deploy, and run `manage.py audit verify"
            " --all`."
        )
