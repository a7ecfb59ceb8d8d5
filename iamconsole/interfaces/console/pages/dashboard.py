"""The dashboard: what there is, what to see to, and what happened last."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from iamconsole.interfaces.console import deactivated, navigation
from iamconsole.interfaces.console.pages import charts, first_steps, status
from iamconsole.interfaces.console.pages.events import list as events
from iamconsole.interfaces.console.pages.recommendations import score
from iamconsole.interfaces.console.pages.users.list import create_control
from iamconsole.interfaces.console.visit import Visit
from iamconsole.kernel.errors import AccessDenied

COUNTS = (
    (_("Users"), "Users", "UsersQuota", "users"),
    (_("User groups"), "Groups", "GroupsQuota", "groups"),
    (_("Roles"), "Roles", "RolesQuota", "roles"),
    (_("Customer managed policies"), "Policies", "PoliciesQuota", "policies"),
)
SUMMARY = "iam:GetAccountSummary"
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
        summary = visit.run(SUMMARY).summary_map
    except AccessDenied as denied:
        if deactivated.refusal(visit):
            raise
        return visit.page("dashboard", context | {"empty": _nothing(denied)})
    context["counts"] = [
        {
            "label": label,
            "value": summary[member],
            "note": _("of %(quota)d") % {"quota": summary[quota]},
            "url": reverse(f"console:{page}"),
        }
        for label, member, quota, page in COUNTS
    ]
    found = score.of(visit, summary)
    context["recommendations"], context["posture"] = score.shown(visit, found), score.score(found)
    context["guide"] = first_steps.panel(visit, summary)
    if visit.refusal("iamconsole:LookupAuditEvents") is None:
        context["events"], context["events_url"] = events.recent(visit, RECENT), reverse("console:events")
    context["chart"] = charts.decisions(visit)
    context["status"] = status.cards(visit)
    return visit.page("dashboard", context)


def _nothing(denied: AccessDenied) -> dict[str, Any]:
    """What stands here for whoever may not see what is in the account: whom to ask, and with which words."""
    text = _(
        "What is in this account is shown to whom a policy allows %(action)s. An administrator can grant this; "
        "tell them the authorization id:"
    )
    return {
        "title": _("You may not see this account's overview"),
        "text": text % {"action": SUMMARY},
        "icon": "lock",
        "command": denied.authorization_id,
    }
