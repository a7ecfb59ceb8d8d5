"""The list of identity providers, of both kinds."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from iamconsole.interfaces.console import cells
from iamconsole.interfaces.console.pages.providers.names import ANY_ISSUER, TITLE, name_of
from iamconsole.interfaces.console.visit import Visit

COLUMNS = (
    {"label": _("Provider")},
    {"label": _("Type")},
    {"label": _("Created")},
    {"label": _("Metadata valid until")},
)
LISTS = (
    ("iam:ListOpenIDConnectProviders", "open_id_connect_provider_list"),
    ("iam:ListSAMLProviders", "saml_provider_list"),
)


def providers_list(visit: Visit) -> HttpResponse:
    """OpenID Connect and SAML providers; whoever may list one kind alone sees that kind."""
    found: list[Any] = []
    allowed = [entry for entry in LISTS if visit.refusal(entry[0]) is None] or LISTS[:1]
    for asked, member in allowed:
        found += getattr(visit.run(asked), member)
    text = visit.request.GET.get("q", "").strip()
    matching = [each for each in found if text.lower() in each.arn.lower()]
    total = ngettext("%(count)d provider", "%(count)d providers", len(found)) % {"count": len(found)}
    context = {
        "title": TITLE,
        "subtitle": _("%(matching)d of %(total)s") % {"matching": len(matching), "total": total},
        "breadcrumbs": [{"label": _("Access management")}, {"label": TITLE}],
        "actions": _controls(visit),
        "search": {"value": text, "placeholder": _("Name, URL or ARN"), "live": True},
        "columns": COLUMNS,
        "rows": [{"cells": _cells(each)} for each in matching],
        "empty": _nothing_matches() if text else _empty(visit),
    }
    return visit.page("list", context)


def _controls(visit: Visit) -> list[dict[str, Any]]:
    saml = cells.action(_("Add SAML"), reverse("console:provider-create-saml"), icon="plus")
    oidc = cells.action(_("Add OpenID Connect"), reverse("console:provider-create-oidc"), tone="primary", icon="plus")
    return [
        visit.offer(saml, "iam:CreateSAMLProvider"),
        visit.offer(oidc, "iam:CreateOpenIDConnectProvider", url=ANY_ISSUER),
    ]


def _cells(entry: Any) -> list[cells.Cell]:
    oidc = not hasattr(entry, "create_date")
    return [
        cells.link(name_of(entry.arn), reverse("console:provider", args=[entry.arn])),
        cells.badge(_("OpenID Connect"), "info") if oidc else cells.badge(_("SAML 2.0"), "ok"),
        cells.text("") if oidc else cells.time(entry.create_date),
        cells.text("") if oidc else cells.time(entry.valid_until, empty=_("No end given")),
    ]


def _nothing_matches() -> dict[str, Any]:
    return {
        "title": _("Nothing matches"),
        "text": _("No provider has this in its ARN."),
        "icon": "search-x",
        "action": {"label": _("Show all"), "url": reverse("console:providers")},
    }


def _empty(visit: Visit) -> dict[str, Any]:
    return {
        "title": _("No identity providers yet"),
        "text": _(
            "People and workloads that have an identity elsewhere need no user here. Add their directory or issuer, "
            "then write into a role's trust policy whom of them it lets in."
        ),
        "icon": "id-card",
        "action": _controls(visit)[1],
    }
