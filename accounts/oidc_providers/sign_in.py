"""How people sign in to the console through an OpenID Connect provider, and as which role."""

from __future__ import annotations

from accounts.oidc_providers import queries as providers
from accounts.oidc_providers import sign_ins
from accounts.oidc_providers.resources import OIDC_PROVIDER
from accounts.oidc_providers.shapes import (
    ClientId,
    ClientSecret,
    Label,
    OpenIDConnectProviderSignInResult,
    Scopes,
)
from accounts.outbound_federation.urls import is_own_issuer
from accounts.sts.resources import role_of
from iamconsole.kernel.call import Call
from iamconsole.kernel.errors import InvalidInput, NoSuchEntity
from iamconsole.kernel.operation import Access, Rest, operation
from iamconsole.kernel.shapes import Arn


@operation(
    Access.READ,
    on=OIDC_PROVIDER,
    service="iamconsole",
    rest=Rest("GET", "/oidc-provider/sign-in"),
    errors=(InvalidInput, NoSuchEntity),
)
def get_open_id_connect_provider_sign_in(
    call: Call, *, open_id_connect_provider_arn: Arn
) -> OpenIDConnectProviderSignInResult:
    """Show how people sign in to the console through a provider, and the redirect URI to register there."""
    return sign_ins.shown(sign_ins.of(providers.find(call.account_id, open_id_connect_provider_arn)))


@operation(
    Access.WRITE,
    on=OIDC_PROVIDER,
    service="iamconsole",
    rest=Rest("PUT", "/oidc-provider/sign-in"),
    errors=(InvalidInput, NoSuchEntity),
)
def update_open_id_connect_provider_sign_in(
    call: Call,
    *,
    open_id_connect_provider_arn: Arn,
    client_id: ClientId,
    role_arn: Arn,
    client_secret: ClientSecret | None = None,
    scopes: Scopes = "openid",
    label: Label = "",
    enabled: bool = True,
) -> OpenIDConnectProviderSignInResult:
    """Let people sign in to the console through a provider, as a role whose trust policy decides who may.

    Everything is replaced; a client secret that is left out stays while the client id does, an empty one is removed.
    """
    provider = providers.find(call.account_id, open_id_connect_provider_arn, lock=True)
    if is_own_issuer(provider.url):
        raise InvalidInput("Nobody can sign in at this provider: it is an account of this installation.")
    if client_id not in provider.client_ids:
        raise InvalidInput(f"ClientId {client_id} is none of the provider's: add it to the provider first.")
    role = role_of(role_arn)
    if role is None or role.account_id != call.account_id:
        raise InvalidInput(f"RoleArn {role_arn} names no role of this account.")
    if "openid" not in scopes.split(" "):
        raise InvalidInput("Scopes must name openid: without it a provider gives no ID token.")
    row = sign_ins.of(provider)
    if client_secret is not None or client_id != row.client_id:
        row.sealed_secret = sign_ins.sealed_secret(provider, client_secret or "")
    row.client_id, row.role_arn, row.scopes, row.enabled = client_id, role_arn, scopes, enabled
    row.label = label or provider.name[:64]
    row.save()
    call.emit(provider.arn_kind, provider.unique_id, "updated")
    return sign_ins.shown(row)
