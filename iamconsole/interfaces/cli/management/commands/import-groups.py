"""`manage.py import-groups`: user groups from a CSV file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management import BaseCommand, CommandParser

from accounts.importing import csv_groups
from iamconsole.interfaces.cli import imports


class Command(BaseCommand):
    help = "Create the user groups of a CSV file (GroupName,Path,Policies,Users), all or none."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        imports.add_arguments(parser)

    def handle(self, *args: Any, file: Path, dry_run: bool, **options: Any) -> None:
        call = imports.call(options)
        with imports.reported():
            policies = list(imports.everything(call, "iam:ListPolicies", "policies"))
            plan = csv_groups.plan(imports.read(file), csv_groups.by_name(policies))
            imports.run(call, plan, dry_run=dry_run, write=self.stdout.write)
