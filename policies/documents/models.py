"""Managed policies and their versions."""

from __future__ import annotations

from django.db import models

from iamconsole.storage.named import NamedRow, TaggedRow, one_name_per_account
from iamconsole.storage.tenant import TenantRow


class ManagedPolicy(NamedRow, TaggedRow):
    """A policy with versions of its own that attaches to many; account `aws` owns the built-in ones."""

    description = models.CharField(max_length=1000, blank=True)
    default_version = models.PositiveIntegerField(default=1)
    last_version = models.PositiveIntegerField(default=1)
    updated = models.DateTimeField()

    arn_kind = "policy"
    missing_text = "Policy {name} was not found."
    taken_text = "A policy called {name} already exists. Duplicate names are not allowed."

    class Meta:
        app_label = "policies"
        constraints = [one_name_per_account("managed_policy")]


class PolicyVersion(TenantRow):
    """One text of a managed policy, kept byte for byte; numbers are never reused."""

    policy = models.ForeignKey(ManagedPolicy, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    document = models.TextField()
    created = models.DateTimeField()

    class Meta:
        app_label = "policies"
        constraints = [models.UniqueConstraint(fields=["policy", "number"], name="version_number_once")]

    def __str__(self) -> str:
        return f"v{self.number}"
