"""`manage.py region`: the regions of this installation, on the host that holds its keys."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.management import BaseCommand, CommandError

from iamconsole.interfaces.cli import operator, output
from iamconsole.replication.regions import applier, digests, home, progress, store
from iamconsole.replication.regions.digests import Busy, Findings
from iamconsole.replication.regions.store import Misplaced, Outrun, Unreachable

SHOWN = 20  # rows that are named one by one
FAILED = 1


class Command(BaseCommand):
    help = "List the regions, add one, build it anew, compare it with home row by row, or mend what differs."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        kinds = parser.add_subparsers(dest="what", required=True)
        kinds.add_parser("list", help="how far each region is")
        for what, text in (
            ("add", "fill a region that was put into IAM_REGIONS"),
            ("bootstrap", "build a region anew beside what it has, and switch over"),
            ("verify", "compare every row with home's; home's rows with the account tables"),
            ("repair", "verify, and write anew what differs"),
        ):
            kinds.add_parser(what, help=text).add_argument("region")

    def handle(self, *args: Any, what: str, region: str = "", **options: Any) -> None:
        operator.demand_tables()
        if what == "list":
            self._list()
            return
        if region == store.home() and what in ("verify", "repair"):
            self._report(home.verify() if what == "verify" else home.repair())
            return
        if region not in store.remote():
            raise CommandError(_unknown(region))
        steps: dict[str, Callable[[str], None]] = {
            "add": self._add,
            "bootstrap": self._bootstrap,
            "verify": self._verify,
            "repair": self._repair,
        }
        try:
            steps[what](region)
        except (Unreachable, Outrun, Busy, Misplaced) as fault:
            raise CommandError(str(fault)) from fault

    def _list(self) -> None:
        rows = [
            {
                "Region": each.region,
                "State": each.state,
                "Position": each.position,
                "Of": each.head,
                "LagMs": each.lag_ms,
                "Error": each.status.error or "-",
            }
            for shard in range(settings.IAM_LOG_SHARDS)
            for each in progress.of(shard)
        ]
        if self.stdout.isatty():
            self.stdout.write(output.as_table({"Regions": rows}, title="regions"))
        else:
            self.stdout.write(output.as_json({"Regions": rows}))

    def _add(self, region: str) -> None:
        if store.writing(region).generation():
            self.stdout.write(f"region {region} is there already; `region verify {region}` compares it with home")
            return
        self._bootstrap(region)

    def _bootstrap(self, region: str) -> None:
        if not applier.bootstrap(region):
            raise CommandError(f"region {region} is being written: try again")
        self.stdout.write(f"region {region} was built")

    def _verify(self, region: str) -> None:
        self._report(digests.verify(region))

    def _repair(self, region: str) -> None:
        self._report(digests.repair(region))

    def _report(self, found: Findings) -> None:
        for kind in ("missing", "stale", "altered", "surplus"):
            keys = getattr(found, kind)
            for name, ident in keys[:SHOWN]:
                self.stdout.write(f"{kind}: {name} {ident}")
            if len(keys) > SHOWN:
                self.stdout.write(f"{kind}: and {len(keys) - SHOWN} more")
        for text in (*(f"document {name}" for name in found.documents), *(f"digest of {name}" for name in found.sums)):
            self.stdout.write(f"wrong: {text}")
        if not found:
            raise CommandError(
                f"region {found.region} differs: `manage.py region repair {found.region}` mends it",
                returncode=FAILED,
            )
        like = "the account tables say" if found.region == store.home() else "home holds"
        self.stdout.write(f"region {found.region} holds what {like}: {found.rows} rows")


def _unknown(region: str) -> str:
    if region == store.home():
        return f"{region} is the home region: its rows are those of the database"
    example = ",".join([*settings.IAM_REGIONS, f"{region}=redis://host:6379/0"])
    return f"there is no region {region}: put it into IAM_REGIONS (such as {example}), start again, and repeat this"
