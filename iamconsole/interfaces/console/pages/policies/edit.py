"""Editing a managed policy: a draft, a look at what it changes, and a new version that is published or waits."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django import forms
from django.http import HttpResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from iamconsole.interfaces.console import snippets
from iamconsole.interfaces.console.forms import OperationForm
from iamconsole.interfaces.console.pages.access import proposals
from iamconsole.interfaces.console.pages.policies import drafts, editor, previews
from iamconsole.interfaces.console.pages.policies.detail import crumbs, head, version_label
from iamconsole.interfaces.console.pages.policies.differences import difference
from iamconsole.interfaces.console.pages.policies.views import FIELD, Sheet
from iamconsole.interfaces.console.visit import Item, Refused, Visit, operation
from iamconsole.kernel.errors import AccessDenied, ChangedSinceRead, Fault
from policies.engine import PolicyKind

REVIEW, PUBLISH, KEEP, DRAFT, DISCARD, OPEN = "review", "publish", "keep", "draft", "discard", "open"


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
    """Edit a policy; `?version=` begins with another version, `?review` goes straight to what publishing it changes.

    A link may propose a change (`access.proposals`), which is made to the version and leaves a draft aside.
    """
    editing = Editing(visit, visit.run("iam:GetPolicy", policy_arn=arn).policy)
    visit.demand("iam:CreatePolicyVersion", policy_arn=arn)
    if not visit.posting:
        return editing.begin()
    sheet = Sheet.sent(visit)
    if sheet.turned or sheet.faults:
        editing.keep_draft(sheet)
        return editing.page(sheet)
    return editing.do(visit.request.POST.get("then", PUBLISH), sheet)


@dataclass
class Editing:
    """One visitor at one policy."""

    visit: Visit
    policy: Any

    @property
    def arn(self) -> str:
        return str(self.policy.arn)

    @property
    def there(self) -> str:
        return reverse("console:policy", args=[self.arn])

    @property
    def seen(self) -> str:
        """The default version that the visitor began from; empty where a form does not tell."""
        return str(self.visit.request.POST.get("seen", ""))

    @cached_property
    def versions(self) -> list[Any]:
        return self.visit.all("iam:ListPolicyVersions", policy_arn=self.arn)

    @cached_property
    def form(self) -> VersionForm:
        full = len(self.versions) >= self.visit.call.quota("VersionsPerPolicy").limit
        spare = [version for version in self.versions if full and not version.is_default_version]
        return VersionForm(spare, self.visit.request.POST if self._is_saving else None)

    @property
    def _is_saving(self) -> bool:
        return self.visit.posting and self.visit.request.POST.get("then", PUBLISH) in (PUBLISH, KEEP)

    def text_of(self, version_id: str) -> str:
        shown = self.visit.run("iam:GetPolicyVersion", policy_arn=self.arn, version_id=version_id)
        return str(shown.policy_version.document)

    # --- what a visit does ------------------------------------------------------------------------

    def begin(self) -> HttpResponse:
        asked, default = self.visit.request.GET, self.policy.default_version_id
        version = asked.get("version") or default
        if "review" in asked:
            return self.review(self.text_of(version), default)
        kept = drafts.found(self.visit, self.arn)
        draft = None if asked.get("version") or proposals.is_made(asked) else kept
        text = draft.policy_document if draft else self.text_of(version)
        seen = draft.based_on if draft else default
        sheet = editor.opened(self.visit, text)
        return self.page(sheet, seen=seen, draft=draft, aside=None if draft else kept, version=version)

    def do(self, then: str, sheet: Sheet) -> HttpResponse:
        if then == OPEN:
            self.keep_draft(sheet)
            wanted = {"version": self.visit.request.POST.get("version", ""), "view": sheet.view}
            return self.visit.redirect(f"{reverse('console:policy-edit', args=[self.arn])}?{urlencode(wanted)}")
        if then == DISCARD:
            self.visit.run(drafts.DISCARD, policy_arn=self.arn)
            return self.visit.redirect(self.there, _("Your draft was discarded."))
        if then == DRAFT:
            self.visit.run(drafts.SAVE, policy_arn=self.arn, policy_document=sheet.text, based_on=self.seen or None)
            here = reverse("console:policy-edit", args=[self.arn])
            return self.visit.redirect(f"{here}?{urlencode({'view': sheet.view})}", _("Your draft was saved."))
        if then == REVIEW:
            self.keep_draft(sheet)
            return self.review(sheet.text, self.seen or self.policy.default_version_id)
        return self.save(sheet, publish=then != KEEP)

    def save(self, sheet: Sheet, *, publish: bool) -> HttpResponse:
        if not self.form.is_valid():
            return self.page(sheet)
        try:
            with self.visit.unless_changed(self.seen):
                self.visit.batch(self._items(sheet.text, publish=publish))
        except Refused as refused:
            if isinstance(refused.fault, AccessDenied):
                raise
            return self._refused(refused.fault, sheet)
        said = _("%(name)s has a new default version.") if publish else _("A new version of %(name)s was saved.")
        return self.visit.redirect(self.there, said % {"name": self.policy.policy_name})

    def _items(self, text: str, *, publish: bool) -> list[Item]:
        create = {"policy_arn": self.arn, "policy_document": text, "set_as_default": publish}
        items: list[Item] = [("iam:CreatePolicyVersion", create)]
        if make_room := self.form.cleaned_data.get("make_room"):
            items.insert(0, ("iam:DeletePolicyVersion", {"policy_arn": self.arn, "version_id": make_room}))
        return [*items, *drafts.discarding(self.visit, self.arn)]

    def _refused(self, fault: Fault, sheet: Sheet) -> HttpResponse:
        if isinstance(fault, ChangedSinceRead):
            self.keep_draft(sheet)
            return self.review(sheet.text, self.seen)
        if not editor.document_errors(fault):
            self.form.blame(fault)
        return self.page(sheet, fault=fault)

    def keep_draft(self, sheet: Sheet) -> None:
        """Whatever happens next, what was typed is not lost."""
        drafts.keep(self.visit, self.arn, sheet.text)

    # --- pages --------------------------------------------------------------------------------------

    def page(
        self,
        sheet: Sheet,
        *,
        seen: str = "",
        draft: Any = None,
        aside: Any = None,
        version: str = "",
        fault: Fault | None = None,
    ) -> HttpResponse:
        """The editor; `aside` is a draft that is not what is shown."""
        visit, start = self.visit, version or self.policy.default_version_id
        may_draft = visit.refusal(drafts.SAVE, policy_arn=self.arn) is None
        create = {"policy_arn": self.arn, "policy_document": sheet.text, "set_as_default": True}
        submits = [
            {"label": _("Review and publish"), "tone": "primary", "name": "then", "value": REVIEW},
            *([{"label": _("Save draft"), "name": "then", "value": DRAFT}] if may_draft else []),
            {"label": _("Save as a version without publishing"), "name": "then", "value": KEEP},
        ]
        if draft:
            submits.append({"label": _("Discard draft"), "name": "then", "value": DISCARD, "tone": "danger"})
        context = head(visit, self.policy, "policy") | {
            "title": _("Edit %(name)s") % {"name": self.policy.policy_name},
            "breadcrumbs": crumbs(self.policy, _("Edit")),
            "actions": [],
            "form": self.form,
            "fields": [self.form["make_room"]] if "make_room" in self.form.fields else [],
            "hidden": [{"name": "seen", "value": seen or self.seen or self.policy.default_version_id}],
            "versions": [
                {"value": v.version_id, "label": version_label(v), "current": v.version_id == start}
                for v in self.versions
            ],
            "draft": draft,
            "kept_draft": aside,
            "kept_draft_url": reverse("console:policy-edit", args=[self.arn]),
            "draft_url": reverse("console:policy-draft", args=[self.arn]) if may_draft else "",
            "preview_url": reverse("console:policy-preview", args=[self.arn]),
            "newer_url": self._newer_url(draft.based_on) if draft and not draft.is_current else "",
            "newer": self.policy.default_version_id,
            "submits": submits,
            "cancel_url": self.there,
            "cli_equivalent": snippets.of((operation("iam:CreatePolicyVersion"), create)),
            **editor.context(visit, sheet, kind=PolicyKind.IDENTITY, quota="PolicySize", fault=fault),
        }
        wrong = fault or self.form.errors or sheet.unreadable
        return visit.page("policy_editor", context, status=400 if wrong else 200)

    def _newer_url(self, based_on: str) -> str:
        compared = urlencode({"compare": self.policy.default_version_id, "with": based_on})
        return f"{reverse('console:policy-versions', args=[self.arn])}?{compared}"

    def review(self, text: str, seen: str) -> HttpResponse:
        """What publishing the text changes; after a conflict also what others changed meanwhile."""
        visit, default = self.visit, self.policy.default_version_id
        present = self.text_of(default)
        changed = seen != default
        context = head(visit, self.policy, "policy") | {
            "title": _("Review the new version of %(name)s") % {"name": self.policy.policy_name},
            "breadcrumbs": crumbs(self.policy, _("Review")),
            "actions": [],
            "conflict": {"version": default, "seen": seen} if changed else None,
            "preview": previews.of_change(visit, self.arn, policy_document=text),
            "diff": difference(present, text, old_label=version_label_of(default), new_label=_("New version")),
            "document": text,
            "field_name": FIELD,
            "form": self.form,
            "fields": [self.form["make_room"]] if "make_room" in self.form.fields else [],
            "hidden": [{"name": "seen", "value": default}],
            "shown": visit.request.POST.get("shown", "json"),
            "publish_label": _("Publish over %(version)s") % {"version": default} if changed else _("Publish"),
            "action_url": reverse("console:policy-edit", args=[self.arn]),
            "cancel_url": self.there,
        }
        if changed and any(version.version_id == seen for version in self.versions):
            label = _("%(version)s, from which you began") % {"version": seen}
            context["meanwhile"] = difference(
                self.text_of(seen), present, old_label=label, new_label=version_label_of(default), ident="meanwhile"
            )
        return visit.page("policy_review", context, status=409 if changed and self._is_saving else 200)


def version_label_of(version_id: str) -> str:
    return _("%(version)s (default)") % {"version": version_id}
