"""`manage.py import-managed-policies`: AWS's own managed policies, from a file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management import BaseCommand, CommandParser

from accounts.importing import managed_policies
from accounts.importing.texts import json_of
from iamconsole.interfaces.cli import imports, operator, output

AWS = "aws"


class Command(BaseCommand):
    help = "Make AWS managed policies present as a JSON file has them, all or none."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="{name or ARN: document}, or as AWS's API lists policies")
        parser.add_argument("--dry-run", action="store_true", help="tell what would change, and change nothing")

    def handle(self, *args: Any, file: Path, dry_run: bool, **options: Any) -> None:
        operator.demand_tables()
        with imports.reported():
            policies = managed_policies.parsed(json_of(imports.read(file)))
            result = imports.one(AWS, "iamconsole:PutManagedPolicies", {"Policies": policies}, dry_run=dry_run)
        arns = {name: [p.arn for p in result.policies if p.outcome == name] for name in ("Created", "Changed")}
        report = {"DryRun": dry_run, **arns, "Unchanged": result.unchanged}
        self.stdout.write(output.as_json(report))
