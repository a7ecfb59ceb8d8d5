"""The dashboard, the search over everything, and the account's settings."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as gettext
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from iamconsole.interfaces.console import cells
from iamconsole.interfaces.console.forms import OperationForm, text_field
from iamconsole.interfaces.console.listing import Listing, State, find
from iamconsole.interfaces.console.pages import events, panels
from iamconsole.interfaces.console.pages.groups.list import GROUPS
from iamconsole.interfaces.console.pages.policies.list import POLICIES
from iamconsole.interfaces.console.pages.roles.list import ROLES
from iamconsole.interfaces.console.pages.users.list import USERS, create_control
from iamconsole.interfaces.console.visit import Visit
from iamconsole.kernel.call import PrincipalType
from iamconsole.kernel.errors import AccessDenied, Fault

COUNTS = (
    (_("Users"), "Users", "UsersQuota", "users"),
    (_("User groups"), "Groups", "GroupsQuota", "groups"),
    (_("Roles"), "Roles", "RolesQuota", "roles"),
    (_("Customer managed policies"), "Policies", "PoliciesQuota", "policies"),
)
SEARCHED = (USERS, GROUPS, ROLES, POLICIES)
RECENT = 8  # events on the dashboard
FOUND = 8  # rows of each kind in the search over everything


def dashboard(visit: Visit) -> HttpResponse:
    """What there is, and what to do about it; whoever may not ask sees only who he is."""
    context: dict[str, Any] = {
        "title": _("Dashboard"),
        "breadcrumbs": [{"label": _("Dashboard")}],
        "actions": [create_control(visit)],
        "subtitle": _("Signed in as %(name)s.") % {"name": visit.call.principal.name},
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


FORGOTTEN = (
    Forgotten(
        USERS,
        "old-keys",
        lambda n: (
            ngettext("%(n)d user has a key", "%(n)d users have keys", n) % {"n": n} + gettext(" over 90 days old")
        ),
        _("Create a second key, move its programs over, then deactivate the old one."),
        "warn",
        "key-round",
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


def _unused(visit: Visit) -> list[dict[str, Any]]:
    """What is old or unused, of the kinds that the principal may list."""
    shown = []
    for forgotten in FORGOTTEN:
        state = State(only=forgotten.only, order=forgotten.listing.order, size=1)
        if visit.refusal(forgotten.listing.action) is None and (count := find(visit, forgotten.listing, state)[1]):
            address = State(only=forgotten.only, order=forgotten.listing.order).url(forgotten.listing)
            shown.append(
                {
                    "title": forgotten.title(count),
                    "text": forgotten.text,
                    "tone": forgotten.tone,
                    "icon": forgotten.icon,
                    "action": {"label": _("Show"), "url": address},
                }
            )
    return shown


def search(visit: Visit) -> HttpResponse:
    """Everything whose name holds the text, of the kinds that the principal may list."""
    text = visit.request.GET.get("q", "").replace("\0", "")[:256].strip()
    found = [panel for listing in SEARCHED if text and (panel := _hits(visit, listing, text))]
    context = {
        "title": _("Search"),
        "subtitle": _("Results for “%(text)s”") % {"text": text} if text else "",
        "breadcrumbs": [{"label": _("Search")}],
        "search_query": text,
        "panels": found or [{"title": _("Results"), "empty": {"title": _("Nothing was found"), "icon": "search-x"}}],
    }
    return visit.page("detail", context)


def _hits(visit: Visit, listing: Listing, text: str) -> panels.Panel | None:
    if visit.refusal(listing.action) is not None:
        return None
    state = State(text=text, size=FOUND, order=listing.order)
    rows, matching, _total = find(visit, listing, state)
    if not rows:
        return None
    return {
        "title": listing.title,
        "note": matching,
        "columns": [{"label": column.label, "numeric": column.numeric} for column in listing.columns],
        "rows": [{"cells": listing.cells(row, visit)} for row in rows],
        "actions": [cells.action(_("All of them"), State(text=text, order=listing.order).url(listing))],
    }


class AliasForm(OperationForm):
    """The name to sign in with."""

    blamed = {"EntityAlreadyExists": "account_alias"}

    account_alias = text_field(
        _("Account alias"), max_length=63, help_text=_("Lower-case letters, digits and single hyphens, 3 to 63.")
    )


def account_settings(visit: Visit) -> HttpResponse:
    """The account's alias: a name to sign in with beside its id."""
    aliases = visit.run("iam:ListAccountAliases").account_aliases
    form = AliasForm(visit.request.POST or None, initial={"account_alias": aliases[0] if aliases else ""})
    here = reverse("console:account")
    if visit.posting and form.is_valid():
        try:
            visit.run("iam:CreateAccountAlias", **form.members())
        except AccessDenied:
            raise
        except Fault as fault:
            form.blame(fault)
        else:
            return visit.redirect(here, _("The account alias was saved."))
    refused = visit.refusal("iam:CreateAccountAlias")
    panel: panels.Panel = {"title": _("Account alias"), "note": _("to sign in with beside the account ID")}
    if refused:
        panel |= {
            "pairs": [{"label": _("Alias"), "cell": cells.text(aliases[0] if aliases else "")}],
            "callout": {"tone": "info", "icon": "lock", "text": refused},
        }
    else:
        panel |= {"form": {"form": form, "url": here, "submit_label": _("Save alias"), "tone": "primary"}}
        if aliases:
            remove = cells.post(_("Remove"), reverse("console:alias-remove"), tone="danger", account_alias=aliases[0])
            panel["actions"] = [visit.offer(remove, "iam:DeleteAccountAlias")]
    context = {
        "title": _("Account settings"),
        "breadcrumbs": [{"label": _("Access management")}, {"label": _("Account settings")}],
        "facts": [{"label": _("Account ID"), "cell": cells.mono(visit.call.account_id, copyable=True)}],
        "panels": [panel],
    }
    return visit.page("detail", context, status=400 if form.errors else 200)


def alias_remove(visit: Visit) -> HttpResponse:
    """Take the alias away; the id keeps working."""
    if visit.posting:
        visit.run("iam:DeleteAccountAlias", account_alias=visit.request.POST.get("account_alias", ""))
        return visit.redirect(reverse("console:account"), _("The account alias was removed."))
    return visit.redirect(reverse("console:account"))
