"""Rows that belong to exactly one user, group or role."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from iamconsole.storage.tenant import TenantRow

OWNERS = ("user", "group", "role")


class OwnedRow(TenantRow):
    """A row of exactly one user, group or role: three nullable keys and a constraint instead of three tables."""

    user = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="%(class)s_set")
    group = models.ForeignKey("accounts.Group", null=True, on_delete=models.PROTECT, related_name="%(class)s_set")
    role = models.ForeignKey("accounts.Role", null=True, on_delete=models.PROTECT, related_name="%(class)s_set")

    class Meta:
        abstract = True


def exactly_one_owner(label: str) -> models.CheckConstraint:
    """Exactly one of the three keys is set."""
    one = Q()
    for owner in OWNERS:
        one |= Q(**{f"{name}__isnull": name != owner for name in OWNERS})
    return models.CheckConstraint(condition=one, name=f"{label}_exactly_one_owner")


def once_per_owner(label: str, field: str) -> list[models.UniqueConstraint]:
    return [
        models.UniqueConstraint(
            fields=[owner, field], condition=Q(**{f"{owner}__isnull": False}), name=f"{label}_once_per_{owner}"
        )
        for owner in OWNERS
    ]
