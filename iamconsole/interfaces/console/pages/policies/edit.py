"""Editing a managed policy: a new version, published or kept for later."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from iamconsole.interfaces.console import snippets
from iamconsole.interfaces.console.forms import OperationForm
from iamconsole.interfaces.console.pages.policies import editor
from iamconsole.interfaces.console.pages.policies.detail import head, version_label
from iamconsole.interfaces.console.visit import Item, Refused, Visit, operation
from iamconsole.kernel.errors import AccessDenied, Fault
from policies.engine import PolicyKind


class VersionForm(OperationForm):
    """What saving a new version asks beside the document: which one makes room, where five are kept already."""

    make_room = forms.ChoiceField(label=_("Version to delete to make room"))

    def __init__(self, spare: list[Any], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if spare:
            self.fields["make_room"].choices = [
                (v.version_id, f"{v.version_id} ({v.create_date:%Y-%m-%d})") for v in spare
            ]
            self.fields["make_room"].initial = spare[-1].version_id
            self.fields["make_room"].help_text = _(
                "A policy keeps five versions, and there are five. The oldest is proposed."
            )
        else:
            del self.fields["make_room"]


def policy_edit(visit: Visit, arn: str) -> HttpResponse:
    """Edit a policy: saving adds a version that becomes the default, or one that waits."""
    policy = visit.run("iam:GetPolicy", policy_arn=arn).policy
    visit.demand("iam:CreatePolicyVersion", policy_arn=arn)
    versions = visit.all("iam:ListPolicyVersions", policy_arn=arn)
    full = len(versions) >= visit.call.quota("VersionsPerPolicy").limit
    form = VersionForm([v for v in versions if full and not v.is_default_version], visit.request.POST or None)
    start = visit.request.GET.get("version") or policy.default_version_id
    there = reverse("console:policy", args=[arn])
    fault: Fault | None = None
    if visit.posting:
        text = editor.submitted(visit.request.POST)
        if form.is_valid():
            try:
                visit.batch(
                    _items(arn, text, form.cleaned_data.get("make_room"), visit.request.POST.get("then") != "keep")
                )
            except Refused as refused:
                if isinstance(refused.fault, AccessDenied):
                    raise
                fault = refused.fault
                if not editor.document_errors(fault):
                    form.blame(fault)
            else:
                return visit.redirect(there, _("A new version of %(name)s was saved.") % {"name": policy.policy_name})
    else:
        text = visit.run("iam:GetPolicyVersion", policy_arn=arn, version_id=start).policy_version.document
    create = {"policy_arn": arn, "policy_document": text, "set_as_default": True}
    context = head(visit, policy, "policy") | {
        "title": _("Edit %(name)s") % {"name": policy.policy_name},
        "actions": [],
        "form": form,
        "fields": [form["make_room"]] if "make_room" in form.fields else [],
        "versions": [
            {"value": v.version_id, "label": version_label(v), "current": v.version_id == start} for v in versions
        ],
        "submits": [
            {"label": _("Publish as default"), "tone": "primary", "name": "then", "value": "publish"},
            {"label": _("Save without publishing"), "name": "then", "value": "keep"},
        ],
        "cancel_url": there,
        "cli_equivalent": snippets.of((operation("iam:CreatePolicyVersion"), create)),
        **editor.context(visit, text, kind=PolicyKind.IDENTITY, quota="PolicySize", fault=fault),
    }
    return visit.page("policy_editor", context, status=400 if fault or form.errors else 200)


def _items(arn: str, text: str, make_room: str | None, publish: bool) -> list[Item]:
    room: list[Item] = [("iam:DeletePolicyVersion", {"policy_arn": arn, "version_id": make_room})] if make_room else []
    return [*room, ("iam:CreatePolicyVersion", {"policy_arn": arn, "policy_document": text, "set_as_default": publish})]
