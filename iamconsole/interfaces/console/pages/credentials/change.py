"""Giving a user a credential, switching it on and off, and taking it away."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _

from iamconsole.interfaces.console import snippets
from iamconsole.interfaces.console.pages.credentials.forms import FORMS, NONE_YET
from iamconsole.interfaces.console.pages.credentials.kinds import SERVICE, CredentialKind
from iamconsole.interfaces.console.pages.users import credentials_tab
from iamconsole.interfaces.console.site import Route
from iamconsole.interfaces.console.visit import Visit, operation
from iamconsole.kernel.errors import NoSuchEntity


def credential_add(visit: Visit, name: str, kind: CredentialKind) -> HttpResponse:
    """Upload a key or certificate, or have a credential made, whose secret this answer alone shows."""
    name = visit.run("iam:GetUser", user_name=name).user.user_name
    visit.demand(kind.adding, user_name=name)
    form = FORMS[kind](visit, visit.request.POST or None)
    if visit.posting and form.is_valid():
        with form.blaming():
            made = visit.run(kind.adding, user_name=name, **form.members())
            if kind is SERVICE:
                return _secret(visit, name, made.service_specific_credential)
            return visit.redirect(credentials_tab.url(name), _("The %(what)s was added.") % {"what": kind.one})
    wanted = form.members() if form.is_bound and not form.errors else NONE_YET[kind]
    context = {
        "title": _("%(add)s for %(name)s") % {"add": kind.add, "name": name},
        "breadcrumbs": credentials_tab.crumbs(name, kind.add),
        "form": form,
        "submit_label": kind.add,
        "cancel_url": credentials_tab.url(name),
        "cli_equivalent": snippets.of((operation(kind.adding), {"user_name": name, **wanted})),
    }
    return visit.page("form", context, status=400 if form.errors else 200)


def _secret(visit: Visit, name: str, made: Any) -> HttpResponse:
    """The name and secret of a service-specific credential, this once."""
    secrets = [
        {"label": _("Service"), "value": made.service_name},
        {
            "label": _("User name") if made.service_user_name else _("Alias"),
            "value": made.service_user_name or made.service_credential_alias,
        },
        {
            "label": _("Password") if made.service_password else _("API key"),
            "value": made.service_password or made.service_credential_secret,
            "sensitive": True,
        },
    ]
    context = {
        "title": _("Save the credential of %(name)s") % {"name": name},
        "breadcrumbs": credentials_tab.crumbs(name, SERVICE.title),
        "secrets": secrets,
        "continue_url": credentials_tab.url(name),
    }
    return visit.shown_once(visit.page("secret_once", context), credentials_tab.url(name))


def credential_change(visit: Visit, name: str, kind: CredentialKind, ident: str) -> HttpResponse:
    """Make a credential inactive, or active again."""
    if visit.posting:
        status = visit.request.POST.get("status", "")
        visit.run(kind.action("Update"), **kind.named(name, ident), status=status)
        said = _("The %(what)s is active again.") if status == "Active" else _("The %(what)s is deactivated.")
        return visit.redirect(credentials_tab.url(name), said % {"what": kind.one})
    return visit.redirect(credentials_tab.url(name))


def credential_delete(visit: Visit, name: str, kind: CredentialKind, ident: str) -> HttpResponse:
    """Delete a credential for good; an active one may be deactivated instead."""
    if visit.posting:
        visit.run(kind.action("Delete"), **kind.named(name, ident))
        return visit.redirect(credentials_tab.url(name), _("The %(what)s was deleted.") % {"what": kind.one})
    found = _find(visit, name, kind, ident)
    visit.demand(kind.action("Delete"), **kind.named(name, ident))
    context: dict[str, Any] = {
        "title": _("Delete the %(what)s %(id)s?") % {"what": kind.one, "id": ident},
        "warning": _("Whatever uses it stops working at once, and it cannot be brought back."),
        "breadcrumbs": credentials_tab.crumbs(name, _("Delete")),
        "submit_label": _("Delete"),
        "cancel_url": credentials_tab.url(name),
    }
    if found.status == "Active" and visit.refusal(kind.action("Update"), **kind.named(name, ident)) is None:
        context["deactivate"] = {
            "url": kind.url(name, "change", ident),
            "text": _("Deactivating it first shows whether anything still needs it, and can be undone."),
            "fields": [{"name": "status", "value": "Inactive"}],
        }
    return visit.page("confirm_delete", context)


def credential_reset(visit: Visit, name: str, kind: CredentialKind, ident: str) -> HttpResponse:
    """Replace the secret of a service-specific credential; only that kind has one."""
    if kind is not SERVICE:
        raise NoSuchEntity(_("There is no page at this address."))
    who = kind.named(name, ident)
    if visit.posting:
        made = visit.run(kind.action("Reset"), **who).service_specific_credential
        return _secret(visit, made.user_name, made)
    found = _find(visit, name, kind, ident)
    visit.demand(kind.action("Reset"), **who)
    context = {
        "title": _("Reset the credential for %(service)s?") % {"service": found.service_name},
        "warning": _("The present secret is refused from now on; the new one is shown once."),
        "breadcrumbs": credentials_tab.crumbs(name, _("Reset")),
        "submit_label": _("Reset credential"),
        "cancel_url": credentials_tab.url(name),
    }
    return visit.page("confirm_delete", context)


def _find(visit: Visit, name: str, kind: CredentialKind, ident: str) -> Any:
    for each in kind.of(visit, name):
        if getattr(each, kind.member) == ident:
            return each
    raise NoSuchEntity(_("There is no page at this address."))


HERE = "users/<str:name>/credentials/<credential:kind>"
ROUTES = (
    Route(f"{HERE}/add/", credential_add, "credential-add"),
    Route(f"{HERE}/<str:ident>/change/", credential_change, "credential-change"),
    Route(f"{HERE}/<str:ident>/delete/", credential_delete, "credential-delete"),
    Route(f"{HERE}/<str:ident>/reset/", credential_reset, "credential-reset"),
)
