"""Editing a document that belongs to one entity: typed, looked at with what saving it changes, and saved."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _

from iamconsole.interfaces.console import snippets
from iamconsole.interfaces.console.forms import OperationForm
from iamconsole.interfaces.console.pages.policies import editor, previews
from iamconsole.interfaces.console.pages.policies.differences import difference
from iamconsole.interfaces.console.pages.policies.views import FIELD, Sheet
from iamconsole.interfaces.console.pages.reviewing import REVIEW
from iamconsole.interfaces.console.visit import Item, Visit, operation
from iamconsole.kernel.errors import AccessDenied, ChangedSinceRead, Fault
from iamconsole.kernel.preconditions import tag_of
from policies.engine import PolicyKind

PREVIEW = "preview"
SUBMITS = ({"label": _("Review and save"), "tone": "primary", "name": "then", "value": REVIEW},)


@dataclass(kw_only=True)
class Editing:
    """One visitor at one document.

    `item` is the operation that saves a text, `stored` the text as it is kept now, None where there is none. `frame` is
    what the pages have beside the document: title, breadcrumbs, cancel_url and the like. `named` are the fields of the
    form that go on to the page of the review. `said` is told once it is saved, `taken` of a text that was not expected.
    """

    visit: Visit
    sheet: Sheet
    form: OperationForm
    item: Callable[[str], Item]
    stored: Callable[[], str | None]
    frame: dict[str, Any]
    review_title: Any
    said: Callable[[], Any]
    kind: PolicyKind
    quota: str
    seen: str
    is_new: bool = False
    fields: tuple[str, ...] = ()
    taken: Callable[[], Any] = lambda: None
    conflict: dict[str, Any] = field(default_factory=dict)

    def answer(self) -> HttpResponse:
        """What the visit asked for: the editor, what saving changes, or that it be saved."""
        visit, sheet = self.visit, self.sheet
        if visit.posting and PREVIEW in visit.request.GET:
            shown = previews.of_items(visit, [self.item(sheet.text)])
            return visit.fragment("_preview", {"preview": shown | {"brief": True}, "preview_title": previews.SAVING})
        if not visit.posting or sheet.turned or sheet.faults or not self.form.is_valid():
            return self.page()
        return self.review() if visit.request.POST.get("then") == REVIEW else self.save()

    def save(self) -> HttpResponse:
        action, members = self.item(self.sheet.text)
        try:
            with self.visit.unless_changed(self.seen):
                self.visit.run(action, **members)
        except AccessDenied:
            raise
        except ChangedSinceRead as refused:
            return self._overtaken(refused)
        except Fault as refused:
            return self.page(refused)
        return self.visit.redirect(self.frame["cancel_url"], self.said())

    def _overtaken(self, refused: Fault) -> HttpResponse:
        if self.is_new:
            self.taken()
            return self.page(refused)
        theirs = self.stored()
        self.seen, self.conflict = tag_of(theirs), editor.overtaken(theirs, self.sheet.text)
        return self.page()

    def review(self) -> HttpResponse:
        """What saving the text changes for whom, and in the text itself."""
        present, text = self.stored(), self.sheet.text
        if self.seen and self.seen != tag_of(present):
            return self._overtaken(ChangedSinceRead())
        shown = previews.of_items(self.visit, [self.item(text)])
        if fault := shown.get("fault"):
            return self.page(fault)
        names = [{"name": name, "value": self.form.cleaned_data[name]} for name in self.fields]
        context = self.frame | {
            "title": self.review_title,
            "subtitle": "",
            "fields": [],
            "preview": shown,
            "preview_title": previews.SAVING,
            "diff": difference(present or "", text, old_label=_("Saved text"), new_label=_("New text")),
            "document": text,
            "field_name": FIELD,
            "hidden": [{"name": "seen", "value": self.seen}, *names],
            "shown": self.visit.request.POST.get("shown", "json"),
            "publish_label": _("Save"),
            "action_url": self.here,
        }
        return self.visit.page("policy_review", context)

    @property
    def here(self) -> str:
        return self.visit.request.get_full_path()

    def page(self, fault: Fault | None = None) -> HttpResponse:
        """The editor."""
        if fault is not None and not editor.document_errors(fault) and self.form.is_valid():
            self.form.blame(fault)
        action, members = self.item(self.sheet.text)
        preview = "&" if "?" in self.here else "?"
        context = {
            "form": self.form,
            "hidden": [{"name": "seen", "value": self.seen}],
            "submits": SUBMITS,
            "preview_url": f"{self.here}{preview}{PREVIEW}=",
            "preview_title": previews.SAVING,
            "cli_equivalent": snippets.of((operation(action), members)),
            **self.frame,
            **editor.context(self.visit, self.sheet, kind=self.kind, quota=self.quota, fault=fault),
            **self.conflict,
        }
        wrong = fault or self.form.errors or self.sheet.unreadable
        return self.visit.page("policy_editor", context, status=409 if self.conflict else 400 if wrong else 200)
