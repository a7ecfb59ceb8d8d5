"""The drafts of the policy editor: kept while one types, found again, discarded."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _

from iamconsole.interfaces.console.pages.policies.views import Sheet
from iamconsole.interfaces.console.visit import Item, Visit
from iamconsole.kernel.errors import Fault, NoSuchEntity

SAVE, GET, DISCARD = "iamconsole:SaveDraft", "iamconsole:GetDraft", "iamconsole:DiscardDraft"


def policy_draft(visit: Visit, arn: str) -> HttpResponse:
    """Keep what is being typed, and say so in a few words."""
    if not visit.posting:
        raise NoSuchEntity(_("There is no page at this address."))
    sheet = Sheet.sent(visit)
    if sheet.faults:
        return _said(visit, _("Not saved: a statement is no JSON."))
    try:
        saved = keep(visit, arn, sheet.text)
    except Fault as fault:
        return _said(visit, fault.message)
    return _said(visit, _("Draft saved") if saved else "", saved)


def _said(visit: Visit, text: Any, draft: Any = None) -> HttpResponse:
    return TemplateResponse(visit.request, "console/_draft_state.html", {"state": text, "draft": draft})


def keep(visit: Visit, arn: str, text: str) -> Any:
    """Save the visitor's draft and give it; None where he may have none."""
    if visit.refusal(SAVE, policy_arn=arn):
        return None
    based_on = visit.request.POST.get("seen") or None
    return visit.run(SAVE, policy_arn=arn, policy_document=text, based_on=based_on).draft


def found(visit: Visit, arn: str) -> Any:
    """The visitor's draft, if there is one that he may see."""
    if visit.refusal(GET, policy_arn=arn):
        return None
    kept = visit.look(GET, policy_arn=arn)
    return kept.draft if kept else None


def discarding(visit: Visit, arn: str) -> list[Item]:
    """What to run beside publishing: a draft has served its purpose then."""
    return [] if visit.refusal(DISCARD, policy_arn=arn) else [(DISCARD, {"policy_arn": arn})]
