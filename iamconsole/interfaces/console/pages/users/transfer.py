"""Users and groups as CSV: exported for a spreadsheet, and users read back, previewed first, all or none of them."""

from __future__ import annotations

import csv
import io
from typing import Any

from django import forms
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.importing import csv_users
from accounts.importing.items import Item as Planned
from iamconsole.interfaces.console import snippets
from iamconsole.interfaces.console.forms import OperationForm
from iamconsole.interfaces.console.visit import Item, Visit
from iamconsole.kernel.errors import Fault, ValidationError
from iamconsole.kernel.shapes import Shape

LARGEST = 1_000_000  # characters
SHOWN_COMMANDS = 20
GROUP_COLUMNS = ("GroupName", "Path", "Policies", "GroupId", "Arn", "CreateDate")
EXAMPLE = "UserName,Path,Groups,Tags\nada,/engineering/,Developers;Auditors,team=red;floor=2\n"
DETAILS = "iam:GetAccountAuthorizationDetails"


class ImportForm(OperationForm):
    """A file, or its text."""

    file = forms.FileField(label=_("CSV file"), required=False)
    text = forms.CharField(
        label=_("Or its text"),
        required=False,
        strip=False,
        max_length=LARGEST,
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false", "placeholder": EXAMPLE}),
        help_text=_("UserName is needed; Path, Groups (a;b) and Tags (key=value;key=value) are not."),
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if not data.get("text") and (file := data.get("file")):
            try:
                data["text"] = file.read(LARGEST).decode("utf-8")
            except UnicodeDecodeError:
                self.add_error("file", _("This is not a text in UTF-8."))
        if not self.errors and not data.get("text"):
            self.add_error(None, _("Choose a file, or paste its text."))
        return data


def users_import(visit: Visit) -> HttpResponse:
    """Ask for the file, show who would be made, and make them when that was confirmed."""
    visit.demand("iam:CreateUser")
    form = ImportForm(visit.request.POST, visit.request.FILES) if visit.posting else ImportForm()
    if visit.posting and form.is_valid():
        try:
            plan = csv_users.plan(form.cleaned_data["text"])
        except ValidationError as fault:
            for text in _faults(fault):
                form.add_error(None, text)
        else:
            items: list[Item] = [(item.operation.action, item.raw) for item in plan.items]
            names = _names(plan.items)
            if "confirmed" in visit.request.POST:
                visit.batch(items)
                said = ngettext("%(n)d user was imported.", "%(n)d users were imported.", len(names))
                return visit.redirect(reverse("console:users"), said % {"n": len(names)})
            return _preview(visit, plan.items, items, form.cleaned_data["text"])
    context = {
        "title": _("Import users"),
        "subtitle": _("All of them are made, or none. You see who before anything is written."),
        "breadcrumbs": [*_crumbs(), {"label": _("Import")}],
        "form": form,
        "multipart": True,
        "submit_label": _("Preview"),
        "cancel_url": reverse("console:users"),
    }
    return visit.page("form", context, status=400 if form.errors else 200)


def _faults(fault: Fault) -> list[str]:
    errors = fault.errors if isinstance(fault, ValidationError) else {}
    return [f"{row}: {text}" for row, texts in errors.items() for text in texts] or [fault.message]


def _names(planned: Any) -> list[str]:
    return [item.raw["UserName"] for item in planned if item.operation.name == "CreateUser"]


def _preview(visit: Visit, planned: Any, items: list[Item], text: str) -> HttpResponse:
    """A dry run of the whole file; a single refusal keeps all of it out."""
    refused: dict[str, str] = {}
    for item, outcome in zip(planned, visit.batch(items, dry_run=True) if items else [], strict=True):
        if outcome.fault:
            refused.setdefault(item.source, outcome.fault.message)
    changes = [] if refused else [_change(item) for item in planned if item.operation.name == "CreateUser"]
    context = {
        "title": _("Import users"),
        "subtitle": _("%(users)d users, %(refused)d rows refused. Nothing has been written yet.")
        % {"users": len(changes), "refused": len(refused)},
        "breadcrumbs": [*_crumbs(), {"label": _("Import")}],
        "changes": changes,
        "skipped": [{"label": row, "reason": reason} for row, reason in refused.items()],
        "fields": [{"name": "text", "value": text}, {"name": "confirmed", "value": "1"}],
        "submit_label": _("Import"),
        "cancel_url": reverse("console:users-import"),
        "cli_equivalent": snippets.of_all(
            (item.operation, item.operation.decode(item.raw).model_dump(exclude_unset=True))
            for item in planned[:SHOWN_COMMANDS]
        ),
    }
    return visit.page("bulk_preview", context)


def _change(item: Planned) -> dict[str, Any]:
    return {"label": item.raw["UserName"], "note": item.raw.get("Path", "/")}


def _crumbs() -> list[dict[str, Any]]:
    return [{"label": _("Users"), "url": reverse("console:users")}]


def users_csv(visit: Visit) -> HttpResponse:
    """Every user as a file that the import reads back."""
    return _file("users.csv", csv_users.export_users(_details(visit, "User", "user_detail_list")))


def groups_csv(visit: Visit) -> HttpResponse:
    """Every user group with its policies as a file."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(GROUP_COLUMNS)
    for group in _details(visit, "Group", "group_detail_list"):
        policies = [policy.policy_name for policy in (*group.attached_managed_policies, *group.group_policy_list)]
        created = group.create_date.strftime("%Y-%m-%dT%H:%M:%SZ")
        cells = (group.group_name, group.path, ";".join(policies), group.group_id, group.arn, created)
        writer.writerow([csv_users.guarded(cell) for cell in cells])
    return _file("groups.csv", out.getvalue())


def _details(visit: Visit, kind: str, member: str) -> list[Any]:
    found: list[Shape] = []
    marker = None
    while True:
        answer = visit.run(DETAILS, filter=[kind], marker=marker, max_items=1000)
        found += getattr(answer, member)
        marker = answer.marker
        if not answer.is_truncated:
            return found


def _file(name: str, text: str) -> HttpResponse:
    response = HttpResponse(text, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
