"""What can be done with OpenID Connect providers."""

from __future__ import annotations

from accounts.federation.identifiers import federation_id
from accounts.oidc_providers import queries as providers
from accounts.oidc_providers import urls
from accounts.oidc_providers.models import OpenIDConnectProvider
from accounts.oidc_providers.resources import NEW_OIDC_PROVIDER, OIDC_PROVIDER, OIDC_PROVIDERS
from accounts.oidc_providers.shapes import (
    ClientId,
    ClientIds,
    CreateOpenIDConnectProviderResult,
    GetOpenIDConnectProviderResult,
    ListOpenIDConnectProvidersResult,
    OpenIDConnectProviderListEntry,
    Thumbprints,
    Url,
)
from accounts.tenancy import queries as tenancy
from iamconsole.kernel.call import Call
from iamconsole.kernel.errors import (
    ConcurrentModification,
    EntityAlreadyExists,
    InvalidInput,
    LimitExceeded,
    NoSuchEntity,
    OpenIdIdpCommunicationError,
)
from iamconsole.kernel.operation import Access, Implied, Rest, operation
from iamconsole.kernel.shapes import Arn, Tags
from iamconsole.storage import tags as tagging

MOST_THUMBPRINTS = 5
CLIENT_IDS = "ClientIdsPerOpenIdConnectProvider"


@operation(
    Access.WRITE,
    on=NEW_OIDC_PROVIDER,
    implies=(Implied("iam:TagOpenIDConnectProvider", NEW_OIDC_PROVIDER, when="tags"),),
    rest=Rest("POST", "/oidc-providers", status=201),
    errors=(InvalidInput, EntityAlreadyExists, LimitExceeded, ConcurrentModification, OpenIdIdpCommunicationError),
)
def create_open_id_connect_provider(
    call: Call,
    *,
    url: Url,
    client_id_list: ClientIds = [],  # noqa: B006
    thumbprint_list: Thumbprints = [],  # noqa: B006
    tags: Tags = [],  # noqa: B006
) -> CreateOpenIDConnectProviderResult:
    """Believe the tokens of an OpenID Connect provider that are meant for one of the client ids.

    Its keys are fetched over TLS when a token is verified; thumbprints are kept for clients that give them.
    """
    tenancy.lock(call.account_id)
    name = urls.checked(url)
    mine = OpenIDConnectProvider.objects.filter(account_id=call.account_id)
    if mine.filter(name=name).exists():
        raise EntityAlreadyExists(f"Provider with url {url} already exists.")
    call.quota("OpenIdConnectProvidersPerAccount").check(mine.count())
    client_ids = list(dict.fromkeys(client_id_list))
    call.quota(CLIENT_IDS).check(0, len(client_ids))
    provider = OpenIDConnectProvider(
        account_id=call.account_id,
        unique_id=federation_id(),
        url=url,
        name=name,
        client_ids=client_ids,
        thumbprints=_thumbprints(thumbprint_list),
        created=call.time,
        tags=tagging.merged(call, {}, tags, ignore_case=False),
    )
    provider.save(force_insert=True)
    call.emit(provider.arn_kind, provider.unique_id, "created")
    return CreateOpenIDConnectProviderResult(
        open_id_connect_provider_arn=provider.arn, tags=tagging.shown(provider.tags)
    )


@operation(Access.READ, on=OIDC_PROVIDER, rest=Rest("GET", "/oidc-provider"), errors=(InvalidInput, NoSuchEntity))
def get_open_id_connect_provider(call: Call, *, open_id_connect_provider_arn: Arn) -> GetOpenIDConnectProviderResult:
    """Show an OpenID Connect provider: URL, client ids, thumbprints and tags."""
    return providers.shown(providers.find(call.account_id, open_id_connect_provider_arn))


