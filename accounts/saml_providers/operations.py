"""What can be done with SAML providers."""

from __future__ import annotations

from accounts.federation.identifiers import federation_id
from accounts.saml_providers import metadata, private_keys
from accounts.saml_providers import queries as providers
from accounts.saml_providers.models import SAMLPrivateKey, SAMLProvider
from accounts.saml_providers.resources import NEW_SAML_PROVIDER, SAML_PROVIDER, SAML_PROVIDERS
from accounts.saml_providers.shapes import (
    CreateSAMLProviderResult,
    EncryptionMode,
    GetSAMLProviderResult,
    ListSAMLProvidersResult,
    MetadataDocument,
    PrivateKey,
    PrivateKeyId,
    ProviderName,
    UpdateSAMLProviderResult,
)
from accounts.tenancy import queries as tenancy
from iamconsole.kernel.call import Call
from iamconsole.kernel.errors import (
    ConcurrentModification,
    EntityAlreadyExists,
    InvalidInput,
    LimitExceeded,
    NoSuchEntity,
)
from iamconsole.kernel.operation import Access, Implied, Rest, operation
from iamconsole.kernel.shapes import Arn, Tags
from iamconsole.storage import tags as tagging


@operation(
    Access.WRITE,
    on=NEW_SAML_PROVIDER,
    implies=(Implied("iam:TagSAMLProvider", NEW_SAML_PROVIDER, when="tags"),),
    rest=Rest("POST", "/saml-providers", status=201),
    errors=(InvalidInput, EntityAlreadyExists, LimitExceeded, ConcurrentModification),
)
def create_saml_provider(
    call: Call,
    *,
    saml_metadata_document: MetadataDocument,
    name: ProviderName,
    tags: Tags = [],  # noqa: B006
    assertion_encryption_mode: EncryptionMode | None = None,
    add_private_key: PrivateKey | None = None,
) -> CreateSAMLProviderResult:
    """Believe the assertions of a SAML 2.0 identity provider that its metadata document describes."""
    tenancy.lock(call.account_id)
    described = metadata.read(saml_metadata_document)
    SAMLProvider.refuse_taken(call.account_id, name)
    present = SAMLProvider.objects.filter(account_id=call.account_id).count()
    call.quota("SAMLProvidersPerAccount").check(present)
    provider = SAMLProvider(
        account_id=call.account_id,
        unique_id=federation_id(),
        name=name,
        created=call.time,
        metadata=saml_metadata_document,
        valid_until=described.valid_until,
        encryption_mode=assertion_encryption_mode or "",
        tags=tagging.merged(call, {}, tags, ignore_case=False),
    )
    provider.save(force_insert=True)
    if add_private_key:
        private_keys.add(call, provider, add_private_key)
    _demand_key(provider)
    call.emit(provider.arn_kind, provider.unique_id, "created")
    return CreateSAMLProviderResult(saml_provider_arn=provider.arn, tags=tagging.shown(provider.tags))


@operation(
    Access.READ,
    on=SAML_PROVIDER,
    rest=Rest("GET", "/saml-providers/{saml_provider_arn}"),
    errors=(NoSuchEntity, InvalidInput),
)
def get_saml_provider(call: Call, *, saml_provider_arn: Arn) -> GetSAMLProviderResult:
    """Show a SAML provider: its metadata document, and the ids of its private keys."""
    return providers.shown(providers.find(call.account_id, saml_provider_arn))


@operation(Access.LIST, on=SAML_PROVIDERS, rest=Rest("GET", "/saml-providers"))
def list_saml_providers(call: Call) -> ListSAMLProvidersResult:
    """List the account's SAML providers; there is never a second page."""
    rows = SAMLProvider.objects.filter(account_id=call.account_id).defer("metadata").order_by("name_key")
    return ListSAMLProvidersResult(saml_provider_list=[providers.listed(row) for row in rows])


@operation(
    Access.WRITE,
    on=SAML_PROVIDER,
    rest=Rest("PATCH", "/saml-providers/{saml_provider_arn}"),
    errors=(NoSuchEntity, InvalidInput, LimitExceeded, ConcurrentModification),
)
def update_saml_provider(
    call: Call,
    *,
    saml_metadata_document: MetadataDocument | None = None,
    saml_provider_arn: Arn,
    assertion_encryption_mode: EncryptionMode | None = None,
    add_private_key: PrivateKey | None = None,
    remove_private_key: PrivateKeyId | None = None,
) -> UpdateSAMLProviderResult:
    """Replace a SAML provider's metadata, or change how its assertions are encrypted.

    To rotate a private key, add the new one, have the identity provider use it, then remove the old one.
    """
    if add_private_key and remove_private_key:
        raise InvalidInput("Add a private key in one request and remove the other in a later one.")
    provider = providers.find(call.account_id, saml_provider_arn, lock=True)
    if saml_metadata_document is not None:
        provider.valid_until = metadata.read(saml_metadata_document).valid_until
        provider.metadata = saml_metadata_document
    provider.encryption_mode = assertion_encryption_mode or provider.encryption_mode
    provider.save(update_fields=["metadata", "valid_until", "encryption_mode"])
    if add_private_key:
        private_keys.add(call, provider, add_private_key)
    if remove_private_key:
        _remove(provider, remove_private_key)
    _demand_key(provider)
    call.emit(provider.arn_kind, provider.unique_id, "updated", revokes=True)
    return UpdateSAMLProviderResult(saml_provider_arn=provider.arn)


@operation(
    Access.WRITE,
    on=SAML_PROVIDER,
    rest=Rest("DELETE", "/saml-providers/{saml_provider_arn}", status=204),
    errors=(InvalidInput, LimitExceeded, NoSuchEntity),
)
def delete_saml_provider(call: Call, *, saml_provider_arn: Arn) -> None:
    """Stop believing a SAML provider; roles that trust it can no longer be assumed through it."""
    provider = providers.find(call.account_id, saml_provider_arn, lock=True)
    provider.delete()
    call.emit(provider.arn_kind, provider.unique_id, "deleted", revokes=True)


def _remove(provider: SAMLProvider, key_id: str) -> None:
    if not SAMLPrivateKey.objects.filter(provider=provider, pk=key_id).delete()[0]:
        raise NoSuchEntity(f"The private key {key_id} cannot be found.")


def _demand_key(provider: SAMLProvider) -> None:
    if provider.encryption_mode == "Required" and not SAMLPrivateKey.objects.filter(provider=provider).exists():
        raise InvalidInput("AssertionEncryptionMode Required needs a private key: give AddPrivateKey.")
