"""A deactivated user: AWSDenyAll is attached to it, and whatever else it has, it can do nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.deactivation import DENY_ALL
from iamconsole.audit.access import summaries
from iamconsole.replication import freshness
from iamconsole.replication.projection import policy_sets

if TYPE_CHECKING:
    from iamconsole.interfaces.console.visit import Visit

PAGE: Final = {
    "status": 403,
    "title": _("Your access is deactivated"),
    "message": _("You signed in, but an administrator has denied you everything in this account."),
    "reason": "",
    "trace_url": "",
    "next_step": _("If this is a mistake, ask an administrator to reactivate you."),
}


def is_deactivated(visit: Visit, unique_id: str) -> bool:
    """Whether AWSDenyAll is attached to a user itself; of anybody else no query is made beyond those of deciding."""
    account_id = visit.call.account_id
    if not _is_denied(visit, unique_id):
        return False
    return summaries.of_users(account_id, [unique_id])[unique_id].reach is summaries.Reach.DEACTIVATED


def _is_denied(visit: Visit, unique_id: str) -> bool:
    """Whether the policy binds the user, by itself or through a group."""
    with freshness.held(visit.seen) as visit.seen:
        held = policy_sets.of("user", unique_id, visit.call.account_id)
    return any(bound.source.arn == DENY_ALL for bound in held.policies.identity)


def refusal(visit: Visit) -> dict[str, Any]:
    """What a user to whom all is denied sees wherever he goes (templates/console/error.html); nothing for others."""
    principal = visit.call.principal
    if not principal.is_user or not _is_denied(visit, principal.unique_id):
        return {}
    sign_out = {"label": _("Sign out"), "url": reverse("console:signout"), "method": "post", "tone": "primary"}
    return {**PAGE, "links": [sign_out]}
