"""User groups and who is in them."""

from __future__ import annotations

from django.db import models

from iamconsole.storage.named import NamedRow, one_name_per_account
from iamconsole.storage.tenant import TenantRow


class Group(NamedRow):
    """A collection of users that policies attach to; never a principal itself."""

    arn_kind = "group"
    missing_text = "The group with name {name} cannot be found."
    taken_text = "Group with name {name} already exists."

    class Meta:
        app_label = "accounts"
        constraints = [one_name_per_account("group")]


class Membership(TenantRow):
    """A user in a group."""

    user = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="memberships")
    group = models.ForeignKey(Group, on_delete=models.PROTECT, related_name="memberships")
    created = models.DateTimeField()

    class Meta:
        app_label = "accounts"
        constraints = [models.UniqueConstraint(fields=["user", "group"], name="member_once")]

    def __str__(self) -> str:
        return f"{self.user_id} in {self.group_id}"
