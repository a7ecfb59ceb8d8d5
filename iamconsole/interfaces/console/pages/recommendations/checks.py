"""The recommendations as data, and the button that each offers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from iamconsole.interfaces.console import cells
from iamconsole.interfaces.console.bulk import BulkList
from iamconsole.interfaces.console.listing import MOST_SELECTED, Listing, State
from iamconsole.interfaces.console.pages.policies.bulk import BULK as BULK_POLICIES
from iamconsole.interfaces.console.pages.policies.list import POLICIES
from iamconsole.interfaces.console.pages.recommendations.findings import (
    ADMINISTRATORS,
    OLD_PASSWORDS,
    WITHOUT_MFA,
    Find,
    as_root,
    flag,
    listed,
)
from iamconsole.interfaces.console.pages.roles.bulk import BULK as BULK_ROLES
from iamconsole.interfaces.console.pages.roles.list import ROLES
from iamconsole.interfaces.console.pages.users.bulk import BULK as BULK_USERS
from iamconsole.interfaces.console.pages.users.list import USERS, create_control
from iamconsole.interfaces.console.visit import Visit
from iamconsole.kernel.call import PrincipalType

Action = Callable[[Visit, int], dict[str, Any] | None]
"""The button about so many; None where there is none for this viewer."""
PREVIEW: Final = _("Preview the fix")


@dataclass(frozen=True, slots=True)
class Check:
    """A recommendation; it costs its points until nothing of it is left.

    `title` is told how many it is about; of `actions` the first two that there are for the viewer are offered.
    """

    key: str
    points: int
    tone: str
    icon: str
    title: Callable[[int], Any]
    text: Any
    find: Find
    actions: tuple[Action, ...]


def _root(_visit: Visit, _count: int = 0) -> dict[str, Any]:
    return cells.action(_("Show"), reverse("console:root"))


def _enrol(visit: Visit, _count: int) -> dict[str, Any]:
    """Root itself begins at once; everybody else reads what is to be done."""
    mine = visit.call.principal.type is PrincipalType.ROOT
    return cells.action(_("Register a device"), reverse("console:mfa")) if mine else _root(visit)


def _page(key: str) -> Action:
    return lambda _visit, _count: cells.action(_("Show all"), reverse("console:recommendation", args=[key]))


def _filtered(listing: Listing, only: str) -> Action:
    return lambda _visit, _count: cells.action(_("Show all"), State(only=only, order=listing.order).url(listing))


def _previewed(bulked: BulkList, only: str, value: str, *, label: Any = PREVIEW) -> Action:
    """Shows what a bulk action would do to all that a filter finds; it asks before it does anything."""
    bulk = bulked.action(value)

    def offered(visit: Visit, count: int) -> dict[str, Any] | None:
        if bulk is None or count > MOST_SELECTED or not all(map(visit.ever, bulk.needs)):
            return None
        there = f"{reverse(f'console:{bulked.base.bulk_url}')}?{urlencode({'filter': only})}"
        return cells.post(label, there, action=value, all_results="1")

    return offered


def _create_group(visit: Visit, _count: int) -> dict[str, Any]:
    return visit.offer(cells.action(_("Create group"), reverse("console:group-create")), "iam:CreateGroup")


CHECKS: Final = (
    Check(
        "root-keys", 25, "bad", "key-round",
        lambda _n: _("The root user has access keys"),
        _("They can do everything and cannot be restricted. Use a user's or a role's instead."),
        flag("AccountAccessKeysPresent", when=True), (_root,),
    ),
    Check(
        "root-mfa", 25, "bad", "shield-alert",
        lambda _n: _("The root user has no MFA"),
        _("Whoever has its password owns everything. Registering a device takes a minute."),
        flag("AccountMFAEnabled", when=False), (_enrol,),
    ),
    Check(
        "root-session", 0, "warn", "shield-alert",
        lambda _n: _("You are signed in as the root user"),
        _("Create an administrator for daily work and keep root for emergencies."),
        as_root, (lambda visit, _count: create_control(visit),),
    ),
    Check(
        "users-mfa", 20, "warn", "shield-off",
        lambda n: ngettext("%(n)d user signs in without MFA", "%(n)d users sign in without MFA", n) % {"n": n},
        _("A password that is guessed or caught opens the console. A second factor takes each of them a minute."),
        WITHOUT_MFA, (_previewed(BULK_USERS, "password-only", "require-mfa"), _page("users-mfa")),
    ),
    Check(
        "old-keys", 10, "warn", "key-round",
        lambda n: ngettext(
            "%(n)d user has a key over 90 days old", "%(n)d users have keys over 90 days old", n
        ) % {"n": n},
        _("Rotate what is still used: programs go on with the next key. Deactivate the rest: that can be undone."),
        listed(USERS, "old-keys"),
        (
            _previewed(BULK_USERS, "old-keys", "rotate-keys", label=_("Preview rotation")),
            _previewed(BULK_USERS, "old-keys", "deactivate-old-keys", label=_("Preview deactivation")),
            _filtered(USERS, "old-keys"),
        ),
    ),
    Check(
        "administrators", 8, "warn", "user-cog",
        lambda n: ngettext(
            "%(n)d user may do everything by a policy of his own",
            "%(n)d users may do everything by policies of their own", n,
        ) % {"n": n},
        _("A group of administrators is one place to review, and leaving it one step."),
        ADMINISTRATORS, (_page("administrators"),),
    ),
    Check(
        "old-passwords", 5, "warn", "lock",
        lambda n: ngettext(
            "%(n)d password is older than the policy allows", "%(n)d passwords are older than the policy allows", n
        ) % {"n": n},
        _("They are asked for a new one when they sign in next; whoever never does keeps an old one."),
        OLD_PASSWORDS, (_page("old-passwords"),),
    ),
    Check(
        "unused-roles", 4, "info", "id-card",
        lambda n: ngettext("%(n)d role was never used", "%(n)d roles were never used", n) % {"n": n},
        _("A role that nobody assumes is a door that nobody watches."),
        listed(ROLES, "never-used"), (_previewed(BULK_ROLES, "never-used", "delete"), _filtered(ROLES, "never-used")),
    ),
    Check(
        "unused-policies", 3, "info", "scroll-text",
        lambda n: ngettext("%(n)d policy is attached nowhere", "%(n)d policies are attached nowhere", n) % {"n": n},
        _("Delete what is no longer needed: the next person need not read it."),
        listed(POLICIES, "unused"), (_previewed(BULK_POLICIES, "unused", "delete"), _filtered(POLICIES, "unused")),
    ),
    Check(
        "groups", 0, "info", "users",
        lambda _n: _("There are no user groups"),
        _("Grant to groups rather than to users: one place to review."),
        flag("Groups", when=False), (_create_group,),
    ),
)  # fmt: skip
"""By risk. Points add up to 100; what costs none is advice."""
