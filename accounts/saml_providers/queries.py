"""Reading SAML providers."""

from __future__ import annotations

import re

from accounts.saml_providers import shapes
from accounts.saml_providers.models import SAMLPrivateKey, SAMLProvider
from iamconsole.kernel.errors import InvalidInput, NoSuchEntity
from iamconsole.storage import tags

ARN = re.compile(r"arn:aws:iam::(\d{12}):saml-provider/([\w.-]{1,128})", re.ASCII)


def owner_and_name(arn: str) -> tuple[str, str]:
    """`arn:aws:iam::123456789012:saml-provider/Name` → account and `Name`; InvalidInput for another form."""
    found = ARN.fullmatch(arn)
    if found is None:
        raise InvalidInput(f"ARN {arn} is not valid: write arn:aws:iam::account:saml-provider/name.")
    return found[1], found[2]


def seek(account_id: str, arn: str, *, lock: bool = False) -> SAMLProvider | None:
    """The account's provider of that exact ARN, or None; those of other accounts are none."""
    owner, name = owner_and_name(arn)
    if owner != account_id:
        return None
    rows = SAMLProvider.objects.filter(account_id=account_id, name=name)
    found: SAMLProvider | None = (rows.select_for_update() if lock else rows).first()
    return found


def of_unique_id(unique_id: str) -> SAMLProvider | None:
    """The provider of this unique id, of whichever account."""
    everywhere = SAMLProvider.objects.across_accounts("a provider's own sign-in address names it by unique id alone")
    found: SAMLProvider | None = everywhere.filter(unique_id=unique_id).first()
    return found


def find(account_id: str, arn: str, *, lock: bool = False) -> SAMLProvider:
    """The same, or NoSuchEntity."""
    found = seek(account_id, arn, lock=lock)
    if found is None:
        raise NoSuchEntity(SAMLProvider.missing_text.format(name=arn))
    return found


def private_keys(provider: SAMLProvider) -> list[SAMLPrivateKey]:
    """The provider's private keys, the newest first."""
    return list(SAMLPrivateKey.objects.filter(provider=provider).order_by("-created", "id"))


def shown(provider: SAMLProvider) -> shapes.GetSAMLProviderResult:
    keys = [shapes.SAMLPrivateKey(key_id=key.pk, timestamp=key.created) for key in private_keys(provider)]
    return shapes.GetSAMLProviderResult(
        saml_provider_uuid=provider.unique_id,
        saml_metadata_document=provider.metadata,
        create_date=provider.created,
        valid_until=provider.valid_until,
        tags=tags.shown(provider.tags),
        assertion_encryption_mode=provider.encryption_mode or None,
        private_key_list=keys or None,
    )


def listed(provider: SAMLProvider) -> shapes.SAMLProviderListEntry:
    return shapes.SAMLProviderListEntry(
        arn=provider.arn, valid_until=provider.valid_until, create_date=provider.created
    )
