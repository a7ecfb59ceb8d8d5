"""The change log: what changed, in the order of commits, without gaps."""

from __future__ import annotations

from django.db import models


class LogHead(models.Model):
    """The counter of one log shard; its row is locked last in a transaction, so numbers follow the order of commits.

    A plain sequence would lose changes to readers: commits overtake each other (docs/adr/0003).
    """

    shard = models.PositiveSmallIntegerField(primary_key=True)
    position = models.PositiveBigIntegerField(default=0)

    def __str__(self) -> str:
        return f"shard {self.shard} at {self.position}"


class ChangeEntry(models.Model):
    """One change: ids, never secrets."""

    shard = models.PositiveSmallIntegerField()
    position = models.PositiveBigIntegerField()
    account_id = models.CharField(max_length=12)
    entity = models.CharField(max_length=32)
    entity_id = models.CharField(max_length=2048)
    verb = models.CharField(max_length=32)
    revokes = models.BooleanField(default=False)
    request_id = models.CharField(max_length=64)
    time = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["shard", "position"], name="change_place_once")]

    def __str__(self) -> str:
        return f"{self.shard}/{self.position} {self.entity} {self.verb}"
