"""Policies that live and die with one user, group or role."""

from __future__ import annotations

from django.db import models

from iamconsole.storage.owned import OwnedRow, exactly_one_owner, once_per_owner


class InlinePolicy(OwnedRow):
    """A named document of one user, group or role; its text is kept byte for byte."""

    name = models.CharField(max_length=128)
    document = models.TextField()
    updated = models.DateTimeField()

    class Meta:
        app_label = "accounts"
        constraints = [exactly_one_owner("inline_policy"), *once_per_owner("inline_policy", "name")]

    def __str__(self) -> str:
        return self.name
