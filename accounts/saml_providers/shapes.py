"""SAML providers as AWS shows them."""

from __future__ import annotations

from typing import Annotated

from iamconsole.kernel.shapes import LATIN, Arn, Items, OneOf, Sensitive, Shape, Tag, Text, Timestamp

MetadataDocument = Annotated[str, Text(1000, 10_000_000)]
ProviderName = Annotated[str, Text(1, 128, r"[\w._-]+")]
EncryptionMode = Annotated[str, OneOf(("Required", "Allowed"))]
PrivateKey = Annotated[str, Text(1, 16384, LATIN), Sensitive]
PrivateKeyId = Annotated[str, Text(22, 64, r"[A-Z0-9]+")]


class CreateSAMLProviderResult(Shape):
    saml_provider_arn: Arn
    tags: list[Tag] | None = None


class UpdateSAMLProviderResult(Shape):
    saml_provider_arn: Arn


class SAMLPrivateKey(Shape):
    """A private key by its id; the key itself is never shown."""

    key_id: PrivateKeyId
    timestamp: Timestamp


class GetSAMLProviderResult(Shape):
    saml_provider_uuid: PrivateKeyId
    saml_metadata_document: str
    create_date: Timestamp
    valid_until: Timestamp | None = None
    tags: list[Tag] | None = None
    assertion_encryption_mode: EncryptionMode | None = None
    private_key_list: Annotated[list[SAMLPrivateKey], Items(None, 2)] | None = None


class SAMLProviderListEntry(Shape):
    arn: Arn
    valid_until: Timestamp | None = None
    create_date: Timestamp


class ListSAMLProvidersResult(Shape):
    saml_provider_list: list[SAMLProviderListEntry]
