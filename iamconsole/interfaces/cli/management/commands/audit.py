"""`manage.py audit`: verify, list, export and checkpoint the audit trail."""

from __future__ import annotations

import os
import re
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.core.management import BaseCommand, CommandError
from django.utils.dateparse import parse_datetime
from django.utils.timezone import is_naive

from iamconsole.audit import checkpoint_files, checkpoints, export, signatures, verification
from iamconsole.audit.chain import canonical
from iamconsole.audit.links import Broken
from iamconsole.kernel import clock
from iamconsole.kernel.errors import Fault
from iamconsole.runtime import calls, catalogue, dispatch
from iamconsole.runtime.authentication.identities import of_operator

UNITS = {"m": "minutes", "h": "hours", "d": "days"}
PAGE = 100


def moment(text: str) -> datetime:
    """`2h`, `7d` (that long ago) or an ISO 8601 time with its zone; ValueError otherwise."""
    if ago := re.fullmatch(r"(\d{1,5})([mhd])", text):
        return clock.now() - timedelta(**{UNITS[ago[2]]: int(ago[1])})
    found = parse_datetime(text)
    if found is None or is_naive(found):
        raise ValueError(text)
    return found


def printable(text: object) -> str:
    """The text without anything a terminal would obey."""
    return "".join(char if char.isprintable() else ascii(char)[1:-1] for char in str(text))


def private(name: str, flags: int) -> int:
    """An opener for files that only their owner may read: the trail names people and addresses."""
    return os.open(name, flags, 0o600)


class Command(BaseCommand):
    help = "Verify, list, export and checkpoint the audit trail."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
        verify = commands.add_parser("verify", help="check the hash chain; exit status 1 where it is broken")
        which = verify.add_mutually_exclusive_group(required=True)
        which.add_argument("--account", help="account id")
        which.add_argument("--all", action="store_true", help="every account")
        which.add_argument("--file", type=Path, help="an export, without the database")
        verify.add_argument(
            "--public-key",
            type=Path,
            action="append",
            default=[],
            help="exported public key of a master key that is no longer in the ring (may be repeated)",
        )
        listing = commands.add_parser("list", help="show records, newest first")
        listing.add_argument("--account", required=True, help="account id")
        listing.add_argument("--since", type=moment, help="`2h`, `7d` or an ISO 8601 time with its zone")
        listing.add_argument("--name", help="operation, such as CreateUser")
        listing.add_argument("--principal", help="the caller: an ARN, or the beginning of a name")
        listing.add_argument("--resource", help="what it was done to: an ARN, or the beginning of a name")
        listing.add_argument("--named", help="either of them")
        listing.add_argument("--limit", type=int, default=PAGE, help=f"at most so many records ({PAGE})")
        listing.add_argument("--json", action="store_true", help="whole records, one JSON object a line")
        exporting = commands.add_parser("export", help="write all records as JSON lines that can be verified offline")
        exporting.add_argument("--account", required=True, help="account id")
        exporting.add_argument("--output", type=Path, help="a new file (standard output)")
        closing = commands.add_parser("checkpoint", help="sign and export a checkpoint now")
        target = closing.add_mutually_exclusive_group(required=True)
        target.add_argument("--account", help="account id")
        target.add_argument("--all", action="store_true", help="every account")

    def handle(self, *args: Any, command: str, **options: Any) -> None:
        getattr(self, f"_{command}")(options)

    def _verify(self, options: dict[str, Any]) -> None:
        try:
            known = dict(signatures.read_public_key(place) for place in options["public_key"])
            if options["file"]:
                reports = [export.verify_file(options["file"], on_progress=self._progress, known=known)]
            else:
                chosen = verification.accounts() if options["all"] else [options["account"]]
                reports = [verification.verify(each, on_progress=self._progress, known=known) for each in chosen]
        except (OSError, ValueError) as fault:
            raise CommandError(str(fault)) from fault
        self._table(
            ("ACCOUNT", "RECORDS", "RANGE", "CHECKPOINTS", "RESULT"),
            [
                (r.account_id, r.records, f"{r.first}-{r.last}", r.checkpoints, "intact" if r.intact else "BROKEN")
                for r in reports
            ],
        )
        for report in reports:
            for notice in report.notices:
                self.stderr.write(f"{report.account_id}: {printable(notice)}")
        broken = [f"{r.account_id}: {printable(r.broken)}" for r in reports if not r.intact]
        if broken:
            raise CommandError("\n".join(["the audit trail is broken", *broken]), returncode=1)

    def _progress(self, count: int) -> None:
        self.stderr.write(f"{count:,} records verified")

    def _list(self, options: dict[str, Any]) -> None:
        shown = list(self._found(options))
        if options["json"]:
            for event in shown:
                self.stdout.write(event.cloud_trail_event)
            return
        self._table(
            ("TIME", "NAME", "PRINCIPAL", "SOURCE", "RESOURCE", "RESULT"),
            [
                (
                    event.event_time.strftime("%Y-%m-%dT%H:%M:%SZ"),
                    event.event_name,
                    event.principal,
                    event.source_ip or "-",
                    event.resource or "-",
                    event.error_code or "ok",
                )
                for event in shown
            ],
        )

    def _found(self, options: dict[str, Any]) -> Iterator[Any]:
        """Through the operation, as every other interface: the local operator looks the records up."""
        operation = catalogue.find("iamconsole", "LookupAuditEvents")
        wanted = {name: options[name] for name in ("since", "principal", "resource", "named")}
        wanted["event_name"] = options["name"]
        left, marker = options["limit"], None
        while operation is not None and left > 0:
            call = calls.call_for(of_operator(options["account"]), door="cli")
            asked = {**wanted, "marker": marker, "max_items": min(left, PAGE)}
            try:
                page: Any = dispatch.execute(call, operation, asked)
            except Fault as fault:
                raise CommandError(fault.message) from fault
            yield from page.events
            left, marker = left - len(page.events), page.marker
            if not page.is_truncated:
                return

    def _export(self, options: dict[str, Any]) -> None:
        with self._destination(options["output"]) as out:
            for line in export.lines(options["account"]):
                out.write(f"{line}\n")

    @contextmanager
    def _destination(self, output: Path | None) -> Iterator[Any]:
        if output is None:
            yield self.stdout
            return
        try:
            file = open(output, "x", encoding="ascii", newline="\n", opener=private)  # noqa: SIM115  (closed below)
        except OSError as fault:
            raise CommandError(f"{output} cannot be written: {fault.strerror}") from fault
        with file:
            yield file

    def _checkpoint(self, options: dict[str, Any]) -> None:
        chosen = checkpoints.accounts_with_open_records() if options["all"] else [options["account"]]
        for account_id in chosen:
            try:
                made = checkpoints.close_segment(account_id, at_once=True)
                checkpoint_files.export_missing(account_id)
            except (Broken, ValueError, OSError) as fault:
                raise CommandError(f"{printable(account_id)}: no checkpoint was made: {fault}") from fault
            self.stdout.write(canonical({"account": account_id, "nothing": "new"}) if made is None else made.line)

    def _table(self, head: tuple[str, ...], rows: list[tuple[Any, ...]]) -> None:
        cells = [head, *(tuple(printable(cell) for cell in row) for row in rows)]
        widths = [max(len(row[column]) for row in cells) for column in range(len(head))]
        for row in cells:
            self.stdout.write("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
