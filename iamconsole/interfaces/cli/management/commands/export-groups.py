"""`manage.py export-groups`: user groups as CSV, safe to open in a spreadsheet."""

from __future__ import annotations

from typing import Any

from django.core.management import BaseCommand, CommandParser

from accounts.importing import csv_groups
from iamconsole.interfaces.cli import imports

DETAILS = "iam:GetAccountAuthorizationDetails"


class Command(BaseCommand):
    help = "Print the user groups of an account as CSV, which import-groups reads back."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        imports.add_caller(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        call = imports.call(options)
        with imports.reported():
            groups = imports.everything(call, DETAILS, "group_detail_list", Filter=["Group"])
            members = csv_groups.members_of(imports.everything(call, DETAILS, "user_detail_list", Filter=["User"]))
            self.stdout.write(csv_groups.export_groups(groups, members), ending="")
