"""Access keys of registered services."""

from __future__ import annotations

from django.db import models

from accounts.access_keys.models import KeyPair


class ServiceAccessKey(KeyPair):
    """A key pair of a service."""

    service = models.ForeignKey("policies.RegisteredService", on_delete=models.PROTECT, related_name="access_keys")

    class Meta:
        app_label = "accounts"
        constraints = [models.UniqueConstraint(fields=["service", "slot"], name="service_access_key_slot")]
