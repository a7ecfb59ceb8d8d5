"""Users and user groups read from CSV: previewed first, all or none of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from accounts.importing import csv_groups, csv_users
from accounts.importing.items import Item as Planned
from accounts.importing.items import Plan
from iamconsole.interfaces.console import snippets
from iamconsole.interfaces.console.forms import OperationForm
from iamconsole.interfaces.console.visit import Item, Visit, operation
from iamconsole.kernel.errors import Fault, ValidationError

LARGEST = 1_000_000  # characters, or bytes of a file
SHOWN_FAULTS = 50
SHOWN_COMMANDS = 20
SHOWN_ROWS = 200  # of a preview; all are counted
OTHER = {"UserName": "GroupName", "GroupName": "UserName"}


@dataclass(frozen=True, slots=True)
class Import:
    """What is imported: `action` makes one, `name` is the column that names it, `plan` reads the text of a file.

    `title` heads the pages, `listed` the list at route `routes[0]`, where `query` shows what is to be done next;
    `counted` and `done` are plurals of `%(n)d`, `joined` says to what `%(names)s` memberships of the file bring it.
    """

    action: str
    name: str
    routes: tuple[str, str]
    title: Any
    listed: Any
    counted: Any
    done: Any
    example: str
    help_text: Any
    plan: Callable[[Visit, str], Plan]
    joined: Any
    query: str = ""

    @property
    def back(self) -> str:
        return reverse(f"console:{self.routes[0]}")

    @property
    def here(self) -> str:
        return reverse(f"console:{self.routes[1]}")

    @property
    def crumbs(self) -> list[dict[str, Any]]:
        return [{"label": self.listed, "url": self.back}, {"label": _("Import")}]

    def made(self, planned: Planned) -> bool:
        return planned.operation is operation(self.action)


class ImportForm(OperationForm):
    """A file, or its text."""

    file = forms.FileField(label=_("CSV file"), required=False)
    text = forms.CharField(
        label=_("Or its text"),
        required=False,
        strip=False,
        max_length=LARGEST,
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false"}),
    )

    def __init__(self, imported: Import, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["text"].widget.attrs["placeholder"] = imported.example
        self.fields["text"].help_text = imported.help_text

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if not data.get("text") and (file := data.get("file")):
            if file.size > LARGEST:
                self.add_error("file", _("The file is larger than 1 MB: split it."))
                return data
            try:
                data["text"] = file.read().decode("utf-8")
            except UnicodeDecodeError:
                self.add_error("file", _("This is not a text in UTF-8."))
        if not self.errors and not data.get("text"):
            self.add_error(None, _("Choose a file, or paste its text."))
        return data


def import_page(imported: Import) -> Callable[[Visit], HttpResponse]:
    """Ask for the file, show what would be made, and make it when that was confirmed."""
    return lambda visit: _import(visit, imported)


def _import(visit: Visit, imported: Import) -> HttpResponse:
    visit.demand(imported.action)
    form = ImportForm(imported, visit.request.POST, visit.request.FILES) if visit.posting else ImportForm(imported)
    if visit.posting and form.is_valid():
        try:
            plan = imported.plan(visit, form.cleaned_data["text"])
        except ValidationError as fault:
            for text in _faults(fault):
                form.add_error(None, text)
        else:
            items: list[Item] = [(item.operation.action, item.raw) for item in plan.items]
            if "confirmed" in visit.request.POST:
                visit.batch(items)
                count = sum(map(imported.made, plan.items))
                return visit.redirect(imported.back + imported.query, imported.done % {"n": count})
            return _preview(visit, imported, plan, items, form.cleaned_data["text"])
    context = {
        "title": imported.title,
        "subtitle": _("All of them are made, or none. You see what before anything is written."),
        "breadcrumbs": imported.crumbs,
        "form": form,
        "multipart": True,
        "submit_label": _("Preview"),
        "cancel_url": imported.back,
    }
    return visit.page("form", context, status=400 if form.errors else 200)


def _faults(fault: Fault) -> list[str]:
    errors = fault.errors if isinstance(fault, ValidationError) else {}
    listed = [f"{row}: {text}" for row, texts in errors.items() for text in texts] or [fault.message]
    more = len(listed) - SHOWN_FAULTS
    return listed if more <= 0 else [*listed[:SHOWN_FAULTS], str(_("and %(n)d more") % {"n": more})]


def _preview(visit: Visit, imported: Import, plan: Plan, items: list[Item], text: str) -> HttpResponse:
    """A dry run of the whole file; a single refusal keeps all of it out."""
    refused: dict[str, str] = {}
    for item, outcome in zip(plan.items, visit.batch(items, dry_run=True) if items else [], strict=True):
        if outcome.fault:
            refused.setdefault(item.source, outcome.fault.message)
    joining = _joining(imported, plan)
    changes = [] if refused else [_change(imported, item, joining) for item in plan.items if imported.made(item)]
    context = {
        "title": imported.title,
        "subtitle": _("%(counted)s, %(refused)d rows refused. Nothing has been written yet.")
        % {"counted": imported.counted % {"n": len(changes)}, "refused": len(refused)},
        "breadcrumbs": imported.crumbs,
        "changes": changes[:SHOWN_ROWS],
        "more_changes": max(0, len(changes) - SHOWN_ROWS),
        "skipped": [{"label": row, "reason": reason} for row, reason in list(refused.items())[:SHOWN_ROWS]],
        "more_skipped": max(0, len(refused) - SHOWN_ROWS),
        "fields": [{"name": "text", "value": text}, {"name": "confirmed", "value": "1"}],
        "submit_label": _("Import"),
        "cancel_url": imported.here,
        "cli_equivalent": snippets.of_all(
            (item.operation, item.operation.decode(item.raw).model_dump(exclude_unset=True))
            for item in plan.items[:SHOWN_COMMANDS]
        ),
    }
    return visit.page("bulk_preview", context)


def _joining(imported: Import, plan: Plan) -> dict[str, list[str]]:
    """The groups of each user of the file, or the users of each group."""
    member, joining = operation("iam:AddUserToGroup"), defaultdict[str, list[str]](list)
    for item in plan.items:
        if item.operation is member:
            joining[item.raw[imported.name]].append(item.raw[OTHER[imported.name]])
    return joining


def _change(imported: Import, item: Planned, joining: dict[str, list[str]]) -> dict[str, Any]:
    name = item.raw[imported.name]
    said = [imported.joined % {"names": ", ".join(joining[name])}] if joining[name] else []
    return {"label": name, "note": " · ".join([item.raw.get("Path", "/"), *map(str, said)])}


USERS = Import(
    action="iam:CreateUser",
    name="UserName",
    routes=("users", "users-import"),
    title=_("Import users"),
    listed=_("Users"),
    counted=ngettext_lazy("%(n)d user", "%(n)d users", "n"),
    done=ngettext_lazy(
        "%(n)d user was imported and cannot sign in yet: open it to enable console access or create an access key.",
        "%(n)d users were imported and cannot sign in yet: open each to enable console access or create an access key.",
        "n",
    ),
    example="UserName,Path,Groups,Tags\nada,/engineering/,Developers;Auditors,team=red;floor=2\n",
    help_text=_("UserName is needed; Path, Groups (a;b) and Tags (key=value;key=value) are not."),
    plan=lambda _visit, text: csv_users.plan(text),
    joined=_("joins %(names)s"),
    query="?filter=no-console&sort=-created",
)
GROUPS = Import(
    action="iam:CreateGroup",
    name="GroupName",
    routes=("groups", "groups-import"),
    title=_("Import groups"),
    listed=_("User groups"),
    counted=ngettext_lazy("%(n)d group", "%(n)d groups", "n"),
    done=ngettext_lazy("%(n)d group was imported.", "%(n)d groups were imported.", "n"),
    example="GroupName,Path,Policies,Users\nDevelopers,/engineering/,PowerUserAccess;ReadOnlyAccess,ada;grace\n",
    help_text=_("GroupName is needed; Path, Policies (names or ARNs, a;b) and Users (a;b), who must exist, are not."),
    plan=lambda visit, text: csv_groups.plan(text, csv_groups.by_name(_policies(visit))),
    joined=_("with %(names)s"),
)


def _policies(visit: Visit) -> list[Any]:
    """Managed policies by which cells may name them; ARNs work without the right to list them."""
    return [] if visit.refusal("iam:ListPolicies") else visit.all("iam:ListPolicies")
