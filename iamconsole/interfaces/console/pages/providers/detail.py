"""An identity provider: what it is, who trusts it, its tags; and taking it away."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.federation.saml import sign_in_url
from iamconsole.interfaces.console import cells
from iamconsole.interfaces.console.forms import OperationForm, tags_of, text_field
from iamconsole.interfaces.console.pages import panels
from iamconsole.interfaces.console.pages.consequences import Said, consequence
from iamconsole.interfaces.console.pages.providers import checks
from iamconsole.interfaces.console.pages.providers.names import action, crumbs, is_oidc, member, name_of, tabs
from iamconsole.interfaces.console.pages.tagging import retagging
from iamconsole.interfaces.console.visit import Visit
from iamconsole.kernel.errors import NoSuchEntity

TRUSTING: Said = lambda n: ngettext(  # noqa: E731
    "role can no longer be assumed through it.", "roles can no longer be assumed through it.", n
)


class ClientIdForm(OperationForm):
    """One more audience."""

    client_id = text_field(_("Client ID"), max_length=255)


def shown(visit: Visit, arn: str) -> Any:
    """The provider; 404 for one of another account."""
    return visit.run(action("Get{}", arn), **member(arn))


def framed(visit: Visit, arn: str, found: Any, tab: str, content: list[panels.Panel]) -> HttpResponse:
    """A tab of a provider."""
    delete = cells.action(_("Delete"), reverse("console:provider-delete", args=[arn]), tone="danger", icon="trash-2")
    kind = _("OpenID Connect") if is_oidc(arn) else _("SAML 2.0")
    context = {
        "title": name_of(arn),
        "arn": arn,
        "badges": [{"label": kind, "tone": "info" if is_oidc(arn) else "ok"}],
        "breadcrumbs": [{"label": _("Access management")}, *crumbs(arn)],
        "actions": [visit.offer(delete, action("Delete{}", arn), **member(arn))],
        "facts": [{"label": _("Created"), "cell": cells.time(found.create_date)}, *_facts(arn, found)],
        "tabs": tabs(arn, tab),
        "panels": content,
    }
    return visit.page("detail", context)


def _facts(arn: str, found: Any) -> list[dict[str, Any]]:
    if is_oidc(arn):
        return [
            {"label": _("Issuer"), "cell": cells.text(found.url)},
            {"label": _("Client IDs"), "cell": cells.chips(found.client_id_list, limit=2)},
        ]
    ends = cells.time(found.valid_until, empty=_("No end given"))
    return [
        {"label": _("Metadata valid until"), "cell": ends},
        {"label": _("Encryption"), "cell": cells.text(found.assertion_encryption_mode, empty=_("Not used"))},
    ]


def provider_detail(visit: Visit, arn: str) -> HttpResponse:
    found = shown(visit, arn)
    return framed(visit, arn, found, "provider", _oidc(visit, arn, found) if is_oidc(arn) else _saml(visit, arn, found))


def _oidc(visit: Visit, arn: str, found: Any) -> list[panels.Panel]:
    remove_url = reverse("console:provider-client-remove", args=[arn])
    refused = visit.refusal("iam:RemoveClientIDFromOpenIDConnectProvider", **member(arn))
    rows = [
        {
            "cells": [
                cells.mono(each, copyable=True),
                cells.actions(None if refused else cells.post(_("Remove"), remove_url, tone="danger", client_id=each)),
            ]
        }
        for each in found.client_id_list
    ]
    audiences: panels.Panel = {
        "title": _("Client IDs"),
        "note": _("the audiences that are believed"),
        "columns": [{"label": _("Client ID")}, {"label": _("Actions"), "hidden": True}],
        "rows": rows,
        "empty": {"title": _("No client IDs"), "text": _("No token is believed until there is one."), "icon": "unlink"},
    }
    if (why := visit.refusal("iam:AddClientIDToOpenIDConnectProvider", **member(arn))) is None:
        add = reverse("console:provider-client-add", args=[arn])
        audiences["form"] = {"form": ClientIdForm(), "url": add, "submit_label": _("Add"), "inline": True}
    else:
        audiences["callout"] = {"tone": "info", "icon": "lock", "text": why}
    return [
        audiences,
        {
            "title": _("Thumbprints"),
            "note": _("kept for tools that set them; certificates are verified by their authorities"),
            "pairs": [{"label": _("SHA-1"), "cell": cells.chips(found.thumbprint_list, limit=5)}],
        },
        panels.guarded(_("Network"), lambda: _network(visit, arn)),
    ]


def _network(visit: Visit, arn: str) -> panels.Panel:
    found = visit.run("iamconsole:GetOpenIDConnectProviderNetwork", **member(arn))
    edit = cells.action(_("Edit"), reverse("console:provider-network", args=[arn]), icon="pencil")
    own = _("An authority of your own") if found.ca_certificate else _("Public authorities")
    return {
        "title": _("Network"),
        "note": _("where its documents may be fetched from"),
        "actions": [visit.offer(edit, "iamconsole:UpdateOpenIDConnectProviderNetwork", **member(arn))],
        "pairs": [
            {
                "label": _("Private networks"),
                "cell": cells.chips(found.allowed_networks, empty=_("None: public addresses alone"), limit=6),
            },
            {"label": _("Certified by"), "cell": cells.text(own)},
        ],
    }


def _saml(visit: Visit, arn: str, found: Any) -> list[panels.Panel]:
    edit = cells.action(_("Replace metadata"), reverse("console:provider-metadata", args=[arn]), icon="pencil")
    read = checks.described(visit, found.saml_metadata_document)
    replace = visit.offer(edit, "iam:UpdateSAMLProvider", **member(arn))
    own = f"{sign_in_url()}/acs/{found.saml_provider_uuid}"
    return [
        read | {"actions": [replace]},
        {
            "title": _("What to tell the identity provider"),
            "pairs": [
                {"label": _("Audience and recipient"), "cell": cells.mono(sign_in_url(), copyable=True)},
                {"label": _("Address for encrypted responses"), "cell": cells.mono(own, copyable=True)},
                {
                    "label": _("Attribute for the role"),
                    "cell": cells.mono("https://aws.amazon.com/SAML/Attributes/Role", copyable=True),
                },
                {
                    "label": _("Attribute for the session's name"),
                    "cell": cells.mono("https://aws.amazon.com/SAML/Attributes/RoleSessionName", copyable=True),
                },
            ],
        },
    ]


def provider_trust(visit: Visit, arn: str) -> HttpResponse:
    """Which roles trust the provider, and under which conditions."""
    found = shown(visit, arn)
    panel = panels.guarded(_("Roles that trust it"), lambda: _trusting(visit, arn))
    return framed(visit, arn, found, "provider-trust", [panel])


def _trusting(visit: Visit, arn: str) -> panels.Panel:
    rows = []
    for role in visit.run("iamconsole:ListTrustingRoles", principal_arn=arn).roles:
        link = cells.link(role.role_name, reverse("console:role-tab", args=[role.role_name, "trust"]))
        for said in role.statements:
            unbound = said.effect == "Allow" and not said.conditions
            terms = [f"{each.operator} {each.key} = {', '.join(each.values)}" for each in said.conditions]
            conditions = (
                cells.badge(_("Everybody that it vouches for"), "warn", icon="triangle-alert")
                if unbound
                else cells.text(", ".join(terms), empty=_("Always"))
            )
            rows.append({"cells": [link, cells.text(said.effect), conditions]})
    create = cells.action(
        _("Create a role for it"), f"{reverse('console:role-create')}?{urlencode({'provider': arn})}", icon="plus"
    )
    control = visit.offer(create, "iam:CreateRole")
    return {
        "title": _("Roles that trust it"),
        "note": _("and whom of it each lets in"),
        "columns": [{"label": _("Role")}, {"label": _("Effect")}, {"label": _("On condition that")}],
        "rows": rows,
        "actions": [control] if rows else [],
        "empty": {
            "title": _("No role trusts this provider"),
            "text": _(
                "Nobody gets in through it yet. A role's trust policy says who may: by audience, subject, group."
            ),
            "icon": "id-card",
            "action": control,
        },
    }


def provider_tags(visit: Visit, arn: str) -> HttpResponse:
    """The provider's tags as a form."""
    here = reverse("console:provider-tags", args=[arn])
    if visit.posting:
        present = visit.all(action("List{}Tags", arn), **member(arn))
        tag, untag = action("Tag{}", arn), action("Untag{}", arn)
        visit.batch(retagging(present, tags_of(visit.request.POST), member(arn), tag=tag, untag=untag))
        return visit.redirect(here, _("The tags were saved."))
    found = shown(visit, arn)
    asked = (action("Tag{}", arn), action("List{}Tags", arn))
    refused = next((why for each in asked if (why := visit.refusal(each, **member(arn)))), None)
    return framed(visit, arn, found, "provider-tags", [panels.tags(visit, here, found.tags or [], refused=refused)])


