"""Instance profiles: how a host is given a role."""

from __future__ import annotations

from django.db import models

from iamconsole.storage.named import NamedRow, TaggedRow, one_name_per_account


class InstanceProfile(NamedRow, TaggedRow):
    """A container for one role."""

    role = models.ForeignKey(
        "accounts.Role", null=True, blank=True, on_delete=models.PROTECT, related_name="instance_profiles"
    )

    arn_kind = "instance-profile"
    missing_text = "Instance Profile {name} cannot be found."
    taken_text = "Instance Profile {name} already exists."

    class Meta:
        app_label = "accounts"
        constraints = [one_name_per_account("instance_profile")]
