"""Roles."""

from __future__ import annotations

from django.db import models

from iamconsole.storage.named import NamedRow, TaggedRow, one_name_per_account

SERVICE_ROLE_PATH = "/aws-service-role/"
"""Roles under this path belong to a service, which alone may change them."""


class Role(NamedRow, TaggedRow):
    """An identity that others take on for a while, by the leave of its trust policy.

    `trust_bindings` maps each user or role ARN that the trust policy names to the unique id it had when the policy was
    saved: whoever is re-created under the name inherits nothing.
    """

    trust_policy = models.TextField()
    trust_bindings = models.JSONField(default=dict, blank=True)
    description = models.CharField(max_length=1000, blank=True)
    max_session_duration = models.PositiveIntegerField(default=3600)
    boundary = models.ForeignKey(
        "policies.ManagedPolicy", null=True, blank=True, on_delete=models.PROTECT, related_name="bounded_roles"
    )
    last_used = models.DateTimeField(null=True, blank=True)
    last_used_region = models.CharField(max_length=64, blank=True)

    arn_kind = "role"
    missing_text = "The role with name {name} cannot be found."
    taken_text = "Role with name {name} already exists."

    class Meta:
        app_label = "accounts"
        constraints = [one_name_per_account("role")]

    @property
    def is_service_linked(self) -> bool:
        """Whether a service owns it."""
        return self.path.startswith(SERVICE_ROLE_PATH)
