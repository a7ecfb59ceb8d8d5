"""The dashboard: what there is, what to see to, and what happened last."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as gettext
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from iamconsole.interfaces.console import cells, navigation
from iamconsole.interfaces.console.listing import Listing, State, find, visible
from iamconsole.interfaces.console.pages import charts, status
from iamconsole.interfaces.console.pages.events import list as events
from iamconsole.interfaces.console.pages.policies.list import POLICIES
from iamconsole.interfaces.console.pages.roles.list import ROLES
from iamconsole.interfaces.console.pages.users.list import USERS, create_control
from iamconsole.interfaces.console.visit import Visit
from iamconsole.kernel.call import PrincipalType
from iamconsole.kernel.errors import AccessDenied

COUNTS = (
    (_("Users"), "Users", "UsersQuota", "users"),
    (_("User groups"), "Groups", "GroupsQuota", "groups"),
    (_("Roles"), "Roles", "RolesQuota", "roles"),
    (_("Customer managed policies"), "Policies", "PoliciesQuota", "policies"),
)
RECENT = 6  # events on the page


def dashboard(visit: Visit) -> HttpResponse:
    """What there is, and what to do about it; whoever may not ask sees only who he is."""
    context: dict[str, Any] = {
        "title": _("Dashboard"),
        "breadcrumbs": [{"label": _("Dashboard")}],
        "actions": [create_control(visit)],
        "subtitle": _("Signed in as %(name)s.") % {"name": navigation.signed_in(visit)["name"]},
    }
    try:
        summary = visit.run("iam:GetAccountSummary").summary_map
    except AccessDenied as denied:
        return visit.page("dashboard", context | {"subtitle": denied.message})
    context["counts"] = [
        {
            "label": label,
            "value": summary[member],
            "note": _("of %(quota)d") % {"quota": summary[quota]},
            "url": reverse(f"console:{page}"),
        }
        for label, member, quota, page in COUNTS
    ]
    context["recommendations"] = _recommendations(visit, summary)
    if visit.refusal("iamconsole:LookupAuditEvents") is None:
        context["events"], context["events_url"] = events.recent(visit, RECENT), reverse("console:events")
    context["chart"] = charts.decisions(visit)
    context["status"] = status.cards(visit)
    return visit.page("dashboard", context)


def _recommendations(visit: Visit, summary: dict[str, int]) -> list[dict[str, Any]]:
    """What a new account does first, and what an old one forgets."""
    found = []
    if summary["AccountAccessKeysPresent"]:
        found.append(
            {
                "title": _("The root user has access keys"),
                "text": _("They can do everything and cannot be restricted. Use a user's or a role's instead."),
                "tone": "bad",
                "icon": "key-round",
                "action": {"label": _("Show"), "url": reverse("console:root")},
            }
        )
    if not summary["AccountMFAEnabled"]:
        found.append(
            {
                "title": _("The root user has no MFA"),
                "text": _("Whoever has its password owns everything. Registering a device takes a minute."),
                "tone": "bad",
                "icon": "shield-alert",
                "action": {"label": _("Show"), "url": reverse("console:root")},
            }
        )
    if visit.call.principal.type is PrincipalType.ROOT:
        found.append(
            {
                "title": _("You are signed in as the root user"),
                "text": _("Create an administrator for daily work and keep root for emergencies."),
                "tone": "warn",
                "icon": "shield-alert",
                "action": create_control(visit),
            }
        )
    found += _unused(visit)
    if not summary["Groups"]:
        found.append(
            {
                "title": _("There are no user groups"),
                "text": _("Grant to groups rather than to users: one place to review."),
                "tone": "info",
                "icon": "users",
                "action": {"label": _("Create group"), "url": reverse("console:group-create")},
            }
        )
    return found


@dataclass(frozen=True, slots=True)
class Forgotten:
    """A filter of a list that should show nothing, and what to do where it does."""

    listing: Listing
    only: str
    title: Callable[[int], str]
    text: Any
    tone: str
    icon: str
    bulk: str = ""
    needs: str = ""


FORGOTTEN = (
    Forgotten(
        USERS,
        "old-keys",
        lambda n: (
            ngettext("%(n)d user has a key", "%(n)d users have keys", n) % {"n": n} + gettext(" over 90 days old")
        ),
        _("See which are still used, then deactivate them. That can be undone."),
        "warn",
        "key-round",
        "deactivate-old-keys",
        "iam:UpdateAccessKey",
    ),
    Forgotten(
        ROLES,
        "never-used",
        lambda n: ngettext("%(n)d role was never used", "%(n)d roles were never used", n) % {"n": n},
        _("A role that nobody assumes is a door that nobody watches."),
        "info",
        "id-card",
    ),
    Forgotten(
        POLICIES,
        "unused",
        lambda n: ngettext("%(n)d policy is attached nowhere", "%(n)d policies are attached nowhere", n) % {"n": n},
        _("Delete what is no longer needed: the next person need not read it."),
        "info",
        "scroll-text",
    ),
)


def _fix(visit: Visit, forgotten: Forgotten) -> dict[str, Any] | None:
    """The button that shows what the bulk action would do to all of them; it asks before it does anything."""
    if not forgotten.bulk or visit.refusal(forgotten.needs):
        return None
    there = f"{reverse(f'console:{forgotten.listing.bulk_url}')}?{urlencode({'filter': forgotten.only})}"
    return cells.post(_("Preview the fix"), there, action=forgotten.bulk, all_results="1")


def _unused(visit: Visit) -> list[dict[str, Any]]:
    """What is old or unused, of the kinds that the principal may list."""
    shown = []
    for forgotten in FORGOTTEN:
        state = State(only=forgotten.only, order=forgotten.listing.order, size=1)
        if forgotten.only not in dict(visible(visit, forgotten.listing).filters):
            continue
        if visit.refusal(forgotten.listing.action) is None and (count := find(visit, forgotten.listing, state)[1]):
            address = State(only=forgotten.only, order=forgotten.listing.order).url(forgotten.listing)
            shown.append(
                {
                    "title": forgotten.title(count),
                    "text": forgotten.text,
                    "tone": forgotten.tone,
                    "icon": forgotten.icon,
                    "action": _fix(visit, forgotten) or {"label": _("Show"), "url": address},
                }
            )
    return shown
