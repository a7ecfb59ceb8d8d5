"""`manage.py import-account`: what `aws iam get-account-authorization-details` printed, built again here."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management import BaseCommand, CommandParser

from accounts.importing import authorization_details
from accounts.importing.present import NOTHING
from accounts.importing.texts import json_of
from iamconsole.interfaces.cli import imports


class Command(BaseCommand):
    help = "Import users, groups, roles and policies from a get-account-authorization-details document, all or none."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        imports.add_arguments(parser)
        parser.add_argument(
            "--on-conflict",
            choices=("fail", "skip"),
            default="fail",
            help="what exists already: refuse everything (default), or leave it as it is",
        )
        parser.add_argument("--keep-account-id", action="store_true", help="leave ARNs in documents as they are")

    def handle(
        self, *args: Any, file: Path, on_conflict: str, keep_account_id: bool, dry_run: bool, **options: Any
    ) -> None:
        call = imports.call(options)
        with imports.reported():
            content = json_of(imports.read(file))
            present = imports.present(call) if on_conflict == "skip" else NOTHING
            plan = authorization_details.plan(
                content, account_id=call.account_id, present=present, keep_account_id=keep_account_id
            )
            imports.run(call, plan, dry_run=dry_run, write=self.stdout.write)
