"""The policy editor: its findings while one types, its size meter, and what its pages have in common."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from iamconsole.interfaces.console.pages.access import proposals
from iamconsole.interfaces.console.pages.policies import strangers
from iamconsole.interfaces.console.pages.policies.differences import difference
from iamconsole.interfaces.console.pages.policies.views import FIELD, Sheet
from iamconsole.interfaces.console.visit import Visit
from iamconsole.kernel.errors import Fault, NoSuchEntity, ValidationError
from policies.documents import checks
from policies.engine import PolicyKind
from policies.services.queries import catalogue_of
from policies.validation import Finding, findings

TRUST_FIELD = "assume_role_policy_document"  # of the page that creates a role
KINDS = frozenset(kind.value for kind in PolicyKind)
LONGEST = 131_072  # characters, as AWS's policyDocumentType
TEMPLATE = """{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Sid": "ReadReports",
      "Effect": "Allow",
      "Action": [
        "s3:GetObject"
      ],
      "Resource": "arn:aws:s3:::reports/*"
    }
  ]
}
"""


def check(visit: Visit, kind: str) -> HttpResponse:
    """Answer the editor's POST with the findings on what is being typed; nothing is stored."""
    if kind not in KINDS:
        raise NoSuchEntity(_("There is no page at this address."))
    post = visit.request.POST
    text = Sheet.sent(visit, name=FIELD if FIELD in post else TRUST_FIELD).text
    context = {"findings": found(visit, text[:LONGEST], PolicyKind(kind))}
    return TemplateResponse(visit.request, "console/_findings.html", context)


def found(visit: Visit, text: str, kind: PolicyKind) -> list[Finding] | None:
    """The findings, or None where there is nothing yet; the account's own services count for whoever may list them."""
    if not text.strip():
        return None
    known = catalogue_of(visit.call.account_id) if visit.refusal("iamconsole:ListServices") is None else ()
    trusted = strangers.findings(text, visit.call.account_id) if kind is PolicyKind.TRUST else []
    return [*findings(text, kind, services=known), *trusted]


def context(
    visit: Visit,
    sheet: Sheet | str,
    *,
    kind: PolicyKind,
    quota: str,
    fault: Fault | None = None,
    read_only: bool = False,
) -> dict[str, Any]:
    """The part of policy_editor.html that is about the document."""
    sheet = Sheet(sheet) if isinstance(sheet, str) else sheet
    return {
        **sheet.context(visit, kind),
        "field_name": FIELD,
        "document_errors": [*sheet.faults, *document_errors(fault)],
        "read_only": read_only,
        "check_url": reverse("console:policy-check", args=[kind.value]),
        "completions_url": reverse("console:policy-completions"),
        "findings": found(visit, sheet.text, kind),
        "size": {"used": checks.size(sheet.text), "limit": visit.call.quota(quota).limit},
    }


def sheet_of(visit: Visit, load: Callable[[], str]) -> Sheet:
    """What was typed, or before that what there is, in the view that is asked for."""
    return Sheet.sent(visit) if visit.posting else opened(visit, load())


def opened(visit: Visit, text: str) -> Sheet:
    """A text as it is first shown, with the change that the link proposes, if it does."""
    proposal = proposals.applied(visit.request.GET, text)
    sheet = Sheet.opened(proposal.text, visit.request.GET.get("view", ""))
    sheet.found, sheet.notice = text, proposal.notice
    return sheet


def start(visit: Visit) -> str:
    """What a new policy begins with: an example, unless the link brings its statements."""
    return proposals.EMPTY if visit.request.GET.get("add") else TEMPLATE


def overtaken(present: str | None, text: str) -> dict[str, Any]:
    """For the page of somebody whose policy was changed under his hands: what is there now, beside what he typed."""
    return {
        "overtaken": True,
        "diff": difference(present or "", text, old_label=_("Saved meanwhile"), new_label=_("Yours")),
    }


def document_errors(fault: Fault | None) -> list[str]:
    """The faults that are about the document rather than about another field."""
    if fault is None:
        return []
    if isinstance(fault, ValidationError) and fault.errors:
        return [text for path, texts in fault.errors.items() if _about_document(path) for text in texts]
    return [fault.message] if fault.code in ("MalformedPolicyDocument", "LimitExceeded") else []


def _about_document(path: str) -> bool:
    return path.split(".")[0] in ("policyDocument", "assumeRolePolicyDocument")


SAVE = {"label": _("Save"), "tone": "primary"}
