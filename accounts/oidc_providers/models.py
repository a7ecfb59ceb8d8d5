"""OpenID Connect providers."""

from __future__ import annotations

from django.db import models

from iamconsole.storage.named import TaggedRow
from iamconsole.storage.tenant import TenantRow


class OpenIDConnectProvider(TenantRow, TaggedRow):
    """Whose tokens an account believes.

    `url` is the issuer as its tokens spell it; `name` is the URL without its scheme: the end of the ARN and the prefix
    of the condition keys. `allowed_networks` are the private networks (CIDR) its documents may be fetched from, and
    `ca_certificate` (PEM) whom its TLS certificate may be from, where that is no public authority.
    """

    unique_id = models.CharField(max_length=32, unique=True)
    url = models.CharField(max_length=255)
    name = models.CharField(max_length=255)
    client_ids = models.JSONField(default=list, blank=True)
    thumbprints = models.JSONField(default=list, blank=True)
    allowed_networks = models.JSONField(default=list, blank=True)
    ca_certificate = models.TextField(blank=True)
    created = models.DateTimeField()

    arn_kind = "oidc-provider"

    class Meta:
        app_label = "accounts"
        constraints = [models.UniqueConstraint(fields=["account", "name"], name="oidc_provider_one_name_per_account")]

    def __str__(self) -> str:
        return self.name

    @property
    def arn(self) -> str:
        return arn(self.account_id, self.name)


def arn(account_id: str, name: str) -> str:
    """`arn:aws:iam::123456789012:oidc-provider/idp.example.com/path`."""
    return f"arn:aws:iam::{account_id}:{OpenIDConnectProvider.arn_kind}/{name}"
