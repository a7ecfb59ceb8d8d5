"""Managed policies attached to users, groups and roles."""

from __future__ import annotations

from django.db import models

from iamconsole.storage.owned import OwnedRow, exactly_one_owner, once_per_owner


class Attachment(OwnedRow):
    """A managed policy that grants its permissions to one user, group or role."""

    policy = models.ForeignKey("policies.ManagedPolicy", on_delete=models.PROTECT, related_name="attachments")
    created = models.DateTimeField()

    class Meta:
        app_label = "accounts"
        constraints = [exactly_one_owner("attachment"), *once_per_owner("attachment", "policy")]

    def __str__(self) -> str:
        return f"policy {self.policy_id}"
