"""`manage.py import-users`: users from a CSV file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management import BaseCommand, CommandParser

from accounts.importing import csv_users
from iamconsole.interfaces.cli import imports


class Command(BaseCommand):
    help = "Create the users of a CSV file (UserName,Path,Groups,Tags), all or none."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        imports.add_arguments(parser)

    def handle(self, *args: Any, file: Path, dry_run: bool, **options: Any) -> None:
        call = imports.call(options)
        with imports.reported():
            imports.run(call, csv_users.plan(imports.read(file)), dry_run=dry_run, write=self.stdout.write)
