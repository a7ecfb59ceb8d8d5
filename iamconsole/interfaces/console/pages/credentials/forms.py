"""Forms that give a user a credential, a form for each kind."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.service_credentials.services import BUILT_IN
from iamconsole.interfaces.console.forms import OperationForm
from iamconsole.interfaces.console.pages.credentials.kinds import CERTIFICATE, SERVICE, SSH_KEY, CredentialKind
from iamconsole.interfaces.console.visit import Visit


def _pasted(label: Any, help_text: Any, placeholder: str) -> forms.CharField:
    widget = forms.Textarea(
        attrs={"rows": 8, "class": "mono", "spellcheck": "false", "autocomplete": "off", "placeholder": placeholder}
    )
    return forms.CharField(label=label, help_text=help_text, widget=widget)


class SSHKeyForm(OperationForm):
    """The public half of a key pair."""

    blamed = dict.fromkeys(
        ("InvalidPublicKey", "DuplicateSSHPublicKey", "UnrecognizedPublicKeyEncoding"), "ssh_public_key_body"
    )

    ssh_public_key_body = _pasted(
        _("Public key"),
        _("The content of the .pub file: RSA of at least 2048 bits, as ssh-rsa or PEM. Never the private key."),
        "ssh-rsa AAAA…",
    )

    def __init__(self, _visit: Visit, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)


class CertificateForm(OperationForm):
    """A certificate without its private key."""

    blamed = dict.fromkeys(
        ("MalformedCertificate", "InvalidCertificate", "DuplicateCertificate", "EntityAlreadyExists"),
        "certificate_body",
    )

    certificate_body = _pasted(
        _("Certificate"),
        _("One X.509 certificate in PEM that is valid today. Its private key stays with the user."),
        "-----BEGIN CERTIFICATE-----",
    )

    def __init__(self, _visit: Visit, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)


class ServiceForm(OperationForm):
    """The service that the credential opens, and for how long."""

    blamed = {"NotSupportedService": "service_name"}

    service_name = forms.ChoiceField(label=_("Service"))
    credential_age_days = forms.IntegerField(
        label=_("Expires after days"),
        required=False,
        help_text=_("Left blank it never does. Git and Cassandra credentials cannot expire."),
        widget=forms.NumberInput(attrs={"min": 1, "max": 36600}),
    )

    def __init__(self, visit: Visit, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        refused = visit.refusal("iamconsole:ListServices")
        own = [] if refused else visit.all("iamconsole:ListServices", scope="Local")
        self.fields["service_name"].choices = [
            (_("Of AWS"), [(name, name) for name in BUILT_IN]),
            *([(_("Registered here"), [(each.service_prefix, each.service_name) for each in own])] if own else []),
        ]


FORMS: Mapping[CredentialKind, type[Any]] = {
    SSH_KEY: SSHKeyForm,
    CERTIFICATE: CertificateForm,
    SERVICE: ServiceForm,
}
NONE_YET: Mapping[CredentialKind, dict[str, Any]] = {
    SSH_KEY: {"ssh_public_key_body": "ssh-rsa AAAA…"},
    CERTIFICATE: {"certificate_body": "-----BEGIN CERTIFICATE-----…"},
    SERVICE: {"service_name": next(iter(BUILT_IN))},
}
"""What stands in the commands that a page shows before anything was typed."""
