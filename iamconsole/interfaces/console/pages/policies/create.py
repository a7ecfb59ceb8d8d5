"""Creating a managed policy."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from iamconsole.interfaces.console import snippets
from iamconsole.interfaces.console.forms import OperationForm, name_field, path_field, tag_rows, tags_of
from iamconsole.interfaces.console.pages.policies import editor, starters
from iamconsole.interfaces.console.visit import Visit, operation
from iamconsole.kernel.errors import AccessDenied, Fault
from policies.engine import PolicyKind


class PolicyForm(OperationForm):
    """Everything of a policy but its document, which the editor has."""

    blamed = {"EntityAlreadyExists": "policy_name"}

    policy_name = name_field(_("Policy name"), max_length=128)
    description = forms.CharField(label=_("Description"), max_length=1000, required=False)
    path = path_field(initial="/")


def policy_create(visit: Visit) -> HttpResponse:
    visit.demand("iam:CreatePolicy")
    starter = None if visit.posting else starters.BY_KEY.get(visit.request.GET.get(starters.PARAMETER, ""))
    sheet = editor.sheet_of(visit, lambda: starter.document(visit.call.account_id) if starter else editor.start(visit))
    saving = visit.posting and not (sheet.turned or sheet.faults)
    form = PolicyForm(visit.request.POST) if saving else PolicyForm(initial=_suggested(visit, starter))
    text = sheet.text
    tags = tags_of(visit.request.POST) if visit.posting else []
    fault: Fault | None = None
    if saving and form.is_valid():
        try:
            made = visit.run("iam:CreatePolicy", **form.members(), policy_document=text, tags=tags or None)
        except AccessDenied:
            raise
        except Fault as refused:
            fault = refused
            if not editor.document_errors(fault):
                form.blame(fault)
        else:
            there = reverse("console:policy", args=[made.policy.arn])
            return visit.redirect(there, _("Policy %(name)s was created.") % {"name": made.policy.policy_name})
    members = form.members() if form.is_bound and form.is_valid() else {"policy_name": "NAME"}
    context = {
        "title": _("Create policy"),
        "breadcrumbs": [{"label": _("Policies"), "url": reverse("console:policies")}, {"label": _("Create policy")}],
        "form": form,
        "fields": [form["policy_name"], form["description"], form["path"]],
        "tags": tag_rows(tags, fault),
        "submits": [{"label": _("Create policy"), "tone": "primary"}],
        "cancel_url": reverse("console:policies"),
        "cli_equivalent": snippets.of((operation("iam:CreatePolicy"), {**members, "policy_document": text})),
        **editor.context(visit, sheet, kind=PolicyKind.IDENTITY, quota="PolicySize", fault=fault),
        "starters": [] if visit.posting else starters.offered(starter),
    }
    if starter:
        context["draft_notice"] = starter.notice
    return visit.page("policy_editor", context, status=400 if form.errors or fault or sheet.unreadable else 200)


def _suggested(visit: Visit, starter: starters.Starter | None) -> dict[str, Any]:
    """What was typed before another view was asked for, or what the beginning suggests."""
    if starter is None:
        return visit.request.POST.dict()
    return {"policy_name": starter.name, "description": starter.description}
