"""Editing the trust policy of a role."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _

from iamconsole.interfaces.console import snippets
from iamconsole.interfaces.console.forms import OperationForm
from iamconsole.interfaces.console.pages.entities import crumbs
from iamconsole.interfaces.console.pages.kinds import ROLE
from iamconsole.interfaces.console.pages.policies import editor
from iamconsole.interfaces.console.pages.roles.detail import tab_url
from iamconsole.interfaces.console.visit import Visit, operation
from iamconsole.kernel.errors import AccessDenied, ChangedSinceRead, Fault
from iamconsole.kernel.preconditions import tag_of
from policies.engine import PolicyKind


def role_trust(visit: Visit, name: str) -> HttpResponse:
    """Edit the trust policy of a role."""
    role = visit.run("iam:GetRole", role_name=name).role
    visit.demand("iam:UpdateAssumeRolePolicy", role_name=role.role_name)
    name, there = role.role_name, tab_url(role.role_name, "trust")
    sheet = editor.sheet_of(visit, lambda: str(role.assume_role_policy_document))
    present = tag_of(role.assume_role_policy_document)
    form, fault = OperationForm(visit.request.POST or None), None
    seen = visit.request.POST.get("seen", "") if visit.posting else present
    conflict: dict[str, Any] = {}
    if visit.posting and not (sheet.turned or sheet.faults):
        try:
            with visit.unless_changed(seen):
                visit.run("iam:UpdateAssumeRolePolicy", role_name=name, policy_document=sheet.text)
        except AccessDenied:
            raise
        except ChangedSinceRead:
            seen, conflict = present, editor.overtaken(role.assume_role_policy_document, sheet.text)
        except Fault as refused:
            fault = refused
            if not editor.document_errors(fault) and form.is_valid():
                form.blame(fault)
        else:
            return visit.redirect(there, _("The trust policy of %(name)s was saved.") % {"name": name})
    context = {
        "title": _("Edit the trust policy of %(name)s") % {"name": name},
        "subtitle": _("It says who may assume the role; sessions that are open stay as they are."),
        "breadcrumbs": [*crumbs(ROLE, name), {"label": _("Trust policy")}],
        "form": form,
        "hidden": [{"name": "seen", "value": seen}],
        "submits": [editor.SAVE],
        "cancel_url": there,
        "cli_equivalent": snippets.of(
            (operation("iam:UpdateAssumeRolePolicy"), {"role_name": name, "policy_document": sheet.text})
        ),
        **editor.context(visit, sheet, kind=PolicyKind.TRUST, quota="ACLSizePerRole", fault=fault),
        **conflict,
    }
    wrong = fault or sheet.unreadable
    return visit.page("policy_editor", context, status=409 if conflict else 400 if wrong else 200)
