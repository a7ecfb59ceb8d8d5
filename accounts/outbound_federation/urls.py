"""The URLs under which accounts are OpenID Connect issuers."""

from __future__ import annotations

from django.conf import settings

PATH = "/oidc/"


def issuer_url(issuer_id: str) -> str:
    """`https://iam.example.com/oidc/<id>`."""
    return f"{settings.IAM_PUBLIC_URL}{PATH}{issuer_id}"


def is_own_issuer(url: str) -> bool:
    """Whether a URL is that of an issuer of this installation: its keys need no fetching."""
    return url.startswith(settings.IAM_PUBLIC_URL + PATH)
