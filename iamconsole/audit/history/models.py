"""What was decided, how often, and what of it is not known."""

from __future__ import annotations

from django.db import models

from iamconsole.storage.tenant import TenantManager


class AccessHistory(models.Model):
    """Decisions of one hour that are alike: who asked for what, in which circumstances, what was said and why.

    `account_id` is the principal's. `principal_id` is the unique id of a user or, for its sessions, of a role, empty
    for a principal that does not exist. `statements` and `context` are canonical JSON; `policies` is the digest of an
    `AskedPolicies`; `position` is where the change log had come to when this was written first. `digest` tells rows
    apart. `detail` says what was left out for want of room.
    """

    account_id = models.CharField(max_length=12)
    digest = models.CharField(max_length=32)
    principal = models.CharField(max_length=2048)
    principal_id = models.CharField(max_length=128, blank=True)
    action = models.CharField(max_length=256)
    resource = models.CharField(max_length=2048, blank=True)
    resource_account_id = models.CharField(max_length=12)
    verdict = models.CharField(max_length=16)
    detail = models.CharField(max_length=16)
    door = models.CharField(max_length=16)
    statements = models.TextField()
    policies = models.CharField(max_length=32, blank=True)
    position = models.PositiveBigIntegerField()
    context = models.TextField()
    times = models.PositiveBigIntegerField()
    first_time = models.DateTimeField()
    last_time = models.DateTimeField()

    objects = TenantManager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account_id", "digest"], name="history_once")]
        indexes = [
            models.Index(fields=["account_id", "-first_time", "-id"], name="history_by_account"),
            models.Index(fields=["account_id", "principal_id", "-first_time", "-id"], name="history_by_principal"),
            models.Index(fields=["first_time"], name="history_by_time"),
        ]

    def __str__(self) -> str:
        return f"{self.principal} {self.action} {self.verdict} x{self.times}"


class AskedPolicies(models.Model):
    """The policies that a decision was made from: kind, name, version and digest of each, as canonical JSON."""

    account_id = models.CharField(max_length=12)
    digest = models.CharField(max_length=32)
    body = models.TextField()
    needed = models.DateTimeField()

    objects = TenantManager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account_id", "digest"], name="asked_once")]
        indexes = [models.Index(fields=["needed"], name="asked_by_need")]

    def __str__(self) -> str:
        return f"{self.account_id} {self.digest[:12]}"


class LastAccess(models.Model):
    """When a principal last asked for an action, and when and on what it was last allowed; outlives the history.

    The unique constraint serves all actions of a principal, the index all principals of a service or action.
    """

    account_id = models.CharField(max_length=12)
    principal_id = models.CharField(max_length=128)
    service = models.CharField(max_length=128)
    action = models.CharField(max_length=256)
    principal = models.CharField(max_length=2048)
    attempted = models.DateTimeField()
    allowed = models.DateTimeField(null=True, blank=True)
    region = models.CharField(max_length=64, blank=True)
    resource = models.CharField(max_length=2048, blank=True)

    objects = TenantManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account_id", "principal_id", "service", "action"], name="last_access_once")
        ]
        indexes = [
            models.Index(fields=["account_id", "service", "action", "principal_id"], name="last_access_by_service"),
            models.Index(fields=["attempted"], name="last_access_by_time"),
        ]

    def __str__(self) -> str:
        return f"{self.principal} {self.action}"


class HistoryLoss(models.Model):
    """How much of an hour is not on record: decisions dropped, rows displaced, denials without an explanation."""

    account_id = models.CharField(max_length=12)
    hour = models.DateTimeField()
    what = models.CharField(max_length=16)
    times = models.PositiveBigIntegerField()

    objects = TenantManager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account_id", "hour", "what"], name="loss_once")]
        indexes = [models.Index(fields=["hour"], name="loss_by_hour")]

    def __str__(self) -> str:
        return f"{self.account_id} {self.what} x{self.times}"
