"""`manage.py migrate`: Django's own, one at a time."""

from __future__ import annotations

from typing import Any

from django.core.management.commands import migrate
from django.db import connections

from iamconsole.interfaces.cli import migrating


class Command(migrate.Command):
    def handle(self, *args: Any, **options: Any) -> None:
        if options["plan"] or options["check_unapplied"]:
            super().handle(*args, **options)
            return
        with migrating.alone(connections[options["database"]], report=self.stderr.write):
            super().handle(*args, **options)
