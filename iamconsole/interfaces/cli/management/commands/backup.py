"""`manage.py backup`: the whole installation in one file, while it runs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management import BaseCommand, CommandError, CommandParser

from iamconsole.backup import taking
from iamconsole.backup.refusal import Refused
from iamconsole.interfaces.cli import operator


class Command(BaseCommand):
    help = "Write database and audit checkpoints to a new file, consistently, while everything runs; no master key."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="a new file, for example iam-2026-11-22.tar")

    def handle(self, *args: Any, file: Path, **options: Any) -> None:
        operator.demand_tables()
        try:
            manifest = taking.take(file.absolute())
        except (Refused, OSError) as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(f"{file}: {len(manifest.members)} files, {file.stat().st_size:,} bytes")
        self.stderr.write(
            f"To restore it you need master key {', '.join(manifest.master_keys)}, which is not in it:"
            " keep the key elsewhere."
        )
