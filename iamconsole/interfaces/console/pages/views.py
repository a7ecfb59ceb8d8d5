"""Saved views of a list: saved under a name, renamed, shared, deleted, and chosen to open the list with."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpResponse, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as __
from django.utils.translation import gettext_lazy as _

from iamconsole.interfaces.console import cells, listing, saved_views, snippets
from iamconsole.interfaces.console.forms import OperationForm, text_field
from iamconsole.interfaces.console.listing import Listing, State
from iamconsole.interfaces.console.saved_views import PUT, SHARE
from iamconsole.interfaces.console.site import Route
from iamconsole.interfaces.console.visit import Visit, operation
from iamconsole.kernel.errors import NoSuchEntity

DEFAULT, DELETE = "iamconsole:SetDefaultView", "iamconsole:DeleteSavedView"
COLUMNS = (
    {"label": _("View")},
    {"label": _("Shows")},
    {"label": _("Whose")},
    {"label": _("Saved")},
    {"label": _("Actions"), "hidden": True},
)


class ViewForm(OperationForm):
    """The name of a view, and who has it."""

    blamed = {"EntityAlreadyExists": "view_name"}

    view_name = text_field(_("Name"), max_length=64)
    shared = forms.BooleanField(label=_("Share it with everybody in the account"), required=False)
    is_default = forms.BooleanField(label=_("Open the list with it"), required=False)

    def __init__(self, visit: Visit, listed: Listing, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field, action in (("shared", SHARE), ("is_default", DEFAULT)):
            if visit.refusal(action, list_name=listed.url):
                del self.fields[field]


def _list_of(visit: Visit, list_name: str) -> Listing:
    """The list as the caller may see it, or 404."""
    listed = listing.LISTS.get(list_name)
    if listed is None:
        raise NoSuchEntity(__("There is no page at this address."))
    visit.run(listed.action, max_items=1)
    return listing.visible(visit, listed)


def _view(visit: Visit, listed: Listing, view_id: str) -> Any:
    found = next((view for view in saved_views.of(visit, listed) if view.view_id == view_id), None)
    if found is None:
        raise NoSuchEntity(__("There is no page at this address."))
    return found


def view_save(visit: Visit, list_name: str) -> HttpResponse:
    """Give the state in the address a name."""
    listed = _list_of(visit, list_name)
    visit.demand(PUT, list_name=list_name)
    query = State.of(visit.request.GET, listed).query(listed)
    return _edit(visit, listed, query, None)


def view_edit(visit: Visit, list_name: str, view_id: str) -> HttpResponse:
    """Give a view another name, or share it."""
    listed = _list_of(visit, list_name)
    visit.demand(PUT, list_name=list_name)
    view = _view(visit, listed, view_id)
    return _edit(visit, listed, view.query, view)


def _edit(visit: Visit, listed: Listing, query: str, view: Any) -> HttpResponse:
    known = {"view_name": view.view_name, "shared": view.shared, "is_default": view.is_default} if view else {}
    form = ViewForm(visit, listed, visit.request.POST or None, initial=known)
    members = {"list_name": listed.url, "view_id": view.view_id if view else None, "query": query}
    if visit.posting and form.is_valid():
        shared = form.cleaned_data.get("shared")
        with form.blaming():
            saved = visit.run(PUT, **members, view_name=form.cleaned_data["view_name"], shared=shared).saved_view
            if "is_default" in form.cleaned_data and form.cleaned_data["is_default"] != saved.is_default:
                chosen = saved.view_id if form.cleaned_data["is_default"] else None
                visit.run(DEFAULT, list_name=listed.url, view_id=chosen)
            said = _("The view %(name)s was saved.") % {"name": saved.view_name}
            return visit.redirect(saved_views.address(listed, saved), said)
    there = reverse("console:views", args=[listed.url]) if view else f"{listed.address}?{query}".rstrip("?")
    title = _("Edit the view %(name)s") % {"name": view.view_name} if view else _("Save this view")
    context = {
        "title": title,
        "subtitle": described(listed, query),
        "breadcrumbs": [{"label": listed.title, "url": listed.address}, {"label": _("Views")}],
        "form": form,
        "action_url": visit.request.get_full_path(),
        "submit_label": _("Save view"),
        "cancel_url": there,
        "cli_equivalent": snippets.of((operation(PUT), {**members, "view_name": known.get("view_name", "NAME")})),
    }
    return visit.page("form", context, status=400 if form.errors else 200)


def described(listed: Listing, query: str) -> str:
    """What a view shows, in words: `“ada”, No MFA, ordered by Created, newest first`."""
    asked = QueryDict(query)
    state, unknown = State.of(asked, listed), State.unknown(asked, listed)
    said = [f"“{state.text}”"] if state.text else []
    said += [str(dict(listed.filters)[state.only])] if state.only else []
    label = next((column.label for column in listed.columns if column.order == state.order), None)
    if label and (state.order != listed.order or state.descending):
        order = __("by %(column)s, descending") if state.descending else __("by %(column)s")
        said.append(order % {"column": label})
    said += [__("%(n)d a page") % {"n": state.size}] if state.size != listing.SIZES[0] else []
    said += [__("and %(name)s, which this list does not have") % {"name": name} for name in unknown]
    return ", ".join(said) or __("The whole list")


def views(visit: Visit, list_name: str) -> HttpResponse:
    """The views of a list, with what can be done to each."""
    listed = _list_of(visit, list_name)
    here = reverse("console:views", args=[list_name])
    if visit.posting:
        return _do(visit, listed, here)
    visit.demand(saved_views.LIST, list_name=list_name)
    rows = [{"cells": _cells(visit, listed, view, here)} for view in saved_views.of(visit, listed)]
    panel = {
        "title": _("Saved views"),
        "note": len(rows) or "",
        "columns": COLUMNS,
        "rows": rows,
        "empty": {
            "title": _("No views yet"),
            "text": _("Search and filter the list, then choose Save view: it is found again there under its name."),
            "icon": "bookmark",
            "action": cells.action(_("Show the list"), f"{listed.address}?view=all"),
        },
    }
    context = {
        "title": _("Views of %(list)s") % {"list": listed.title},
        "breadcrumbs": [{"label": listed.title, "url": listed.address}, {"label": _("Views")}],
        "panels": [panel],
    }
    return visit.page("detail", context)


def _cells(visit: Visit, listed: Listing, view: Any, here: str) -> list[cells.Cell]:
    edit = cells.action(_("Edit"), reverse("console:view-edit", args=[listed.url, view.view_id]))
    opens = cells.post(_("Do not open with it"), here, do="no-default")
    opens = opens if view.is_default else cells.post(_("Open with it"), here, do="default", view_id=view.view_id)
    unshare = cells.post(_("Stop sharing"), here, do="unshare", view_id=view.view_id)
    delete = cells.post(_("Delete"), here, tone="danger", do="delete", view_id=view.view_id)
    whose = _("Yours") if view.is_own else _("Shared with you")
    return [
        cells.link(view.view_name, saved_views.address(listed, view)),
        cells.text(described(listed, view.query), note=_("The list opens with it") if view.is_default else ""),
        cells.text(_("Yours, shared") if view.is_own and view.shared else whose),
        cells.time(view.update_date),
        cells.actions(
            edit if view.is_own and not visit.refusal(PUT, list_name=listed.url) else None,
            None if visit.refusal(DEFAULT, list_name=listed.url) else opens,
            unshare if view.shared and not visit.refusal(SHARE, view_id=view.view_id) else None,
            delete if view.is_own and not visit.refusal(DELETE, view_id=view.view_id) else None,
        ),
    ]


def _do(visit: Visit, listed: Listing, here: str) -> HttpResponse:
    view_id = visit.request.POST.get("view_id")
    match visit.request.POST.get("do"):
        case "delete":
            visit.run(DELETE, view_id=view_id)
            return visit.redirect(here, _("The view was deleted."))
        case "unshare":
            visit.run(SHARE, view_id=view_id, shared=False)
            return visit.redirect(here, _("The view is its owner's alone now."))
        case "default" | "no-default" as wanted:
            visit.run(DEFAULT, list_name=listed.url, view_id=view_id if wanted == "default" else None)
            return visit.redirect(here, _("The list opens as you said."))
    return visit.redirect(here)


ROUTES = (
    Route("views/<slug:list_name>/", views, "views"),
    Route("views/<slug:list_name>/save/", view_save, "view-save"),
    Route("views/<slug:list_name>/<slug:view_id>/edit/", view_edit, "view-edit"),
)
