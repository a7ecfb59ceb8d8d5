"""Adding an identity provider: what it publishes is shown before it is believed."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from iamconsole.interfaces.console import snippets
from iamconsole.interfaces.console.forms import OperationForm, name_field, text_field
from iamconsole.interfaces.console.pages import panels
from iamconsole.interfaces.console.pages.providers import checks
from iamconsole.interfaces.console.pages.providers.names import ANY_ISSUER, listed
from iamconsole.interfaces.console.visit import Visit, operation

LARGEST = 1_000_000  # bytes of an uploaded metadata document
CHECK = "check"


def lines(text: str) -> list[str]:
    """The lines that say something."""
    return [line.strip() for line in text.splitlines() if line.strip()]


def _list_field(label: Any, help_text: Any, *, required: bool = False) -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": 3, "spellcheck": "false"})
    return forms.CharField(label=label, help_text=help_text, required=required, widget=widget)


class OpenIDConnectForm(OperationForm):
    """An issuer and the audiences that are believed."""

    blamed = {"EntityAlreadyExists": "url", "InvalidInput": "url"}

    url = text_field(
        _("Provider URL"),
        max_length=255,
        help_text=_("The issuer of its tokens to the character, such as https://idp.example.com/realms/acme."),
        widget=forms.TextInput(attrs={"inputmode": "url"}),
    )
    client_id_list = _list_field(
        _("Client IDs"), _("The audiences that are believed, one a line; for workloads usually sts.amazonaws.com.")
    )
    thumbprint_list = _list_field(
        _("Thumbprints"), _("Kept for tools that set them; certificates are verified by their authorities.")
    )

    def members(self, *names: str) -> dict[str, Any]:
        found = super().members(*names)
        return found | {name: lines(found[name]) for name in ("client_id_list", "thumbprint_list") if name in found}


class SAMLForm(OperationForm):
    """A name and a metadata document, pasted or as a file."""

    blamed = {"EntityAlreadyExists": "name", "InvalidInput": "saml_metadata_document"}

    name = name_field(_("Name"), max_length=128, help_text=_("Letters, digits and . _ -, the end of its ARN."))
    metadata_file = forms.FileField(label=_("Metadata file"), required=False, help_text=_("XML, up to one megabyte."))
    saml_metadata_document = forms.CharField(
        label=_("Metadata document"),
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false"}),
        help_text=_("Or pasted here. Everything that is believed stands in it, so take it from the provider itself."),
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        file = data.pop("metadata_file", None)
        if file is not None and file.size > LARGEST:
            self.add_error("metadata_file", _("The file is larger than one megabyte."))
        elif file is not None:
            data["saml_metadata_document"] = file.read().decode(errors="replace")
        if not self.errors and not data.get("saml_metadata_document"):
            self.add_error("saml_metadata_document", _("Choose a file or paste the document."))
        return data


class MetadataForm(SAMLForm):
    """Another metadata document for a provider that is there."""

    name = None  # type: ignore[assignment]


def create_oidc(visit: Visit) -> HttpResponse:
    """The issuer's documents are fetched by *Check*, and the findings shown, before anything is saved."""
    visit.demand("iam:CreateOpenIDConnectProvider", url=ANY_ISSUER)
    form = OpenIDConnectForm(visit.request.POST or None)
    shown: list[panels.Panel] = []
    if visit.posting and form.is_valid():
        with form.blaming():
            if visit.request.POST.get("step") == CHECK:
                shown = checks.issuer(visit.run("iamconsole:InspectOpenIDConnectIssuer", url=form.cleaned_data["url"]))
            else:
                made = visit.run("iam:CreateOpenIDConnectProvider", **form.members())
                return _created(visit, made.open_id_connect_provider_arn)
    return _page(visit, form, _("Add an OpenID Connect provider"), "iam:CreateOpenIDConnectProvider", shown)


def create_saml(visit: Visit) -> HttpResponse:
    """What the document says is shown by *Check* before anything is saved."""
    visit.demand("iam:CreateSAMLProvider")
    form = SAMLForm(visit.request.POST or None, visit.request.FILES or None)
    shown: list[panels.Panel] = []
    if visit.posting and form.is_valid():
        if visit.request.POST.get("step") == CHECK:
            document = form.cleaned_data["saml_metadata_document"]
            shown = [checks.described(visit, document) | {"id": "findings"}]
            form = SAMLForm({**visit.request.POST.dict(), "saml_metadata_document": document})
            form.is_valid()
        else:
            with form.blaming():
                made = visit.run("iam:CreateSAMLProvider", **form.members())
                return _created(visit, made.saml_provider_arn)
    return _page(visit, form, _("Add a SAML provider"), "iam:CreateSAMLProvider", shown)


def _created(visit: Visit, arn: str) -> HttpResponse:
    said = _("The provider was added. Next, let a role trust it.")
    return visit.redirect(reverse("console:provider-trust", args=[arn]), said)


def _page(visit: Visit, form: OperationForm, title: Any, action: str, shown: list[panels.Panel]) -> HttpResponse:
    asked = operation(action)
    sent = form.members() if form.is_bound and not form.errors else {}
    known = {name: value for name, value in sent.items() if name in asked.input.model_fields}
    context = {
        "title": title,
        "breadcrumbs": [listed(), {"label": title}],
        "form": form,
        "panels": shown,
        "multipart": True,
        "secondary": [{"name": "step", "value": CHECK, "label": _("Check")}],
        "submit_label": _("Add provider"),
        "cancel_url": reverse("console:providers"),
        "cli_equivalent": snippets.of((asked, known)),
    }
    return visit.page("form_checked", context, status=400 if form.errors else 200)
