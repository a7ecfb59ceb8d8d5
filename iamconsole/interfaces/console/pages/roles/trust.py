"""Trust policies: who may assume a role, as presets and as JSON."""

from __future__ import annotations

import json
from typing import Any

from django.conf import settings
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

Document = dict[str, Any]


def document(principal: dict[str, str], *, external_id: str = "") -> str:
    """A trust policy that lets `principal` assume the role, on demand only with an external id."""
    statement: Document = {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}
    if external_id:
        statement["Condition"] = {"StringEquals": {"sts:ExternalId": external_id}}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]}, indent=2) + "\n"


def of_account(account_id: str, *, external_id: str = "") -> str:
    """The account: its own policies then say who of it."""
    return document({"AWS": f"arn:aws:iam::{account_id}:root"}, external_id=external_id)


def of_provider(arn: str) -> str:
    """An identity provider, on condition of what tells its people apart; the values are to be filled in."""
    kind, _slash, name = arn.split(":", 5)[-1].partition("/")
    saml = kind == "saml-provider"
    audience = {"SAML:aud": f"{settings.IAM_PUBLIC_URL}/saml"} if saml else {f"{name}:aud": "CLIENT-ID"}
    statement: Document = {
        "Effect": "Allow",
        "Principal": {"Federated": arn},
        "Action": "sts:AssumeRoleWithSAML" if saml else "sts:AssumeRoleWithWebIdentity",
        "Condition": {"StringEquals": audience if saml else audience | {f"{name}:sub": "SUBJECT"}},
    }
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]}, indent=2) + "\n"


def of_service(name: str) -> str:
    return document({"Service": name})


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
