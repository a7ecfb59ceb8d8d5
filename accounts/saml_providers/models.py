"""SAML providers, the keys that open what they encrypt, and the assertions that were used."""

from __future__ import annotations

from django.db import models

from iamconsole.storage.named import NamedRow, TaggedRow, one_name_per_account
from iamconsole.storage.tenant import TenantRow


class SAMLProvider(NamedRow, TaggedRow):
    """Whose assertions an account believes: the metadata document, byte for byte, and until when it says it holds."""

    metadata = models.TextField()
    valid_until = models.DateTimeField(null=True, blank=True)
    encryption_mode = models.CharField(max_length=8, blank=True)

    arn_kind = "saml-provider"
    missing_text = "Manifest not found for arn {name}"
    taken_text = "SAMLProvider with name {name} already exists."

    class Meta:
        app_label = "accounts"
        constraints = [one_name_per_account("saml_provider")]

    @property
    def arn(self) -> str:
        return arn(self.account_id, self.name)


class SAMLPrivateKey(TenantRow):
    """A private key for encrypted assertions, sealed under the master key and bound to this provider and key id."""

    id = models.CharField(primary_key=True, max_length=64)
    provider = models.ForeignKey(SAMLProvider, on_delete=models.CASCADE, related_name="private_keys")
    sealed_key = models.TextField()
    created = models.DateTimeField()

    class Meta:
        app_label = "accounts"

    def __str__(self) -> str:
        return self.id


class SpentAssertion(TenantRow):
    """An assertion that bought a session: kept until it expires, so that it buys one only.

    `digest` is the SHA-256 of issuer and assertion id, which may be of any length.
    """

    digest = models.CharField(max_length=64)
    expires = models.DateTimeField(db_index=True)

    class Meta:
        app_label = "accounts"
        constraints = [models.UniqueConstraint(fields=["account", "digest"], name="saml_assertion_used_once")]

    def __str__(self) -> str:
        return self.digest


def arn(account_id: str, name: str) -> str:
    """`arn:aws:iam::123456789012:saml-provider/Name`."""
    return f"arn:aws:iam::{account_id}:{SAMLProvider.arn_kind}/{name}"
