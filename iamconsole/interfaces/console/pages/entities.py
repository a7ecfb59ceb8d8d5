"""What is done to users, groups and roles alike: policies attached, written inline, bounded by; and tags."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from iamconsole.interfaces.console import cells, listing, snippets
from iamconsole.interfaces.console.forms import OperationForm, name_field
from iamconsole.interfaces.console.pages.kinds import Kind
from iamconsole.interfaces.console.pages.policies import editor
from iamconsole.interfaces.console.pages.policies.list import POLICIES
from iamconsole.interfaces.console.visit import Visit, operation
from iamconsole.kernel.errors import AccessDenied, Fault, NoSuchEntity
from policies.engine import PolicyKind


def crumbs(kind: Kind, name: str) -> tuple[dict[str, Any], ...]:
    """The list and the entity, before the page itself."""
    listed = {"label": kind.title, "url": reverse(f"console:{kind.plural}")}
    return (listed, {"label": name, "url": kind.url(name)})


def attach(visit: Visit, kind: Kind, name: str) -> HttpResponse:
    """Choose policies from their list and attach them."""
    here = kind.url(name, "attach")
    if visit.posting:
        chosen = visit.request.POST.getlist("selected")
        visit.batch([(kind.action("Attach{}Policy"), {**kind.named(name), "policy_arn": arn}) for arn in chosen])
        return visit.redirect(kind.url(name), _("The policies of %(name)s were saved.") % {"name": name})
    _demand(visit, kind, name)
    visit.demand(kind.action("Attach{}Policy"), **kind.named(name))
    picker = replace(
        POLICIES,
        url=here,
        title=_("Attach policies to %(name)s") % {"name": name},
        bulk=(("attach", _("Attach policies"), ""),),
        bulk_url=here,
        controls=lambda _visit: [],
        crumbs=crumbs(kind, name),
    )
    return listing.show(visit, picker)


def _demand(visit: Visit, kind: Kind, name: str) -> Any:
    """The entity itself: 404 where there is none, before a page about it is shown."""
    page = {"max_items": 1} if kind.word == "group" else {}
    return visit.run(kind.action("Get{}"), **kind.named(name), **page)


def detach(visit: Visit, kind: Kind, name: str) -> HttpResponse:
    """Detach a managed policy."""
    if visit.posting:
        arn = visit.request.POST.get("policy_arn", "")
        visit.run(kind.action("Detach{}Policy"), **kind.named(name), policy_arn=arn)
        from_policy = visit.request.POST.get("back") == "policy"
        there = reverse("console:policy-entities", args=[arn]) if from_policy else kind.url(name)
        return visit.redirect(there, _("%(policy)s was detached.") % {"policy": arn.rsplit("/", 1)[-1]})
    return visit.redirect(kind.url(name))


class InlineForm(OperationForm):
    """The name of an inline policy."""

    policy_name = name_field(_("Policy name"), max_length=128)


def inline(visit: Visit, kind: Kind, name: str) -> HttpResponse:
    """Write an inline policy, a new one or the one that `?policy=` names."""
    present = visit.request.GET.get("policy", "")
    form = InlineForm(visit.request.POST or None, initial={"policy_name": present})
    fault: Fault | None = None
    if visit.posting:
        text = editor.submitted(visit.request.POST)
        if form.is_valid():
            put = kind.action("Put{}Policy")
            try:
                visit.run(put, **kind.named(name), policy_name=form.cleaned_data["policy_name"], policy_document=text)
            except AccessDenied:
                raise
            except Fault as refused:
                fault = refused
                if not editor.document_errors(fault):
                    form.blame(fault)
            else:
                said = _("Inline policy %(policy)s was saved.") % {"policy": form.cleaned_data["policy_name"]}
                return visit.redirect(kind.url(name), said)
    elif present:
        text = visit.run(kind.action("Get{}Policy"), **kind.named(name), policy_name=present).policy_document
    else:
        _demand(visit, kind, name)
        visit.demand(kind.action("Put{}Policy"), **kind.named(name))
        text = editor.TEMPLATE
    command = {**kind.named(name), "policy_name": present or "NAME", "policy_document": text}
    title = present or _("Create an inline policy for %(name)s") % {"name": name}
    context = {
        "title": title,
        "subtitle": _("An inline policy lives and dies with %(name)s.") % {"name": name},
        "breadcrumbs": [*crumbs(kind, name), {"label": present or _("Inline policy")}],
        "form": form,
        "fields": [] if present else [form["policy_name"]],
        "submits": [editor.SAVE],
        "cancel_url": kind.url(name),
        "cli_equivalent": snippets.of((operation(kind.action("Put{}Policy")), command)),
        **editor.context(visit, text, kind=PolicyKind.IDENTITY, quota=kind.size_quota, fault=fault),
    }
    if present:
        form.fields["policy_name"].widget = form.fields["policy_name"].hidden_widget()
    return visit.page("policy_editor", context, status=400 if fault or form.errors else 200)


def inline_delete(visit: Visit, kind: Kind, name: str) -> HttpResponse:
    """Delete an inline policy."""
    policy = visit.request.GET.get("policy", "")
    if visit.posting:
        visit.run(kind.action("Delete{}Policy"), **kind.named(name), policy_name=policy)
        return visit.redirect(kind.url(name), _("Inline policy %(policy)s was deleted.") % {"policy": policy})
    visit.run(kind.action("Get{}Policy"), **kind.named(name), policy_name=policy)
    visit.demand(kind.action("Delete{}Policy"), **kind.named(name))
    context = {
        "title": _("Delete the inline policy %(policy)s?") % {"policy": policy},
        "warning": _("%(name)s loses what it grants, and is no longer bound by what it denies.") % {"name": name},
        "breadcrumbs": [*crumbs(kind, name), {"label": _("Delete")}],
        "action_url": f"{kind.url(name, 'inline-delete')}?{urlencode({'policy': policy})}",
        "submit_label": _("Delete policy"),
        "cancel_url": kind.url(name),
    }
    return visit.page("confirm_delete", context)


def boundary(visit: Visit, kind: Kind, name: str) -> HttpResponse:
    """Choose the policy that a user or role may at most be allowed."""
    if not kind.has_boundary:
        raise NoSuchEntity(_("There is no page at this address."))
    here = kind.url(name, "boundary")
    if visit.posting:
        arn = visit.request.POST.get("policy_arn", "")
        visit.run(kind.action("Put{}PermissionsBoundary"), **kind.named(name), permissions_boundary=arn)
        said = _("%(policy)s bounds %(name)s now.") % {"policy": arn.rsplit("/", 1)[-1], "name": name}
        return visit.redirect(kind.url(name), said)
    _demand(visit, kind, name)
    visit.demand(kind.action("Put{}PermissionsBoundary"), **kind.named(name))
    picker = replace(
        POLICIES,
        url=here,
        title=_("Set the permissions boundary of %(name)s") % {"name": name},
        columns=(*POLICIES.columns[:-1], listing.Column(_("Choose"))),
        cells=lambda row, visit: [
            *POLICIES.cells(row, visit)[:-1],
            cells.actions(cells.post(_("Use as boundary"), here, policy_arn=row.arn)),
        ],
        controls=lambda _visit: [],
        crumbs=crumbs(kind, name),
    )
    return listing.show(visit, picker)


def boundary_remove(visit: Visit, kind: Kind, name: str) -> HttpResponse:
    """Take the boundary off."""
    if not kind.has_boundary:
        raise NoSuchEntity(_("There is no page at this address."))
    if visit.posting:
        visit.run(kind.action("Delete{}PermissionsBoundary"), **kind.named(name))
        return visit.redirect(kind.url(name), _("%(name)s has no permissions boundary now.") % {"name": name})
    return visit.redirect(kind.url(name))
