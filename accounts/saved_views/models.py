"""States of the console's lists that somebody gave a name."""

from __future__ import annotations

from django.db import models

from iamconsole.storage.named import name_key
from iamconsole.storage.tenant import TenantRow

OWN = "iamconsole"


class SavedView(TenantRow):
    """Search, filter, order and size of a list, as the query of its address.

    `owner` is the `aws:userid` of whoever saved it, whom no new user can be. A shared one is shown to the account.
    """

    id = models.CharField(max_length=32, primary_key=True)
    owner = models.CharField(max_length=128)
    list_name = models.CharField(max_length=64)
    name = models.CharField(max_length=64)
    name_key = models.CharField(max_length=64, editable=False)
    query = models.CharField(max_length=1024, blank=True)
    shared = models.BooleanField(default=False)
    created = models.DateTimeField()
    updated = models.DateTimeField()

    class Meta:
        app_label = "accounts"
        constraints = [
            models.UniqueConstraint(
                fields=["account", "owner", "list_name", "name_key"], name="saved_view_one_name_per_owner_and_list"
            )
        ]
        indexes = [models.Index(fields=["account", "list_name"], name="saved_view_by_list")]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: object, **kwargs: object) -> None:
        self.name_key = name_key(self.name)
        super().save(*args, **kwargs)  # type: ignore[arg-type]

    @property
    def arn(self) -> str:
        return arn(self.account_id, self.list_name, self.id)


class DefaultView(TenantRow):
    """The view that a list opens with, for one principal."""

    owner = models.CharField(max_length=128)
    list_name = models.CharField(max_length=64)
    view = models.ForeignKey(SavedView, on_delete=models.CASCADE, related_name="defaults")

    class Meta:
        app_label = "accounts"
        constraints = [
            models.UniqueConstraint(
                fields=["account", "owner", "list_name"], name="default_view_one_per_owner_and_list"
            )
        ]

    def __str__(self) -> str:
        return f"{self.list_name}: {self.view_id}"


def arn(account_id: str, list_name: str, view_id: str) -> str:
    """`arn:aws:iamconsole::123456789012:saved-view/users/sv-0123456789abcdef`."""
    return f"arn:aws:{OWN}::{account_id}:saved-view/{list_name}/{view_id}"
