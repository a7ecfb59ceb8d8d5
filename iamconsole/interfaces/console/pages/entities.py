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
from iamconsole.interfaces.console.pages.access import losses
from iamconsole.interfaces.console.pages.kinds import Kind
from iamconsole.interfaces.console.pages.policies import editor, previews
from iamconsole.interfaces.console.pages.policies.list import POLICIES
from iamconsole.interfaces.console.visit import Visit, operation
from iamconsole.kernel.errors import AccessDenied, ChangedSinceRead, Fault, NoSuchEntity
from iamconsole.kernel.preconditions import tag_of
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
        bulk=(listing.Choice(value="attach", label=_("Attach policies")),),
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
    """Detach a managed policy: asked with what would be lost, done by a POST."""
    sent = visit.request.POST if visit.posting else visit.request.GET
    arn, from_policy = sent.get("policy_arn", ""), sent.get("back") == "policy"
    if not arn:
        return visit.redirect(kind.url(name))
    there = reverse("console:policy-entities", args=[arn]) if from_policy else kind.url(name)
    policy = arn.rsplit("/", 1)[-1]
    if visit.posting:
        visit.run(kind.action("Detach{}Policy"), **kind.named(name), policy_arn=arn)
        return visit.redirect(there, _("%(policy)s was detached.") % {"policy": policy})
    entity = _entity(kind, _demand(visit, kind, name))
    context = {
        "title": _("Detach %(policy)s from %(name)s?") % {"policy": policy, "name": name},
        "warning": _("It can be attached again at any time."),
        "breadcrumbs": [*crumbs(kind, name), {"label": _("Detach")}],
        "preview": previews.of_change(visit, arn, entity_arn=entity.arn),
        "fields": [{"name": "policy_arn", "value": arn}, {"name": "back", "value": sent.get("back", "")}],
        "submit_label": _("Detach policy"),
        "cancel_url": there,
    }
    return visit.page("confirm_delete", context)


def _entity(kind: Kind, found: Any) -> Any:
    return getattr(found, kind.word)


class InlineForm(OperationForm):
    """The name of an inline policy."""

    policy_name = name_field(_("Policy name"), max_length=128)


def inline(visit: Visit, kind: Kind, name: str) -> HttpResponse:
    """Write an inline policy, a new one or the one that `?policy=` names."""
    present = visit.request.GET.get("policy", "")
    sheet = editor.sheet_of(visit, lambda: _inline_text(visit, kind, name, present))
    saving = visit.posting and not (sheet.turned or sheet.faults)
    known = {"policy_name": present, **visit.request.POST.dict()}
    form = InlineForm(visit.request.POST) if saving else InlineForm(initial=known)
    seen = visit.request.POST.get("seen", "") if visit.posting else tag_of(sheet.found if present else None)
    fault: Fault | None = None
    conflict: dict[str, Any] = {}
    if saving and form.is_valid():
        wanted = form.cleaned_data["policy_name"]
        try:
            with visit.unless_changed(seen):
                visit.run(
                    kind.action("Put{}Policy"), **kind.named(name), policy_name=wanted, policy_document=sheet.text
                )
        except AccessDenied:
            raise
        except ChangedSinceRead as refused:
            fault = refused
            if present:
                theirs = visit.look(kind.action("Get{}Policy"), **kind.named(name), policy_name=present)
                seen = tag_of(theirs.policy_document if theirs else None)
                conflict = editor.overtaken(theirs.policy_document if theirs else None, sheet.text)
            else:
                form.add_error(
                    "policy_name", _("There is an inline policy of this name: choose another, or edit that.")
                )
        except Fault as refused:
            fault = refused
            if not editor.document_errors(fault):
                form.blame(fault)
        else:
            return visit.redirect(kind.url(name), _("Inline policy %(policy)s was saved.") % {"policy": wanted})
    command = {**kind.named(name), "policy_name": present or "NAME", "policy_document": sheet.text}
    context = {
        "title": present or _("Create an inline policy for %(name)s") % {"name": name},
        "subtitle": _("An inline policy lives and dies with %(name)s.") % {"name": name},
        "breadcrumbs": [*crumbs(kind, name), {"label": present or _("Inline policy")}],
        "form": form,
        "fields": [] if present else [form["policy_name"]],
        "hidden": [{"name": "seen", "value": seen}],
        "submits": [editor.SAVE],
        "cancel_url": kind.url(name),
        "cli_equivalent": snippets.of((operation(kind.action("Put{}Policy")), command)),
        **editor.context(visit, sheet, kind=PolicyKind.IDENTITY, quota=kind.size_quota, fault=fault),
        **conflict,
    }
    if present:
        form.fields["policy_name"].widget = form.fields["policy_name"].hidden_widget()
    wrong = fault or form.errors or sheet.unreadable
    return visit.page("policy_editor", context, status=409 if conflict else 400 if wrong else 200)


def _inline_text(visit: Visit, kind: Kind, name: str, present: str) -> str:
    if present:
        found = visit.run(kind.action("Get{}Policy"), **kind.named(name), policy_name=present)
        return str(found.policy_document)
    _demand(visit, kind, name)
    visit.demand(kind.action("Put{}Policy"), **kind.named(name))
    return editor.start(visit)


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
        "preview": losses.of_inline(visit, kind, name, policy),
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
    """Take the boundary off, once it is confirmed."""
    if not kind.has_boundary:
        raise NoSuchEntity(_("There is no page at this address."))
    if visit.posting:
        visit.run(kind.action("Delete{}PermissionsBoundary"), **kind.named(name))
        return visit.redirect(kind.url(name), _("%(name)s has no permissions boundary now.") % {"name": name})
    _demand(visit, kind, name)
    context = {
        "title": _("Remove the permissions boundary of %(name)s?") % {"name": name},
        "warning": _("Nothing limits what the policies of %(name)s grant then.") % {"name": name},
        "breadcrumbs": [*crumbs(kind, name), {"label": _("Remove boundary")}],
        "submit_label": _("Remove boundary"),
        "cancel_url": kind.url(name),
    }
    return visit.page("confirm_delete", context)
