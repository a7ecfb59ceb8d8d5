"""Forms about a provider that is there: its metadata, its network, and how people sign in to the console with it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from iamconsole.interfaces.console import cells
from iamconsole.interfaces.console.forms import OperationForm, text_field
from iamconsole.interfaces.console.pages import panels
from iamconsole.interfaces.console.pages.providers import checks, detail
from iamconsole.interfaces.console.pages.providers.create import CHECK, MetadataForm, lines
from iamconsole.interfaces.console.pages.providers.names import crumbs, is_oidc, member
from iamconsole.interfaces.console.visit import Visit
from iamconsole.kernel.errors import NoSuchEntity

NOT_HERE = _("There is no page at this address.")


def provider_metadata(visit: Visit, arn: str) -> HttpResponse:
    """Replace the metadata document of a SAML provider."""
    if is_oidc(arn):
        raise NoSuchEntity(NOT_HERE)
    visit.demand("iam:UpdateSAMLProvider", **member(arn))
    detail.shown(visit, arn)
    there = reverse("console:provider", args=[arn])
    form = MetadataForm(visit.request.POST or None, visit.request.FILES or None)
    shown: list[panels.Panel] = []
    if visit.posting and form.is_valid():
        document = form.cleaned_data["saml_metadata_document"]
        if visit.request.POST.get("step") == CHECK:
            shown = [checks.described(visit, document) | {"id": "findings"}]
            form = MetadataForm({**visit.request.POST.dict(), "saml_metadata_document": document})
            form.is_valid()
        else:
            with form.blaming():
                visit.run("iam:UpdateSAMLProvider", **member(arn), saml_metadata_document=document)
                return visit.redirect(there, _("The metadata was replaced."))
    context = {
        "title": _("Replace the metadata"),
        "breadcrumbs": crumbs(arn, _("Metadata")),
        "form": form,
        "panels": shown,
        "multipart": True,
        "secondary": [{"name": "step", "value": CHECK, "label": _("Check")}],
        "submit_label": _("Replace metadata"),
        "cancel_url": there,
    }
    return visit.page("form_checked", context, status=400 if form.errors else 200)


class NetworkForm(OperationForm):
    """Private networks, and an authority of one's own."""

    blamed = {"InvalidInput": "allowed_networks"}

    allowed_networks = forms.CharField(
        label=_("Private networks"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false"}),
        help_text=_("One a line, such as 10.20.0.0/16. Public addresses need no entry."),
    )
    ca_certificate = forms.CharField(
        label=_("Certificate authority (PEM)"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 6, "spellcheck": "false"}),
        help_text=_("Where its certificate is from no public authority."),
    )


def provider_network(visit: Visit, arn: str) -> HttpResponse:
    """From which private networks the provider's documents may come."""
    if not is_oidc(arn):
        raise NoSuchEntity(NOT_HERE)
    visit.demand("iamconsole:UpdateOpenIDConnectProviderNetwork", **member(arn))
    found = visit.run("iamconsole:GetOpenIDConnectProviderNetwork", **member(arn))
    there = reverse("console:provider", args=[arn])
    initial = {"allowed_networks": "\n".join(found.allowed_networks), "ca_certificate": found.ca_certificate}
    form = NetworkForm(visit.request.POST or None, initial=initial)
    if visit.posting and form.is_valid():
        data = form.cleaned_data
        wanted = {"allowed_networks": lines(data["allowed_networks"]), "ca_certificate": data["ca_certificate"]}
        with form.blaming():
            visit.run("iamconsole:UpdateOpenIDConnectProviderNetwork", **member(arn), **wanted)
            return visit.redirect(there, _("The network was saved."))
    context = {
        "title": _("Network of the provider"),
        "breadcrumbs": crumbs(arn, _("Network")),
        "form": form,
        "submit_label": _("Save network"),
        "cancel_url": there,
    }
    return visit.page("form", context, status=400 if form.errors else 200)


class SignInForm(OperationForm):
    """The client that the console is at the provider, and the role that a sign-in leads to."""

    client_id = forms.ChoiceField(label=_("Client ID"), help_text=_("Of the client that you registered there."))
    client_secret = forms.CharField(
        label=_("Client secret"),
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        help_text=_("Left blank, the one that is there stays. A public client has none."),
    )
    role_arn = forms.ChoiceField(
        label=_("Role"), help_text=_("Roles that trust this provider; the trust policy decides who gets in.")
    )
    label = text_field(_("Label of the button"), required=False, max_length=64)
    scopes = text_field(_("Scopes"), initial="openid", help_text=_("openid, and what the trust policy looks at."))
    enabled = forms.BooleanField(label=_("People can sign in with it"), required=False, initial=True)


def provider_sign_in(visit: Visit, arn: str) -> HttpResponse:
    """How people sign in to the console through an OpenID Connect provider."""
    if not is_oidc(arn):
        raise NoSuchEntity(NOT_HERE)
    found = detail.shown(visit, arn)
    here = reverse("console:provider-sign-in", args=[arn])
    now = visit.run("iamconsole:GetOpenIDConnectProviderSignIn", **member(arn))
    form = _sign_in_form(visit, arn, found, now)
    if visit.posting and form.is_valid():
        with form.blaming():
            visit.run("iamconsole:UpdateOpenIDConnectProviderSignIn", **member(arn), **form.members())
            return visit.redirect(here, _("The console sign-in was saved."))
    response = detail.framed(visit, arn, found, "provider-sign-in", [_registering(now), _panel(visit, arn, form, here)])
    response.status_code = 400 if form.errors else 200
    return response


def _sign_in_form(visit: Visit, arn: str, found: Any, now: Any) -> SignInForm:
    form = SignInForm(visit.request.POST or None, initial=now.model_dump() if now.role_arn else None)
    form.fields["client_id"].choices = [(each, each) for each in found.client_id_list]  # type: ignore[attr-defined]
    may_list = visit.refusal("iamconsole:ListTrustingRoles") is None
    roles = visit.run("iamconsole:ListTrustingRoles", principal_arn=arn).roles if may_list else []
    choices = {role.arn: role.role_name for role in roles} | ({now.role_arn: now.role_arn} if now.role_arn else {})
    choices |= {role.arn: role.role_name for role in roles}
    form.fields["role_arn"].choices = list(choices.items())  # type: ignore[attr-defined]
    return form


def _registering(now: Any) -> panels.Panel:
    state = cells.badge(_("On"), "ok", icon="check") if now.enabled else cells.badge(_("Off"))
    return {
        "title": _("At the identity provider"),
        "note": _("register a web client with this address"),
        "pairs": [
            {"label": _("Redirect URI"), "cell": cells.mono(now.redirect_uri, copyable=True)},
            {"label": _("Sign-in is"), "cell": state},
        ],
    }


def _panel(visit: Visit, arn: str, form: SignInForm, here: str) -> panels.Panel:
    title = _("Signing in to the console")
    refused = visit.refusal("iamconsole:UpdateOpenIDConnectProviderSignIn", **member(arn))
    if refused:
        return {"title": title, "callout": {"tone": "info", "icon": "lock", "text": refused}}
    if not form.fields["role_arn"].choices:  # type: ignore[attr-defined]
        trust = cells.action(_("Who gets in"), reverse("console:provider-trust", args=[arn]), icon="id-card")
        text = _("A sign-in leads to a role, so let one trust this provider first.")
        return {"title": title, "empty": {"title": _("No role yet"), "text": text, "icon": "id-card", "action": trust}}
    return {"title": title, "form": {"form": form, "url": here, "submit_label": _("Save sign-in"), "tone": "primary"}}
