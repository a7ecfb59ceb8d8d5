"""Who may assume a new role: the kinds of trusted entities as fields of a form, and the trust policy they make."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from django import forms
from django.utils.translation import gettext as gettext
from django.utils.translation import gettext_lazy as _

from iamconsole.interfaces.console.forms import text_field
from iamconsole.interfaces.console.pages.access import simulator
from iamconsole.interfaces.console.pages.roles.documents import trust_policy_of
from iamconsole.interfaces.console.picking import PickingForm
from iamconsole.interfaces.console.visit import Visit
from iamconsole.kernel.services import ServicePrincipal

CUSTOM: Final = "custom"
DOCUMENT: Final = "assume_role_policy_document"


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of trusted entity: the fields that describe it, and those of them that cannot be left blank."""

    key: str
    label: Any
    fields: tuple[str, ...] = ()
    needed: tuple[str, ...] = ()


KINDS: Final = (
    Kind("this-account", _("This account: its policies say who of it"), ("require_mfa",)),
    Kind("principal", _("A user or role of this account"), ("principal", "require_mfa"), ("principal",)),
    Kind("other-account", _("Another account"), ("account_id", "external_id", "require_mfa"), ("account_id",)),
    Kind("service", _("A service"), ("service",), ("service",)),
    Kind(
        "oidc",
        _("People or programs that sign in with OpenID Connect"),
        ("oidc_provider", "audience", "subject"),
        ("oidc_provider", "audience"),
    ),
    Kind("saml", _("People who sign in with SAML"), ("saml_provider",), ("saml_provider",)),
    Kind(CUSTOM, _("A trust policy of your own")),
)
BY_KEY: Final = {kind.key: kind for kind in KINDS}
NEEDED: Final = frozenset(name for kind in KINDS for name in kind.needed)
PARTS: Final = tuple(sorted(dict.fromkeys(name for kind in KINDS for name in kind.fields), key="require_mfa".__eq__))
"""Every field that some kind has, in the order of the page: what several kinds share comes last."""


class TrustForm(PickingForm):
    """Who is trusted; `statement` is what the trust policy says of it."""

    trusted = forms.ChoiceField(
        label=_("Who may assume it"),
        choices=[(kind.key, kind.label) for kind in KINDS],
        initial="this-account",
        widget=forms.RadioSelect,
    )
    principal = text_field(
        _("User or role"), required=False, help_text=_("user/…, role/… or an ARN. Only this one may assume the role.")
    )
    account_id = text_field(
        _("Account ID"), required=False, max_length=14, help_text=_("Twelve digits; hyphens do not matter.")
    )
    external_id = text_field(
        _("External ID"),
        required=False,
        max_length=1224,
        help_text=_(
            "For an account of somebody else who works for many customers: a value that it sends for you alone, so "
            "that nobody else can have it use your role."
        ),
    )
    service = text_field(
        _("Service principal"),
        required=False,
        max_length=128,
        help_text=_("Such as ec2.amazonaws.com, or a service that this account registered."),
    )
    oidc_provider = forms.ChoiceField(label=_("OpenID Connect provider"), required=False)
    audience = text_field(
        _("Audience"), required=False, help_text=_("The client ID that tokens are issued for: their aud claim.")
    )
    subject = text_field(
        _("Subject"),
        required=False,
        help_text=_("Whose tokens count: their sub claim; * stands for anything. Blank trusts everybody there."),
    )
    saml_provider = forms.ChoiceField(label=_("SAML provider"), required=False)
    require_mfa = forms.BooleanField(
        label=_("Require MFA"), required=False, help_text=_("Only sessions that began with a second factor count.")
    )
    assume_role_policy_document = forms.CharField(
        label=_("Trust policy (JSON)"), required=False, strip=False, widget=forms.Textarea
    )

    def __init__(self, visit: Visit, *args: Any, **kwargs: Any) -> None:
        super().__init__(visit, *args, **kwargs)
        self.fields["oidc_provider"].choices = _providers(visit, "iam:ListOpenIDConnectProviders")
        self.fields["saml_provider"].choices = _providers(visit, "iam:ListSAMLProviders")
        for name in NEEDED:
            self.fields[name].needed = True  # by its choice alone, so the browser cannot demand it
        self.fields["principal"].widget.attrs["list"] = "principals"
        self.fields["service"].widget.attrs["list"] = "service-principals"

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        kind = BY_KEY.get(data.get("trusted", ""))
        for name in kind.needed if kind else ():
            if not data.get(name) and name not in self.errors:
                self.add_error(name, _("This is needed for the choice above."))
        return data

    @property
    def is_custom(self) -> bool:
        return bool(self.cleaned_data.get("trusted") == CUSTOM)

    def trust_policy(self) -> str:
        """The document that the choice stands for, or that was written."""
        if self.is_custom:
            return str(self.cleaned_data[DOCUMENT]).replace("\r\n", "\n")
        return trust_policy_of(self.visit, self.cleaned_data)


def _providers(visit: Visit, action: str) -> list[tuple[str, str]]:
    """Identity providers by ARN; none for whoever may not list them."""
    if visit.refusal(action) is not None:
        return [("", gettext("None that you may see"))]
    answer = visit.run(action)
    listed = getattr(answer, "open_id_connect_provider_list", None) or getattr(answer, "saml_provider_list", None) or []
    known = [(each.arn, each.arn.rsplit("-provider/", 1)[-1]) for each in listed]
    return [("", gettext("Choose one")), *known] if known else [("", gettext("There is none yet: create it first"))]


def offered(visit: Visit) -> dict[str, Any]:
    """What the fields suggest: principals and services of this account, and those of AWS that hosts run on."""
    registered: list[str] = []
    if visit.refusal("iamconsole:ListServices") is None:
        found = visit.run("iamconsole:ListServices", scope="Local", max_items=100).services
        registered = [ServicePrincipal(visit.call.account_id, each.service_prefix).name for each in found]
    return {"principals": simulator.suggested(visit), "service_principals": [*registered, *SERVICES]}


SERVICES: Final = ("ec2.amazonaws.com", "lambda.amazonaws.com", "ecs-tasks.amazonaws.com", "codebuild.amazonaws.com")
