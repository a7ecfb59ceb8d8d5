"""Texts of managed policies that are still being written."""

from __future__ import annotations

from django.db import models

from iamconsole.storage.tenant import TenantRow
from policies.documents.models import ManagedPolicy


class PolicyDraft(TenantRow):
    """What one caller wrote and did not publish yet; `owner` is his `aws:userid`, whom no new user can be.

    `based_on` is the number of the version that was the default when he began.
    """

    policy = models.ForeignKey(ManagedPolicy, on_delete=models.CASCADE, related_name="drafts")
    owner = models.CharField(max_length=128)
    document = models.TextField(blank=True)
    based_on = models.PositiveIntegerField()
    updated = models.DateTimeField()

    class Meta:
        app_label = "policies"
        constraints = [models.UniqueConstraint(fields=["policy", "owner"], name="draft_once_per_owner")]

    def __str__(self) -> str:
        return f"draft of {self.policy_id}"
