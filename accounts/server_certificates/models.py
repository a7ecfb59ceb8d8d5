"""Server certificates."""

from __future__ import annotations

from django.db import models

from iamconsole.storage.named import NamedRow, TaggedRow, one_name_per_account


class ServerCertificate(NamedRow, TaggedRow):
    """A TLS certificate with its chain; its private key is sealed under the master key, bound to account and id."""

    body = models.TextField()
    chain = models.TextField(blank=True)
    sealed_private_key = models.TextField()
    expires = models.DateTimeField()

    arn_kind = "server-certificate"
    missing_text = "The Server Certificate with name {name} cannot be found."
    taken_text = "The Server Certificate with name {name} already exists."

    class Meta:
        app_label = "accounts"
        constraints = [one_name_per_account("server_certificate")]
