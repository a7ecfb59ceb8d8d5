"""What the database knows of the master keys, none of which is in it."""

from __future__ import annotations

from django.db import models


class MasterKey(models.Model):
    """That a master key seals something here, by a value that tells keys apart and betrays none.

    `replaced`: since when another is the current one. `retired`: since when nothing needs it any more.
    """

    id = models.CharField(primary_key=True, max_length=32)
    check_value = models.CharField(max_length=32)
    replaced = models.DateTimeField(null=True, blank=True)
    retired = models.DateTimeField(null=True, blank=True)

    class Meta:
        app_label = "accounts"

    def __str__(self) -> str:
        return self.id


class InheritedKey(models.Model):
    """What was derived from an older master key and is still wanted, sealed under the current one."""

    master_key_id = models.CharField(max_length=32)
    purpose = models.CharField(max_length=64)
    sealed_key = models.TextField()

    class Meta:
        app_label = "accounts"
        constraints = [models.UniqueConstraint(fields=["master_key_id", "purpose"], name="inherited_key_once")]

    def __str__(self) -> str:
        return f"{self.purpose} of {self.master_key_id}"
