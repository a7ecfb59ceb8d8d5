"""`manage.py breakglass`: a one-time sign-in link for a root user who is locked out."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management import BaseCommand, CommandError, CommandParser

from iamconsole.interfaces.cli import operator, output
from iamconsole.kernel.errors import Fault


class Command(BaseCommand):
    help = "Print a link that signs the root user in once within 15 minutes; making and using it is on record."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--account", metavar="ID|ALIAS", help="needed where there are several")
        parser.add_argument("--json", action="store_true", dest="as_json", help="print JSON")

    def handle(self, *args: Any, account: str | None, as_json: bool, **options: Any) -> None:
        account_id = operator.account(account)
        try:
            link = operator.run(account_id, "iamconsole:CreateBreakglassLink").breakglass_link
        except Fault as fault:
            raise CommandError(fault.message) from fault
        url = f"{settings.IAM_PUBLIC_URL}/console/signin/breakglass/{link.token}"
        if as_json:
            self.stdout.write(
                output.as_json({"AccountId": account_id, "Url": url, "Expires": output.as_data(link.expires)})
            )
        else:
            self.stdout.write(url)
            self.stderr.write(f"Signs the root user of {account_id} in once, until {link.expires:%H:%M} UTC.")
