"""Reading how people sign in to the console through an OpenID Connect provider."""

from __future__ import annotations

from django.conf import settings

from accounts.federation.sealed import seal, unseal
from accounts.oidc_providers.models import OpenIDConnectProvider, OpenIDConnectSignIn
from accounts.oidc_providers.shapes import OpenIDConnectProviderSignInResult

KIND = "oidc-client-secret"


def of(provider: OpenIDConnectProvider) -> OpenIDConnectSignIn:
    """The provider's sign-in; one that was never set up is disabled, and not stored."""
    found: OpenIDConnectSignIn | None = OpenIDConnectSignIn.objects.filter(
        account_id=provider.account_id, provider=provider
    ).first()
    return found or OpenIDConnectSignIn(account_id=provider.account_id, provider=provider)


def offered(account_id: str) -> list[OpenIDConnectSignIn]:
    """What the sign-in page of an account shows."""
    rows = OpenIDConnectSignIn.objects.filter(account_id=account_id, enabled=True)
    return list(rows.select_related("provider").order_by("label", "provider__name"))


def seek(provider_id: str) -> OpenIDConnectSignIn | None:
    """The enabled sign-in of the provider of that unique id, in whichever account it is."""
    rows = OpenIDConnectSignIn.objects.across_accounts("whoever signs in has no account yet")
    found: OpenIDConnectSignIn | None = (
        rows.filter(provider__unique_id=provider_id, enabled=True).select_related("provider").first()
    )
    return found


def sealed_secret(provider: OpenIDConnectProvider, secret: str) -> str:
    """A client secret, sealed and bound to its provider; none stays none."""
    given = {"kind": KIND, "account_id": provider.account_id, "key_id": provider.unique_id}
    return seal(secret.encode(), **given) if secret else ""


def client_secret(sign_in: OpenIDConnectSignIn) -> str:
    """The client secret; empty for a public client."""
    if not sign_in.sealed_secret:
        return ""
    given = {"kind": KIND, "account_id": sign_in.account_id, "key_id": sign_in.provider.unique_id}
    return unseal(sign_in.sealed_secret, **given).decode()


def redirect_uri(provider: OpenIDConnectProvider) -> str:
    """Where the provider sends the browser back to; to be registered there."""
    return f"{settings.IAM_PUBLIC_URL}/console/signin/oidc/{provider.unique_id}/callback/"


def shown(sign_in: OpenIDConnectSignIn) -> OpenIDConnectProviderSignInResult:
    return OpenIDConnectProviderSignInResult(
        open_id_connect_provider_arn=sign_in.provider.arn,
        client_id=sign_in.client_id,
        has_secret=bool(sign_in.sealed_secret),
        role_arn=sign_in.role_arn,
        scopes=sign_in.scopes,
        label=sign_in.label,
        enabled=sign_in.enabled,
        redirect_uri=redirect_uri(sign_in.provider),
    )
