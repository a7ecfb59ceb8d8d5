"""Deletions of service-linked roles."""

from __future__ import annotations

from django.db import models

from iamconsole.storage.tenant import TenantRow


class RoleDeletion(TenantRow):
    """A deletion task: what GetServiceLinkedRoleDeletionStatus is asked about."""

    id = models.CharField(primary_key=True, max_length=255)
    role_arn = models.CharField(max_length=2048)
    created = models.DateTimeField()

    class Meta:
        app_label = "accounts"

    def __str__(self) -> str:
        return self.id
