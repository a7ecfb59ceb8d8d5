"""What can be chosen by typing, as data: who may see the names, where they come from, what a form sends of each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import Case, IntegerField, QuerySet, Value, When
from django.utils.translation import gettext_lazy as _

from accounts.groups.console import offered as groups
from accounts.roles.console import offered as roles
from iamconsole.interfaces.console.visit import Visit
from iamconsole.storage import ranking
from iamconsole.storage.named import arn
from policies.documents.console import by_aws
from policies.documents.console import offered as policies
from policies.documents.queries import AWS

JOB_FUNCTIONS: Final = "job-functions"
"""AWS's policies for job functions come first: what groups are made for."""
JOBS: Final = (
    "AdministratorAccess",
    "Billing",
    "DatabaseAdministrator",
    "DataScientist",
    "NetworkAdministrator",
    "PowerUserAccess",
    "SecurityAudit",
    "SupportUser",
    "SystemAdministrator",
    "ViewOnlyAccess",
)
"""https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_job-functions.html"""


@dataclass(frozen=True, slots=True)
class Option:
    """A line of the list: what is sent, what is read, and a word about it."""

    value: str
    label: str
    note: Any = ""


@dataclass(frozen=True, slots=True)
class Source:
    """Rows of one kind; `key` is their place in the address of the list.

    `option` makes a line of a row. `missing` says that a name stands for nothing, `typed` how one is spelt. `unseen` is
    what a form sends for a name where the caller may not see whether there is such a thing.
    """

    key: str
    action: str
    title: Any
    typed: Any
    missing: Any
    rows: Callable[[str], QuerySet[Any]]
    option: Callable[[Any], Option]
    unseen: Callable[[str, Sequence[str]], dict[str, str]]

    def find(self, visit: Visit, text: str, *, limit: int, first: str = "") -> tuple[list[Option], int]:
        """The nearest to a text, an ARN perhaps, and how many there are; two queries."""
        wanted = text.rsplit("/", 1)[-1] if text.startswith("arn:") else text
        rows = self.rows(visit.call.account_id)
        found = ranking.nearest(rows, wanted, limit, favoured=_favoured(self, first))
        return [self.option(row) for row in found], ranking.holding(rows, wanted).count()

    def resolved(self, visit: Visit, texts: Sequence[str]) -> dict[str, str]:
        """What a form sends for names and ARNs that were typed; those that stand for nothing are left out."""
        account_id = visit.call.account_id
        if visit.refusal(self.action) is not None:
            return self.unseen(account_id, texts)
        return {text: self.option(row).value for text, row in ranking.called(self.rows(account_id), texts).items()}


def _favoured(source: Source, first: str) -> tuple[Any, ...]:
    if source.key != "policies":
        return ()
    for_jobs = Case(When(account_id=AWS, name__in=JOBS, then=Value(0)), default=Value(1), output_field=IntegerField())
    return (for_jobs, "account_id") if first == JOB_FUNCTIONS else ("account_id",)


def _names(_account_id: str, texts: Sequence[str]) -> dict[str, str]:
    return {text: text.rsplit("/", 1)[-1] if text.startswith("arn:") else text for text in texts}


def _policy_arns(account_id: str, texts: Sequence[str]) -> dict[str, str]:
    """ARNs as they are; a name is AWS's policy of that name, else the account's own without a path."""
    aws = ranking.called(by_aws(account_id), [text for text in texts if not text.startswith("arn:")])
    own = {text: text if text.startswith("arn:") else arn(account_id, "policy", "/", text) for text in texts}
    return own | {text: row.arn for text, row in aws.items()}


def _policy(row: Any) -> Option:
    if row.account_id != AWS:
        return Option(row.arn, row.name, _("Customer managed"))
    return Option(row.arn, row.name, _("AWS, job function") if row.name in JOBS else _("AWS managed"))


def _named(row: Any) -> Option:
    return Option(row.name, row.name, row.path if row.path != "/" else "")


POLICIES: Final = Source(
    "policies",
    "iam:ListPolicies",
    _("Policies"),
    _("Names or ARNs of policies, one a line."),
    _("There is no policy “%(name)s”, neither in this account nor of AWS: look at the spelling, or give its ARN."),
    policies,
    _policy,
    _policy_arns,
)
GROUPS: Final = Source(
    "groups",
    "iam:ListGroups",
    _("User groups"),
    _("Names of groups, one a line."),
    _("There is no group “%(name)s” in this account: look at the spelling, or create it first."),
    groups,
    _named,
    _names,
)
ROLES: Final = Source(
    "roles",
    "iam:ListRoles",
    _("Roles"),
    _("Names of roles, one a line."),
    _("There is no role “%(name)s” in this account that one could choose: look at the spelling, or create it first."),
    roles,
    _named,
    _names,
)
SOURCES: Final = {source.key: source for source in (POLICIES, GROUPS, ROLES)}
