"""What a user may have besides a password, MFA devices and access keys, as data: names of operations, and words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.urls import register_converter, reverse
from django.utils.translation import gettext_lazy as _

from iamconsole.interfaces.console.pages.consequences import (
    CERTIFICATES,
    CERTIFICATES_STOPPED,
    SERVICE_CREDENTIALS,
    SSH_KEYS,
    SSH_STOPPED,
    Said,
)
from iamconsole.interfaces.console.visit import Visit


@dataclass(frozen=True, slots=True)
class CredentialKind:
    """A kind of credential; `verb` begins the name of the operation that gives one, `member` names one of them,
    `lost` and `stopped` say what deleting and deactivating some means."""

    word: str  # as in the console's URLs
    noun: str
    verb: str
    listed: str
    member: str
    title: Any
    one: Any
    add: Any
    purpose: Any
    lost: Said
    stopped: Said

    def action(self, verb: str) -> str:
        """`iam:DeleteSSHPublicKey` for `Delete`; the list's name is in the plural."""
        return f"iam:{verb}{self.noun}{'s' if verb == 'List' else ''}"

    @property
    def adding(self) -> str:
        return self.action(self.verb)

    def named(self, name: str, ident: str) -> dict[str, str]:
        """The members that name one credential of a user."""
        return {"user_name": name, self.member: ident}

    def url(self, name: str, page: str, *ident: str) -> str:
        """Where a page about the credentials of a user is: `add`, or `change`, `delete` and `reset` of one."""
        return reverse(f"console:credential-{page}", args=[name, self, *ident])

    def of(self, visit: Visit, name: str) -> list[Any]:
        """Those of a user, who has few of them: the first page of the list is the whole of it."""
        found: list[Any] = getattr(visit.run(self.action("List"), user_name=name), self.listed)
        return found


SSH_KEY = CredentialKind(
    word="ssh-keys",
    noun="SSHPublicKey",
    verb="Upload",
    listed="ssh_public_keys",
    member="ssh_public_key_id",
    title=_("SSH public keys"),
    one=_("SSH public key"),
    add=_("Upload SSH public key"),
    purpose=_("None. With one, the user signs in to Git and other services over SSH."),
    lost=SSH_KEYS,
    stopped=SSH_STOPPED,
)
CERTIFICATE = CredentialKind(
    word="certificates",
    noun="SigningCertificate",
    verb="Upload",
    listed="certificates",
    member="certificate_id",
    title=_("Signing certificates"),
    one=_("signing certificate"),
    add=_("Upload certificate"),
    purpose=_("None. With one, the user signs requests to services that ask for X.509 certificates."),
    lost=CERTIFICATES,
    stopped=CERTIFICATES_STOPPED,
)
SERVICE = CredentialKind(
    word="service-credentials",
    noun="ServiceSpecificCredential",
    verb="Create",
    listed="service_specific_credentials",
    member="service_specific_credential_id",
    title=_("Service-specific credentials"),
    one=_("service-specific credential"),
    add=_("Create credential"),
    purpose=_("None. Such a name and password, or API key, opens one service that takes no signed requests."),
    lost=SERVICE_CREDENTIALS,
    stopped=SERVICE_CREDENTIALS,
)
CREDENTIALS = {kind.word: kind for kind in (SSH_KEY, CERTIFICATE, SERVICE)}


class CredentialConverter:
    """`ssh-keys`, `certificates` or `service-credentials` in a path."""

    regex = "|".join(CREDENTIALS)

    def to_python(self, value: str) -> CredentialKind:
        return CREDENTIALS[value]

    def to_url(self, value: CredentialKind) -> str:
        return value.word


register_converter(CredentialConverter, "credential")
