"""Policies that are attached to resources."""

from __future__ import annotations

from django.db import models

from iamconsole.storage.tenant import TenantRow


class ResourcePolicy(TenantRow):
    """The policy of one resource of the account, kept byte for byte.

    `bindings` maps each user or role ARN that it names as a principal to the unique id it had when the policy was
    saved. `service` is the registered service of that prefix; None where the service is built in.
    """

    arn = models.CharField(max_length=2000)
    service_prefix = models.CharField(max_length=64)
    document = models.TextField()
    bindings = models.JSONField(default=dict, blank=True)
    service = models.ForeignKey(
        "policies.RegisteredService", null=True, blank=True, on_delete=models.PROTECT, related_name="resource_policies"
    )
    created = models.DateTimeField()
    updated = models.DateTimeField()

    class Meta:
        app_label = "accounts"
        constraints = [models.UniqueConstraint(fields=["account", "arn"], name="resource_policy_one_per_resource")]

    def __str__(self) -> str:
        return self.arn
