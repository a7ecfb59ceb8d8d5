"""The account as an issuer of tokens, its properties, and its root user, on the page of account settings."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from iamconsole.interfaces.console import cells
from iamconsole.interfaces.console.forms import OperationForm, text_field
from iamconsole.interfaces.console.pages import panels
from iamconsole.interfaces.console.site import Route
from iamconsole.interfaces.console.visit import Visit
from iamconsole.kernel.errors import AccessDenied, Fault, FeatureDisabled

ISSUER = _("Outbound federation")
PROPERTIES = _("Account properties")


class PropertyForm(OperationForm):
    """A property and its value."""

    name = text_field(_("Name"), max_length=50, help_text=_("Namespace/PropertyName."))
    value = text_field(_("Value"), required=False)


def issuer(visit: Visit) -> panels.Panel:
    """Whether this account vouches for its principals elsewhere, and under which address."""
    return panels.guarded(ISSUER, lambda: _issuer(visit))


def _issuer(visit: Visit) -> panels.Panel:
    here = reverse("console:outbound")
    try:
        found = visit.run("iam:GetOutboundWebIdentityFederationInfo")
        enabled = found.jwt_vending_enabled
    except FeatureDisabled:
        enabled = False
    if not enabled:
        enable = cells.post(_("Enable"), here, do="enable")
        return {
            "title": ISSUER,
            "note": _("off"),
            "text": _("Principals of this account can get tokens that services elsewhere believe, once this is on."),
            "actions": [visit.offer(enable, "iam:EnableOutboundWebIdentityFederation")],
        }
    disable = cells.post(_("Disable"), here, tone="danger", do="disable")
    known = f"{found.issuer_identifier}/.well-known/openid-configuration"
    return {
        "title": ISSUER,
        "note": _("on"),
        "actions": [visit.offer(disable, "iam:DisableOutboundWebIdentityFederation")],
        "pairs": [
            {"label": _("Issuer"), "cell": cells.mono(found.issuer_identifier, copyable=True)},
            {"label": _("Discovery document"), "cell": cells.mono(known, url=known)},
        ],
    }


def outbound(visit: Visit) -> HttpResponse:
    """Turn the account's issuer on or off."""
    there = reverse("console:account")
    if visit.posting and visit.request.POST.get("do") == "enable":
        visit.run("iam:EnableOutboundWebIdentityFederation")
        return visit.redirect(there, _("Outbound federation is on."))
    if visit.posting:
        visit.run("iam:DisableOutboundWebIdentityFederation")
        return visit.redirect(there, _("Outbound federation is off. Tokens that are out are no longer verifiable."))
    return visit.redirect(there)


def properties(visit: Visit) -> panels.Panel:
    """What is kept about the account by namespace."""
    return panels.guarded(PROPERTIES, lambda: _properties(visit))


def _properties(visit: Visit) -> panels.Panel:
    found = visit.run("iam:GetAccountProperties").properties
    add = cells.action(_("Set a property"), reverse("console:account-property"), icon="plus")
    return {
        "title": PROPERTIES,
        "note": len(found) or "",
        "actions": [visit.offer(add, "iam:PutAccountProperties", properties={})],
        "columns": [{"label": _("Name")}, {"label": _("Value")}],
        "rows": [{"cells": [cells.mono(name), cells.text(value)]} for name, value in sorted(found.items())],
        "empty": {
            "title": _("No properties"),
            "text": _("Facts about the account that tools of yours look up, such as Billing/CostCentre."),
            "icon": "tag",
        },
    }


def account_property(visit: Visit) -> HttpResponse:
    """Set one property."""
    visit.demand("iam:PutAccountProperties", properties={})
    there = reverse("console:account")
    form = PropertyForm(visit.request.POST or None)
    if visit.posting and form.is_valid():
        data = form.cleaned_data
        try:
            visit.run("iam:PutAccountProperties", properties={data["name"]: data["value"]})
            return visit.redirect(there, _("The property was saved."))
        except AccessDenied:
            raise
        except Fault as fault:
            form.add_error(None, fault.message)
    context: dict[str, Any] = {
        "title": _("Set an account property"),
        "breadcrumbs": [{"label": _("Account settings"), "url": there}, {"label": PROPERTIES}],
        "form": form,
        "submit_label": _("Save property"),
        "cancel_url": there,
    }
    return visit.page("form", context, status=400 if form.errors else 200)


ROUTES = (
    Route("account/outbound/", outbound, "outbound"),
    Route("account/property/", account_property, "account-property"),
)
