"""`manage.py bootstrap`: an account with a root user and, on request, an administrator."""

from __future__ import annotations

import re
from typing import Any

from django.conf import settings
from django.core.management import BaseCommand, CommandError, CommandParser, call_command

from accounts.tenancy import directory
from iamconsole.interfaces.cli import operator, output
from iamconsole.interfaces.cli.bootstrapping import Wanted, bootstrap, has_secrets
from iamconsole.kernel.errors import Fault

ACCOUNT_ID = re.compile(r"[0-9]{12}")
ROOT_KEY_WARNING = "warning: a root access key can do everything in its account; keep it to emulation and tests"
SHOWN = 5  # accounts that a start lists


class Command(BaseCommand):
    help = "Open an account, or find it; secrets are printed when they are made, and never again."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--account-alias", default=settings.IAM_BOOTSTRAP_ACCOUNT_ALIAS, help="default: %(default)s"
        )
        parser.add_argument("--account-id", default="", help="twelve digits; default: random")
        parser.add_argument("--root-email", default="", help="default: root@ALIAS.localhost")
        parser.add_argument("--root-access-key", action="store_true", help="also a key of the root user (for tests)")
        parser.add_argument("--admin", default="", metavar="NAME", help="also an IAM user in group Administrators")
        parser.add_argument("--json", action="store_true", dest="as_json", help="print JSON")
        parser.add_argument("--first-run", action="store_true", help="do nothing where there is an account already")

    def handle(self, *args: Any, first_run: bool, as_json: bool, **options: Any) -> None:
        self._prepare()
        known = directory.every()
        if first_run and known:
            self._list(known)
            return
        wanted = _wanted(options, first_run=first_run)
        try:
            report = bootstrap(wanted)
        except Fault as fault:
            raise CommandError(fault.message) from fault
        if wanted.root_password:
            report["Root"].pop("Password", None)  # whoever gave it has it
        if wanted.root_access_key:
            self.stderr.write(ROOT_KEY_WARNING)
        if as_json:
            self.stdout.write(output.as_json(report))
        else:
            self.stdout.write(_page(report))

    def _prepare(self) -> None:
        """A fresh database gets its tables; one of an older version is for whoever runs the upgrade."""
        if not operator.has_tables():
            call_command("migrate", interactive=False, verbosity=0)

    def _list(self, known: list[Any]) -> None:
        lines = [f"account {account} ({account.pk})" for account in known[:SHOWN]]
        if len(known) > SHOWN:
            lines.append(f"and {len(known) - SHOWN} more accounts")
        self.stdout.write("\n".join([*lines, f"console {settings.IAM_PUBLIC_URL}/console/"]))


def _wanted(options: dict[str, Any], *, first_run: bool) -> Wanted:
    account_id = options["account_id"].replace("-", "")
    if account_id and not ACCOUNT_ID.fullmatch(account_id):
        raise CommandError(f"--account-id: `{options['account_id']}` must be twelve digits, for example 123456789012")
    return Wanted(
        alias=options["account_alias"],
        account_id=account_id,
        root_email=options["root_email"] or (settings.IAM_BOOTSTRAP_ROOT_EMAIL if first_run else ""),
        root_password=(settings.IAM_BOOTSTRAP_ROOT_PASSWORD or "") if first_run else "",
        root_access_key=options["root_access_key"],
        admin=options["admin"],
    )


def _page(report: dict[str, Any]) -> str:
    """The same for people."""
    lines = [
        f"account  {report['AccountAlias']} ({report['AccountId']})",
        f"console  {report['ConsoleUrl']}",
        f"root     {_identity(report['Root'])}",
    ]
    if "Admin" in report:
        lines.append(f"admin    {_identity(report['Admin'])}")
    if "Message" in report:
        lines.append(report["Message"])
    elif has_secrets(report):
        lines.append("Passwords and secret keys are shown this once: keep them now.")
    return "\n".join(lines)


def _identity(facts: dict[str, str]) -> str:
    labels = {"Password": "password", "AccessKeyId": "access key", "SecretAccessKey": "secret key"}
    name = facts.get("Email") or facts["UserName"]
    return "\n         ".join([name, *(f"{label} {facts[key]}" for key, label in labels.items() if key in facts)])