@operation(Access.LIST, on=OIDC_PROVIDERS, rest=Rest("GET", "/oidc-providers"))
def list_open_id_connect_providers(call: Call) -> ListOpenIDConnectProvidersResult:
    """List the account's OpenID Connect providers; there is never a second page."""
    rows = OpenIDConnectProvider.objects.filter(account_id=call.account_id).order_by("name")
    return ListOpenIDConnectProvidersResult(
        open_id_connect_provider_list=[OpenIDConnectProviderListEntry(arn=row.arn) for row in rows]
    )


@operation(
    Access.WRITE,
    on=OIDC_PROVIDER,
    rest=Rest("DELETE", "/oidc-provider", status=204),
    errors=(InvalidInput, NoSuchEntity),
)
def delete_open_id_connect_provider(call: Call, *, open_id_connect_provider_arn: Arn) -> None:
    """Stop believing a provider; roles that trust it can no longer be assumed through it.

    Deleting one that is not there is no fault, as with AWS.
    """
    provider = providers.seek(call.account_id, open_id_connect_provider_arn, lock=True)
    if provider:
        provider.delete()
        call.emit(provider.arn_kind, provider.unique_id, "deleted", revokes=True)


@operation(
    Access.WRITE,
    on=OIDC_PROVIDER,
    rest=Rest("POST", "/oidc-provider/client-ids", status=204),
    errors=(InvalidInput, NoSuchEntity, LimitExceeded, ConcurrentModification),
)
def add_client_id_to_open_id_connect_provider(
    call: Call, *, open_id_connect_provider_arn: Arn, client_id: ClientId
) -> None:
    """Also believe tokens that are meant for this client id (audience); one that is there already is no fault."""
    provider = providers.find(call.account_id, open_id_connect_provider_arn, lock=True)
    if client_id in provider.client_ids:
        return
    call.quota(CLIENT_IDS).check(len(provider.client_ids))
    provider.client_ids = [*provider.client_ids, client_id]
    provider.save(update_fields=["client_ids"])
    call.emit(provider.arn_kind, provider.unique_id, "updated")


@operation(
    Access.WRITE,
    on=OIDC_PROVIDER,
    rest=Rest("DELETE", "/oidc-provider/client-ids", status=204),
    errors=(InvalidInput, NoSuchEntity, ConcurrentModification),
)
def remove_client_id_from_open_id_connect_provider(
    call: Call, *, open_id_connect_provider_arn: Arn, client_id: ClientId
) -> None:
    """No longer believe tokens that are meant for this client id; one that is not there is no fault."""
    provider = providers.find(call.account_id, open_id_connect_provider_arn, lock=True)
    if client_id in provider.client_ids:
        provider.client_ids = [kept for kept in provider.client_ids if kept != client_id]
        provider.save(update_fields=["client_ids"])
        call.emit(provider.arn_kind, provider.unique_id, "updated", revokes=True)


@operation(
    Access.WRITE,
    on=OIDC_PROVIDER,
    rest=Rest("PUT", "/oidc-provider/thumbprints", status=204),
    errors=(InvalidInput, NoSuchEntity, ConcurrentModification),
)
def update_open_id_connect_provider_thumbprint(
    call: Call, *, open_id_connect_provider_arn: Arn, thumbprint_list: Thumbprints
) -> None:
    """Replace the thumbprints. They are kept and shown, but TLS certificates are verified by their authorities."""
    provider = providers.find(call.account_id, open_id_connect_provider_arn, lock=True)
    provider.thumbprints = _thumbprints(thumbprint_list)
    provider.save(update_fields=["thumbprints"])
    call.emit(provider.arn_kind, provider.unique_id, "updated")


def _thumbprints(given: list[str]) -> list[str]:
    if len(given) > MOST_THUMBPRINTS:
        raise InvalidInput(f"Thumbprint list must contain no more than {MOST_THUMBPRINTS} entries.")
    for each in given:
        if not all(letter in "0123456789abcdefABCDEF" for letter in each):
            raise InvalidInput(f"Thumbprint {each} is not valid: write the SHA-1 of a certificate in hex.")
    return given
