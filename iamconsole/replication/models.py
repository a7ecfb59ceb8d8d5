"""The change log: what changed, in the order of commits, without gaps."""

from __future__ import annotations

from django.db import models


class LogHead(models.Model):
    """The counter of one log shard; its row is locked last in a transaction, so numbers follow the order of commits.

    A plain sequence would lose changes to readers: commits overtake each other (docs/adr/0003).
    """

    shard = models.PositiveSmallIntegerField(primary_key=True)
    position = models.PositiveBigIntegerField(default=0)
    swept = models.PositiveBigIntegerField(default=0, db_default=0)
    """Up to here tombstones may be gone: a region that is not past it cannot catch up and begins anew."""

    def __str__(self) -> str:
        return f"shard {self.shard} at {self.position}"


class LogEpoch(models.Model):
    """Which history the log tells, in its one row; none means the first. A restore from a backup begins another."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    number = models.PositiveBigIntegerField()

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="one_log_epoch")]

    def __str__(self) -> str:
        return f"epoch {self.number}"


class PresentRows(models.Manager):
    """Rows of things that exist: whoever decides must not come upon a tombstone."""

    def get_queryset(self) -> models.QuerySet:
        return super().get_queryset().filter(body__isnull=False)


class ProjectedRow(models.Model):
    """What a region holds of one thing: ids and references, so that a change of a group touches its own row alone.

    `kind` and `id` name it (`user` AIDA…, `group`, `role`, `policy`, `key`); `arn` finds it; `body` is what decisions
    and signature checks need. The home region's rows are here; other regions hold the same in a store of their own.
    `position` is that of the change that wrote the row last; what was deleted leaves a row without a body (a
    tombstone), so that "everything after a position" tells of deletions too.
    """

    kind = models.CharField(max_length=32)
    id = models.CharField(max_length=2048)
    account_id = models.CharField(max_length=12)
    arn = models.CharField(max_length=2048, blank=True)
    body = models.JSONField(null=True)
    shard = models.PositiveSmallIntegerField(default=0, db_default=0)
    position = models.PositiveBigIntegerField(default=0, db_default=0)
    row = models.BigAutoField(primary_key=True)

    objects = PresentRows()
    versions = models.Manager()  # noqa: DJ012  (it is no field)
    """The same with tombstones: for those who hand rows on."""

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "id"], name="projected_once")]
        indexes = [
            models.Index(fields=["arn"], name="projected_by_arn"),
            models.Index(fields=["shard", "position"], name="projected_by_position"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.id}"


class ProjectedDocument(models.Model):
    """A policy document by the SHA-256 of its text: kept once, however many hold it."""

    digest = models.CharField(primary_key=True, max_length=64)
    text = models.TextField()

    def __str__(self) -> str:
        return self.digest


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
