"""What is done to users, groups and roles alike: policies attached, written inline, bounded by; and tags."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from iamconsole.interfaces.console import cells, listing
from iamconsole.interfaces.console.forms import OperationForm, name_field
from iamconsole.interfaces.console.pages import reviewing
from iamconsole.interfaces.console.pages.kinds import Kind
from iamconsole.interfaces.console.pages.policies import editor, previews
from iamconsole.interfaces.console.pages.policies.list import POLICIES
from iamconsole.interfaces.console.pages.policies.owned import Editing
from iamconsole.interfaces.console.visit import Item, Visit
from iamconsole.kernel.errors import NoSuchEntity
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
        items = [(kind.action("Attach{}Policy"), {**kind.named(name), "policy_arn": arn}) for arn in chosen]
        if reviewing.is_asked(visit) and chosen:
            return reviewing.review(
                visit,
                items,
                title=_("Attach these policies to %(name)s?") % {"name": name},
                chosen=[arn.rsplit("/", 1)[-1] for arn in chosen],
                fields=[("selected", arn) for arn in chosen],
                submit_label=_("Attach policies"),
                crumbs=crumbs(kind, name),
                url=here,
                cancel_url=kind.url(name),
            )
        visit.batch(items)
        return visit.redirect(kind.url(name), _("The policies of %(name)s were saved.") % {"name": name})
    _demand(visit, kind, name)
    visit.demand(kind.action("Attach{}Policy"), **kind.named(name))
    picker = replace(
        POLICIES,
        url=here,
        title=_("Attach policies to %(name)s") % {"name": name},
        bulk=(listing.Choice(value=reviewing.REVIEW, label=_("Attach policies")),),
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
    known = {"policy_name": present, **visit.request.POST.dict()}
    saving = visit.posting and not (sheet.turned or sheet.faults)
    form = InlineForm(visit.request.POST) if saving else InlineForm(initial=known)
    if present:
        form.fields["policy_name"].widget = form.fields["policy_name"].hidden_widget()

    def item(text: str) -> Item:
        named = {**kind.named(name), "policy_name": known["policy_name"] or UNNAMED}
        return kind.action("Put{}Policy"), {**named, "policy_document": text}

    def stored() -> str | None:
        wanted = {**kind.named(name), "policy_name": known["policy_name"]}
        may = visit.refusal(kind.action("Get{}Policy"), **wanted) is None
        found = visit.look(kind.action("Get{}Policy"), **wanted) if may else None
        return str(found.policy_document) if found else None

    return Editing(
        visit=visit,
        sheet=sheet,
        form=form,
        item=item,
        stored=stored,
        seen=visit.request.POST.get("seen", "") if visit.posting else tag_of(sheet.found if present else None),
        is_new=not present,
        taken=lambda: form.add_error("policy_name", TAKEN),
        fields=("policy_name",),
        review_title=_("Review the inline policy %(policy)s") % {"policy": known["policy_name"]},
        said=lambda: _("Inline policy %(policy)s was saved.") % {"policy": form.cleaned_data["policy_name"]},
        kind=PolicyKind.IDENTITY,
        quota=kind.size_quota,
        frame={
            "title": present or _("Create an inline policy for %(name)s") % {"name": name},
            "subtitle": _("An inline policy lives and dies with %(name)s.") % {"name": name},
            "breadcrumbs": [*crumbs(kind, name), {"label": present or _("Inline policy")}],
            "fields": [] if present else [form["policy_name"]],
            "cancel_url": kind.url(name),
        },
    ).answer()


TAKEN = _("There is an inline policy of this name: choose another, or edit that.")
UNNAMED = "NAME"  # until it has one


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
    delete = (kind.action("Delete{}Policy"), {**kind.named(name), "policy_name": policy})
    context = {
        "title": _("Delete the inline policy %(policy)s?") % {"policy": policy},
        "warning": _("%(name)s loses what it grants, and is no longer bound by what it denies.") % {"name": name},
        "breadcrumbs": [*crumbs(kind, name), {"label": _("Delete")}],
        "preview": previews.of_items(visit, [delete]),
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
    if arn := visit.request.GET.get("policy_arn", ""):
        return reviewing.review(
            visit,
            [(kind.action("Put{}PermissionsBoundary"), {**kind.named(name), "permissions_boundary": arn})],
            title=_("Bound %(name)s by %(policy)s?") % {"name": name, "policy": arn.rsplit("/", 1)[-1]},
            chosen=(),
            fields=[("policy_arn", arn)],
            submit_label=_("Set boundary"),
            crumbs=crumbs(kind, name),
            url=here,
            cancel_url=kind.url(name),
        )
    picker = replace(
        POLICIES,
        url=here,
        title=_("Set the permissions boundary of %(name)s") % {"name": name},
        columns=(*POLICIES.columns[:-1], listing.Column(_("Choose"))),
        cells=lambda row, visit: [
            *POLICIES.cells(row, visit)[:-1],
            cells.actions(cells.action(_("Use as boundary"), f"{here}?{urlencode({'policy_arn': row.arn})}")),
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
        "preview": previews.of_items(visit, [(kind.action("Delete{}PermissionsBoundary"), kind.named(name))]),
        "submit_label": _("Remove boundary"),
        "cancel_url": kind.url(name),
    }
    return visit.page("confirm_delete", context)
