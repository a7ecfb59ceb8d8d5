"""The account as an OpenID Connect issuer."""

from __future__ import annotations

from django.db import models

from iamconsole.storage.tenant import TenantRow


class OutboundIssuer(TenantRow):
    """That an account issues tokens, under a URL that names it by a random id and never changes.

    Switched off it issues nothing, but its keys stay published: tokens that are out go on until they expire.
    """

    id = models.CharField(primary_key=True, max_length=36)
    enabled = models.BooleanField(default=True)
    created = models.DateTimeField()

    class Meta:
        app_label = "accounts"
        constraints = [models.UniqueConstraint(fields=["account"], name="one_outbound_issuer_per_account")]

    def __str__(self) -> str:
        return self.id


class IssuerKey(TenantRow):
    """A signing key: published from `created`, signing from `signs_from` until the next one does.

    The private key is sealed under the master key, bound to this account and key id.
    """

    id = models.CharField(primary_key=True, max_length=64)
    issuer = models.ForeignKey(OutboundIssuer, on_delete=models.CASCADE, related_name="keys")
    algorithm = models.CharField(max_length=5)
    public_jwk = models.JSONField()
    sealed_key = models.TextField()
    created = models.DateTimeField()
    signs_from = models.DateTimeField()

    class Meta:
        app_label = "accounts"

    def __str__(self) -> str:
        return self.id
