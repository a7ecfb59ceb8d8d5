"""`manage.py export-users`: users as CSV, safe to open in a spreadsheet."""

from __future__ import annotations

from typing import Any

from django.core.management import BaseCommand, CommandParser

from accounts.importing import csv_users
from iamconsole.interfaces.cli import imports


class Command(BaseCommand):
    help = "Print the users of an account as CSV, which import-users reads back."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        imports.add_caller(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        call = imports.call(options)
        with imports.reported():
            users = imports.everything(call, "iam:GetAccountAuthorizationDetails", "user_detail_list", Filter=["User"])
            self.stdout.write(csv_users.export_users(users), ending="")
