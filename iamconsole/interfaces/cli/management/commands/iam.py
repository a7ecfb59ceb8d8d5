"""`manage.py iam`: any operation of the catalogue as the local operator."""

from __future__ import annotations

from argparse import REMAINDER, RawDescriptionHelpFormatter
from collections.abc import Sequence
from typing import Any

from django.core.management import BaseCommand, CommandError, CommandParser

from iamconsole.interfaces.cli import explain, operator, output, paging, waiting
from iamconsole.interfaces.cli.options import OUTPUTS, BadUsage, Parser, did_you_mean, parser, raw_input
from iamconsole.kernel.errors import Fault
from iamconsole.kernel.operation import Operation
from iamconsole.runtime import catalogue

# Exit codes of the aws CLI, so that scripts need not be rewritten.
USAGE, REFUSED, GAVE_UP = 252, 254, 255

EPILOG = """
  manage.py iam create-user --user-name ada --tags Key=team,Value=red
  manage.py iam list [--service sts]      every operation
  manage.py iam explain CreateUser        what an operation needs, gives and may answer
  manage.py iam wait TOKEN                until a change has arrived
"""


class Command(BaseCommand):
    help = "Run any IAM operation as the local operator; every call is on record." + EPILOG
    requires_system_checks = ()

    def create_parser(self, prog_name: str, subcommand: str, **options: Any) -> CommandParser:
        made = super().create_parser(prog_name, subcommand, **options)
        made.formatter_class = RawDescriptionHelpFormatter
        return made

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--account", metavar="ID|ALIAS", help="account id or alias, also among the options below")
        parser.add_argument("operation", help="create-user, CreateUser, sts:GetCallerIdentity; or list, explain, wait")
        parser.add_argument("words", nargs=REMAINDER, help="its options: `manage.py iam create-user --help`")

    def handle(
        self, *args: Any, operation: str, words: Sequence[str], account: str | None = None, **options: Any
    ) -> None:
        own = {"list": self._list, "explain": self._explain, "wait": self._wait}
        try:
            if operation in own:
                own[operation](words)
            else:
                self._run(_found(operation), [*(["--account", account] if account else []), *words])
        except BadUsage as fault:
            raise CommandError(str(fault), returncode=USAGE) from fault

    def _run(self, operation: Operation, words: Sequence[str]) -> None:
        given = parser(operation).parse(words)
        raw = raw_input(operation, given)
        account_id = operator.account(getattr(given, "account", None))
        call = operator.call(account_id)
        try:
            result = paging.run(call, operation, raw)
        except Fault as fault:
            self.stderr.write(f"\n{operator.refusal(operation, fault)}")
            raise SystemExit(REFUSED) from fault
        if result is not None:
            self._show(result, title=operation.name, wanted=getattr(given, "output", None))

    def _list(self, words: Sequence[str]) -> None:
        given = _own_parser("list", "--service").parse(words)
        rows = [
            {
                "Operation": found.command,
                "Service": found.service,
                "Access": found.access.value,
                "Summary": found.summary,
            }
            for found in catalogue.operations()
            if given.service in (None, found.service)
        ]
        if not rows:
            services = {found.service for found in catalogue.operations()}
            raise BadUsage(f"no service {given.service}{did_you_mean(given.service, services)}; {', '.join(services)}")
        self._show({"Operations": rows}, title=f"{len(rows)} operations", wanted=given.output)

    def _explain(self, words: Sequence[str]) -> None:
        made = _own_parser("explain")
        made.add_argument("operation")
        given = made.parse(words)
        found = _found(given.operation)
        if given.output == "json":
            self.stdout.write(output.as_json(explain.facts(found)))
        else:
            self.stdout.write(output.rendered(*explain.page(found), color=self.stdout.isatty()))

    def _wait(self, words: Sequence[str]) -> None:
        made = _own_parser("wait")
        made.add_argument("token")
        made.add_argument("--timeout", type=float, default=60.0, help="seconds; default 60")
        given = made.parse(words)
        operator.demand_tables()
        try:
            for seen in waiting.progress(given.token, timeout=given.timeout):
                if self.stderr.isatty():
                    self.stderr.write(f"\r{waiting.told(seen)}\x1b[K", ending="")
        except Fault as fault:
            raise CommandError(fault.message, returncode=REFUSED) from fault
        if not all(each.there for each in seen):
            late = [each for each in seen if not each.there]
            raise CommandError(f"{waiting.told(late)} after {given.timeout:g} seconds", returncode=GAVE_UP)
        rows = [{"Region": each.region, "Applied": each.applied} for each in seen]
        self._show({"Position": seen[0].wanted, "Regions": rows}, title="wait", wanted=given.output)

    def _show(self, data: Any, *, title: str, wanted: str | None) -> None:
        as_table = wanted == "table" or (wanted is None and self.stdout.isatty())
        self.stdout.write(output.as_table(data, title=title) if as_table else output.as_json(data))


def _own_parser(name: str, *options: str) -> Parser:
    made = Parser(prog=f"manage.py iam {name}", allow_abbrev=False)
    made.add_argument("--output", choices=OUTPUTS)
    for option in options:
        made.add_argument(option)
    return made


def _found(name: str) -> Operation:
    """The operation of that name in any spelling; IAM's where several services have one."""
    service, _, bare = name.rpartition(":")
    wanted = bare.replace("-", "").replace("_", "").lower()
    found = [
        operation
        for operation in catalogue.operations()
        if operation.name.lower() == wanted and service in ("", operation.service)
    ]
    if not found:
        commands = [operation.command for operation in catalogue.operations()]
        names = [operation.name for operation in catalogue.operations()]
        hint = did_you_mean(bare, commands if bare.islower() else names)
        raise BadUsage(f"there is no operation {name}{hint or '; `manage.py iam list` shows all'}")
    return min(found, key=lambda operation: operation.service != "iam")