def client_add(visit: Visit, arn: str) -> HttpResponse:
    """Believe tokens for one more client id."""
    return _clients(visit, arn, "iam:AddClientIDToOpenIDConnectProvider", _("%(client)s was added."))


def client_remove(visit: Visit, arn: str) -> HttpResponse:
    """No longer believe tokens for a client id."""
    return _clients(visit, arn, "iam:RemoveClientIDFromOpenIDConnectProvider", _("%(client)s was removed."))


def _clients(visit: Visit, arn: str, asked: str, said: Any) -> HttpResponse:
    there = reverse("console:provider", args=[arn])
    if not visit.posting:
        return visit.redirect(there)
    if not is_oidc(arn):
        raise NoSuchEntity(_("There is no page at this address."))
    client = visit.request.POST.get("client_id", "").strip()
    visit.run(asked, **member(arn), client_id=client)
    return visit.redirect(there, said % {"client": client})


def provider_delete(visit: Visit, arn: str) -> HttpResponse:
    """Delete a provider; where roles trust it, its name is typed."""
    name = name_of(arn)
    visit.demand(action("Delete{}", arn), **member(arn))
    shown(visit, arn)
    may_ask = visit.refusal("iamconsole:ListTrustingRoles") is None
    roles = visit.run("iamconsole:ListTrustingRoles", principal_arn=arn).roles if may_ask else []
    needs_name = bool(roles) or not may_ask
    wrong = ""
    if visit.posting:
        if not needs_name or visit.request.POST.get("confirm") == name:
            visit.run(action("Delete{}", arn), **member(arn))
            return visit.redirect(reverse("console:providers"), _("%(name)s was deleted.") % {"name": name})
        wrong = _("This is not the name of the provider.")
    context = {
        "title": _("Delete %(name)s?") % {"name": name},
        "breadcrumbs": crumbs(arn, _("Delete")),
        "consequences": consequence(TRUSTING, [role.role_name for role in roles], "id-card"),
        "typed_name": name if needs_name else "",
        "typed_error": wrong,
        "submit_label": _("Delete provider"),
        "cancel_url": reverse("console:provider", args=[arn]),
    }
    return visit.page("confirm_delete", context, status=400 if wrong else 200)
