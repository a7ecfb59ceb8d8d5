"""`manage.py master-key`: see, add, re-wrap under and retire the keys that seal every secret (docs/master-key.md)."""

from __future__ import annotations

import json
import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import BaseCommand, CommandError

from accounts.master_keys import notes, queries, ring
from iamconsole.interfaces.cli import operator
from iamconsole.kernel import clock
from iamconsole.kernel.errors import Fault
from iamconsole.runtime import rewrapping
from iamconsole.sealing import SealingError
from iamconsole.settings import key_file
from iamconsole.settings.environment import EnvironmentRefused

AWS = "aws"
HEARD = 3 * ring.LOOK
"""Seconds after which every process of this host has read a changed key file before its next request."""
GUIDE = "docs/master-key.md tells how keys are rotated that IAM_MASTER_KEY holds"


class Command(BaseCommand):
    help = "See, add, re-wrap under and retire the master keys, which seal every secret."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
        status = commands.add_parser("status", help="which keys there are, what they seal, and which can be retired")
        status.add_argument("--json", action="store_true", dest="as_json", help="print JSON")
        adding = commands.add_parser("add", help="make a new key the current one; the old ones go on opening")
        adding.add_argument(
            "--stage",
            action="store_true",
            help="only put it into the file, to be copied to other hosts; a second `add` makes it the current one",
        )
        commands.add_parser("rewrap", help="seal under the current key what older ones seal; may be stopped any time")
        retiring = commands.add_parser("retire", help="take a key away that nothing needs any more")
        retiring.add_argument("key_id", metavar="KEY")
        retiring.add_argument(
            "--end-sessions", action="store_true", help="even if temporary credentials issued under it are still out"
        )

    def handle(self, *args: Any, command: str, **options: Any) -> None:
        operator.demand_tables()
        try:
            ring.confirm_ring()
            getattr(self, f"_{command}")(options)
        except Fault as fault:
            raise CommandError(fault.message) from fault
        except (SealingError, EnvironmentRefused) as fault:
            raise CommandError(str(fault)) from fault
        except OSError as fault:
            raise CommandError(f"the file of master keys cannot be changed: {fault}") from fault

    def _status(self, options: dict[str, Any]) -> None:
        found = queries.statuses(clock.now())
        if options["as_json"]:
            shown = [
                {
                    "Id": each.id,
                    "State": each.state,
                    "Since": each.since.isoformat() if each.since else None,
                    "Seals": dict(each.sealed),
                    "HeldBy": list(each.held_by),
                }
                for each in found
            ]
            self.stdout.write(json.dumps({"MasterKeys": shown}, indent=2))
            return
        for each in found:
            since = f" since {each.since:%Y-%m-%d %H:%M} UTC" if each.since else ""
            self.stdout.write(f"{each.id}  {each.state}{since}")
            for kind, count in each.sealed.items():
                self.stdout.write(f"    seals {count:,} {queries.words(kind)}")
            for obstacle in each.held_by:
                self.stdout.write(f"    stays: {obstacle}")
            if each.state in (queries.State.REPLACED, queries.State.RETIRED) and not each.held_by:
                self.stdout.write(f"    can go: `manage.py master-key retire {each.id}`")

    def _add(self, options: dict[str, Any]) -> None:
        place = self._file()
        rewrapping.note(operator.call)  # so that a key which never sealed anything can be told from an old one
        waiting = notes.waiting(ring.current())
        key_id = waiting[0] if waiting else key_file.stage(place)
        if options["stage"]:
            self.stdout.write(f"{key_id} is in {place} and waits; run this again to make it the current key")
            return
        time.sleep(HEARD)  # whoever is running can open what it will seal before anybody seals with it
        key_file.promote(place, key_id)
        ring.refresh()
        rewrapping.note(operator.call)
        self.stdout.write(f"{key_id} is the current key; now run `manage.py master-key rewrap`, or leave it to beat")

    def _rewrap(self, options: dict[str, Any]) -> None:
        total, unusable = 0, list[str]()
        for each in rewrapping.rewrap(operator.call):
            total += each.rewrapped
            unusable += [f"{each.account_id}: {each.kind}: {row}" for row in each.unusable]
            self.stderr.write(f"{each.account_id}: {each.rewrapped} {queries.words(each.kind)}")
        self.stdout.write(f"{total} secrets were sealed anew under {ring.current().current_id}")
        if unusable:
            raise CommandError("\n".join(["cannot be opened and stay as they are:", *unusable]))

    def _retire(self, options: dict[str, Any]) -> None:
        if options["key_id"] not in ring.current():  # perhaps a key instead of its id: it must not go on record
            raise CommandError("no key of the ring has this id: `manage.py master-key status` shows them")
        members = {"MasterKeyId": options["key_id"], "EndSessions": options["end_sessions"]}
        operator.run(AWS, "iamconsole:RetireMasterKey", **members)
        if settings.IAM_MASTER_KEY_FILE is None:
            self.stdout.write(f"nothing needs {options['key_id']}: take it out of IAM_MASTER_KEY and start anew")
            return
        key_file.remove(settings.IAM_MASTER_KEY_FILE, options["key_id"])
        self.stdout.write(f"{options['key_id']} is gone from {settings.IAM_MASTER_KEY_FILE}; nothing needs it")

    def _file(self) -> Path:
        place: Path | None = settings.IAM_MASTER_KEY_FILE
        if place is None:
            raise CommandError(f"IAM_MASTER_KEY holds the keys, not a file: {GUIDE}")
        return place
