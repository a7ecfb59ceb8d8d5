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


class OpenIDConnectSignIn(TenantRow):
    """How people sign in to the console through a provider, and as which role; a public client has no secret.

    The secret is sealed under the master key and bound to its provider.
    """

    provider = models.OneToOneField(OpenIDConnectProvider, on_delete=models.CASCADE, related_name="sign_in")
    client_id = models.CharField(max_length=255)
    sealed_secret = models.TextField(blank=True)
    role_arn = models.CharField(max_length=2048)
    scopes = models.CharField(max_length=255, default="openid")
    label = models.CharField(max_length=64)
    enabled = models.BooleanField(default=False)

    class Meta:
        app_label = "accounts"

    def __str__(self) -> str:
        return self.label


def arn(account_id: str, name: str) -> str:
    """`arn:aws:iam::123456789012:oidc-provider/idp.example.com/path`."""
    return f"arn:aws:iam::{account_id}:{OpenIDConnectProvider.arn_kind}/{name}"
