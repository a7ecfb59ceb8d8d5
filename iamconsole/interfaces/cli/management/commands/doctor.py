"""`manage.py doctor`: is this installation safe and complete?"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.core.management import BaseCommand

from iamconsole.interfaces.cli.doctor import doors, secrets, stores
from iamconsole.interfaces.cli.doctor.finding import Examination, Finding, Level

EXAMINATIONS: tuple[Examination, ...] = (
    stores.broker,
    stores.regions,
    secrets.data_directory,
    doors.public_address,
    doors.trusted_proxies,
    doors.test_mode,
    doors.metrics,
    doors.static_files,
)


class Command(BaseCommand):
    help = "Tell what is unsafe or missing here and what to do about it; exit status 1 where something must be done."
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        found = list(examined())
        for finding in found:
            self.stdout.write(f"{finding.level:<8} {finding.what}: {finding.found}")
            if finding.advice:
                self.stdout.write(f"         → {finding.advice}")
        if any(finding.level is Level.FAULT for finding in found):
            raise SystemExit(1)


def examined() -> Iterator[Finding]:
    """Every finding; what needs the tables is left out where the database lacks them."""
    database = list(stores.database())
    yield from database
    if not any(finding.level is Level.FAULT for finding in database):
        yield from secrets.master_key()
    for examination in EXAMINATIONS:
        yield from examination()
