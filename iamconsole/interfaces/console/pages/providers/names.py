"""What OpenID Connect and SAML providers have in common: their ARN in a path, their crumbs, their tabs."""

from __future__ import annotations

from typing import Any

from django.urls import register_converter, reverse
from django.utils.translation import gettext_lazy as _

TITLE = _("Identity providers")
ANY_ISSUER = "https://issuer.invalid"
"""Stands for the URL that is not typed yet, where permission is asked beforehand."""


class ProviderArnConverter:
    """The ARN of an identity provider in a path, its slashes included."""

    regex = r"arn:aws:iam::\d{12}:(?:oidc|saml)-provider/.+"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(ProviderArnConverter, "provider_arn")


def is_oidc(arn: str) -> bool:
    return ":oidc-provider/" in arn


def name_of(arn: str) -> str:
    """`idp.example.com/realms/acme`, or the name of a SAML provider."""
    return arn.partition("-provider/")[2]


def member(arn: str) -> dict[str, str]:
    """The member that names the provider in an operation's input."""
    return {"open_id_connect_provider_arn" if is_oidc(arn) else "saml_provider_arn": arn}


def action(pattern: str, arn: str) -> str:
    """`iam:DeleteSAMLProvider` for `Delete{}`."""
    return f"iam:{pattern.format('OpenIDConnectProvider' if is_oidc(arn) else 'SAMLProvider')}"


def listed() -> dict[str, Any]:
    return {"label": TITLE, "url": reverse("console:providers")}


def crumbs(arn: str, *last: Any) -> list[dict[str, Any]]:
    """The list and the provider, then the page itself."""
    here = {"label": name_of(arn), "url": reverse("console:provider", args=[arn])}
    return [listed(), here, *({"label": label} for label in last)]


def tabs(arn: str, current: str) -> list[dict[str, Any]]:
    named = [("provider", _("Overview")), ("provider-trust", _("Who gets in"))]
    if is_oidc(arn):
        named.append(("provider-sign-in", _("Console sign-in")))
    named += [("provider-try", _("Try a token") if is_oidc(arn) else _("Try a response")), ("provider-tags", _("Tags"))]
    return [
        {"label": label, "url": reverse(f"console:{page}", args=[arn]), "current": page == current}
        for page, label in named
    ]
