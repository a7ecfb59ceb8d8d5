"""The pages of a list with bulk actions: the list, the question, the preview; then everything or nothing is done."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from iamconsole.interfaces.console import listing, snippets
from iamconsole.interfaces.console.bulk.actions import Bulk, BulkList, Data
from iamconsole.interfaces.console.bulk.planning import Outlook, Plan, planned, rehearsed, selected
from iamconsole.interfaces.console.forms import OperationForm
from iamconsole.interfaces.console.pages.policies import previews
from iamconsole.interfaces.console.visit import Visit, operation
from iamconsole.kernel.errors import InvalidInput

SHOWN_COMMANDS = 20
ASKED = "asked"  # tells a form that was sent with nothing ticked from one that was not shown yet
Page = Callable[[Visit], HttpResponse]


def list_page(bulked: BulkList) -> Page:
    """The list itself."""
    return lambda visit: listing.show(visit, bulked.listing)


def bulk_page(bulked: BulkList) -> Page:
    """Ask what is missing, show what would change, and do it when that was confirmed."""
    return lambda visit: _bulk(visit, bulked)


def _bulk(visit: Visit, bulked: BulkList) -> HttpResponse:
    back, post = _list_url(visit, bulked), visit.request.POST
    if not visit.posting:
        return visit.redirect(back)
    bulk = bulked.action(post.get("action", ""))
    if bulk is None:
        raise InvalidInput("This bulk action is not known.")
    keys = selected(visit, bulked)
    if not keys:
        return visit.redirect(back, _("Select at least one row."), level=messages.WARNING)
    data: Data = {}
    if bulk.form is not None:
        form = bulk.form(visit, None)
        if sent := ASKED in post or any(name in post for name in form.fields):
            form = bulk.form(visit, post)
        if not form.is_valid():
            return _ask(visit, bulked, bulk, keys, form, status=400 if sent else 200)
        data = form.members()
    plan = planned(visit, bulked, bulk, keys, data)
    if "confirmed" in post:
        visit.batch(plan.items)
        return visit.redirect(back, bulk.done % {"n": len(plan.rows)})
    return _preview(visit, bulked, bulk, data, plan, rehearsed(visit, bulked, plan, keys))


def _ask(
    visit: Visit, bulked: BulkList, bulk: Bulk, keys: list[str], form: OperationForm, *, status: int
) -> HttpResponse:
    carried = {"names": " ".join(keys), "action": bulk.value, ASKED: "1"}
    form.data = form.data.copy()
    for name, value in carried.items():
        form.fields[name] = forms.CharField(widget=forms.HiddenInput, initial=value)
        form.data[name] = value  # what came may have been ticks
    context = _frame(visit, bulked, bulk) | {
        "title": bulk.title % {"n": len(keys)},
        "form": form,
        "submit_label": _("Preview"),
    }
    return visit.page("form", context, status=status)


def _preview(visit: Visit, bulked: BulkList, bulk: Bulk, data: Data, plan: Plan, outlook: Outlook) -> HttpResponse:
    fields = {"action": bulk.value, "names": " ".join(outlook.keys), "confirmed": "1", ASKED: "1", **data}
    context = _frame(visit, bulked, bulk) | {
        "title": bulk.title % {"n": len(outlook.changes)},
        "subtitle": ngettext(
            "%(changes)d change, %(skipped)d skipped. Nothing has been written yet.",
            "%(changes)d changes, %(skipped)d skipped. Nothing has been written yet.",
            len(outlook.changes),
        )
        % {"changes": len(outlook.changes), "skipped": len(outlook.skipped)},
        "told": bulk.told(visit, data) if outlook.changes else [],
        "policy": bulk.document(visit, data) if outlook.changes else "",
        "changes": outlook.changes,
        "preview": previews.of_items(visit, items) if previews.can_tell(items := plan.of(outlook.keys)) else None,
        "preview_title": previews.DOING,
        "skipped": outlook.skipped,
        "fields": [{"name": name, "value": value} for name, value in fields.items()],
        "submit_label": bulk.label,
        "submit_tone": "destroy" if bulk.tone == "danger" else "primary",
        "cli_equivalent": snippets.of_all((operation(a), m) for a, m in plan.items[:SHOWN_COMMANDS]),
    }
    return visit.page("bulk_preview", context)


def _frame(visit: Visit, bulked: BulkList, bulk: Bulk) -> dict[str, Any]:
    back = _list_url(visit, bulked)
    return {
        "breadcrumbs": [{"label": bulked.base.title, "url": back}, {"label": bulk.label}],
        "action_url": visit.request.get_full_path(),
        "cancel_url": back,
    }


def _list_url(visit: Visit, bulked: BulkList) -> str:
    """The list as it was: the address of a bulk action carries its state along."""
    listed = listing.visible(visit, bulked.base)
    state = listing.State.of(visit.request.GET, listed)
    return state.url(listed, page=state.page)
