"""What is looked for in an account: whom it is about, or nobody where all is well."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from django.urls import reverse

from accounts.posture import console as posture
from iamconsole.interfaces.console.listing import Listing, State, find, visible
from iamconsole.interfaces.console.pages.policies.list import POLICIES
from iamconsole.interfaces.console.pages.users.list import ANY_USER
from iamconsole.interfaces.console.visit import Visit
from iamconsole.kernel.call import PrincipalType

NAMED: Final = 3  # names that stand on the dashboard
Summary = dict[str, int]


@dataclass(frozen=True, slots=True)
class Affected:
    """Whom it is about: the first of them with their pages, and how many there are."""

    entries: tuple[tuple[str, str], ...] = ()
    count: int = 0


Find = Callable[[Visit, Summary], Affected | None]
"""None to whoever may not know."""


def flag(member: str, *, when: bool) -> Find:
    """One thing of the account, which GetAccountSummary tells."""
    return lambda _visit, summary: Affected(count=int(bool(summary[member]) is when))


def as_root(visit: Visit, _summary: Summary) -> Affected:
    return Affected(count=int(visit.call.principal.type is PrincipalType.ROOT))


def listed(listing: Listing, only: str) -> Find:
    """What a filter of a list shows, which should be nothing."""

    def found(visit: Visit, _summary: Summary) -> Affected | None:
        if visit.refusal(listing.action) or only not in dict(visible(visit, listing).filters):
            return None
        rows, count, _total = find(visit, listing, State(only=only, order=listing.order, size=NAMED))
        page = "policy" if listing is POLICIES else listing.url.removesuffix("s")
        entries = ((row.name, reverse(f"console:{page}", args=[listing.key(row)])) for row in rows)
        return Affected(tuple(entries), count)

    return found


@dataclass(frozen=True, slots=True)
class Users:
    """Users whom a query names, for whoever may read of any user what it looks at (`needs`); `tab` is where to look."""

    query: Callable[[Visit, int], posture.Affected]
    needs: tuple[str, ...]
    tab: str = "credentials"

    def __call__(self, visit: Visit, _summary: Summary) -> Affected | None:
        if visit.refusal("iam:ListUsers") or any(visit.refusal(action, **ANY_USER) for action in self.needs):
            return None
        told = self.query(visit, NAMED)
        return Affected(tuple((name, self.url(name)) for name in told.names), told.count)

    def url(self, name: str) -> str:
        """The page of the user where it is put right."""
        if self.tab == "permissions":
            return reverse("console:user", args=[name])
        return reverse("console:user-tab", args=[name, self.tab])


WITHOUT_MFA: Final = Users(
    lambda visit, limit: posture.without_mfa(visit.call.account_id, limit),
    ("iam:GetLoginProfile", "iam:ListMFADevices"),
)
OLD_PASSWORDS: Final = Users(
    lambda visit, limit: posture.with_old_passwords(visit.call.account_id, limit, visit.call.time),
    ("iam:GetLoginProfile", "iam:GetAccountPasswordPolicy"),
)
ADMINISTRATORS: Final = Users(
    lambda visit, limit: posture.direct_administrators(visit.call.account_id, limit),
    ("iam:ListAttachedUserPolicies", "iam:GetUserPolicy"),
    "permissions",
)
