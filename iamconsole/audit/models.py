"""The trail: append-only, hash-chained per account, kept in signed segments."""

from __future__ import annotations

from django.db import models

from iamconsole.audit.columns import Head
from iamconsole.audit.history.models import AccessHistory, AskedPolicies, HistoryLoss, LastAccess
from iamconsole.storage.tenant import TenantManager

__all__ = [
    "AccessHistory",
    "AskedPolicies",
    "AuditChain",
    "AuditEvent",
    "AuditName",
    "AuditSegment",
    "AuditVerificationJob",
    "AuthorizationRecord",
    "CapturedPolicy",
    "DenialTally",
    "DroppableSegment",
    "HistoryLoss",
    "LastAccess",
]


class AuditEvent(models.Model):
    """One record; `digest` covers `previous`, the place in the chain and every byte of `body`.

    Database triggers refuse UPDATE and DELETE (`audit.guard`). The columns beside `body` repeat what look-ups need.
    """

    account_id = models.CharField(max_length=12)
    sequence = models.PositiveBigIntegerField()
    time = models.DateTimeField()
    event_id = models.UUIDField(unique=True)
    name = models.CharField(max_length=128)
    principal = models.CharField(max_length=2048)
    access_key_id = models.CharField(max_length=128, blank=True)
    source_ip = models.CharField(max_length=64, blank=True)
    error_code = models.CharField(max_length=128, blank=True)
    resource = models.CharField(max_length=2048, blank=True)
    body = models.TextField()
    previous = models.CharField(max_length=64)
    digest = models.CharField(max_length=64)

    objects = TenantManager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account_id", "sequence"], name="audit_place_once")]
        indexes = [
            models.Index(fields=["account_id", "-time", "-sequence"], name="audit_by_time"),
            models.Index(fields=["account_id", "name", "-time", "-sequence"], name="audit_by_name"),
            models.Index(fields=["account_id", "principal", "-time", "-sequence"], name="audit_by_principal"),
            models.Index(fields=["account_id", "access_key_id", "-time", "-sequence"], name="audit_by_key"),
            models.Index(fields=["account_id", "source_ip", "-time", "-sequence"], name="audit_by_address"),
            models.Index(
                "account_id",
                Head("resource"),
                models.F("time").desc(),
                models.F("sequence").desc(),
                name="audit_by_resource",
            ),
            models.Index(
                fields=["account_id", "error_code", "-time", "-sequence"],
                condition=~models.Q(error_code=""),
                name="audit_by_error",
            ),
            models.Index(
                fields=["account_id", "-time", "-sequence"], condition=~models.Q(error_code=""), name="audit_failures"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.account_id}/{self.sequence} {self.name}"


class AuditName(models.Model):
    """A name that a record is found by (`audit.naming`), `name` case-folded and in UTF-8: bytes sort alike everywhere.

    `arn` is whole, or empty where the record calls something by its name alone. As little to be changed as records are.
    """

    account_id = models.CharField(max_length=12)
    event = models.ForeignKey(
        AuditEvent, on_delete=models.DO_NOTHING, db_constraint=False, db_index=False, related_name="names"
    )
    place = models.PositiveIntegerField()
    side = models.CharField(max_length=1)
    name = models.BinaryField()
    arn = models.CharField(max_length=2048, blank=True)
    time = models.DateTimeField()
    sequence = models.PositiveBigIntegerField()

    objects = TenantManager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["event", "place"], name="audit_name_once")]
        indexes = [
            models.Index(fields=["account_id", "side", "name", "-time", "-sequence"], name="audit_by_named"),
        ]

    def __str__(self) -> str:
        return f"{self.account_id}/{self.sequence} {bytes(self.name)!r}"


class AuditChain(models.Model):
    """The end of an account's chain: taken for update by whoever appends.

    Up to `named` every record has its names, whichever release wrote it.
    """

    account_id = models.CharField(primary_key=True, max_length=12)
    sequence = models.PositiveBigIntegerField(default=0)
    digest = models.CharField(max_length=64)
    named = models.PositiveBigIntegerField(db_default=0)

    def __str__(self) -> str:
        return f"{self.account_id} at {self.sequence}"


class AuditSegment(models.Model):
    """A closed run of records and its signed checkpoint, which is also exported outside of the database.

    It outlives its records: retention may drop those, the checkpoint stays and the chain goes on from it.
    """

    account_id = models.CharField(max_length=12)
    number = models.PositiveBigIntegerField()
    first = models.PositiveBigIntegerField()
    last = models.PositiveBigIntegerField()
    digest = models.CharField(max_length=64)
    closed = models.DateTimeField()
    signature = models.TextField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account_id", "number"], name="audit_segment_once")]

    def __str__(self) -> str:
        return f"{self.account_id} segment {self.number}"


class AuditVerificationJob(models.Model):
    """The verification of an account's chain that was ordered last, and how the last one ended.

    `course` is how far it has come, for whoever goes on; while a worker is at it, `leased_until` lies ahead.
    """

    account_id = models.CharField(primary_key=True, max_length=12)
    job_id = models.CharField(max_length=36)
    ordered = models.DateTimeField()
    leased_until = models.DateTimeField(null=True)
    total = models.PositiveBigIntegerField(default=0)
    course = models.JSONField(null=True)
    finished = models.DateTimeField(null=True)
    result = models.JSONField(null=True)

    class Meta:
        indexes = [models.Index(fields=["ordered"], condition=models.Q(finished=None), name="verification_ordered")]

    def __str__(self) -> str:
        return f"verification of {self.account_id}"


class DroppableSegment(models.Model):
    """The one segment whose records the guard lets go of; only `audit.retention` fills this, within a transaction."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    account_id = models.CharField(max_length=12)
    number = models.PositiveBigIntegerField()

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="audit_one_droppable")]

    def __str__(self) -> str:
        return f"{self.account_id} segment {self.number}"


class DenialTally(models.Model):
    """Denials of one caller and action that repeat within a window, until they are folded into one record."""

    account_id = models.CharField(max_length=12)
    principal = models.CharField(max_length=2048)
    action = models.CharField(max_length=128)
    first_event = models.UUIDField()
    opened = models.DateTimeField()
    last = models.DateTimeField()
    repeats = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account_id", "principal", "action"], name="one_tally")]

    def __str__(self) -> str:
        return f"{self.principal} {self.action} x{self.repeats}"


class AuthorizationRecord(models.Model):
    """Why a request was denied, as of that moment (`audit.decisions`), until retention or a newer one displaces it.

    `account_id` is the caller's account, which alone may ask; `body` is canonical JSON.
    """

    account_id = models.CharField(max_length=12)
    resource_account_id = models.CharField(max_length=12)
    authorization_id = models.CharField(max_length=32, unique=True)
    time = models.DateTimeField()
    principal = models.CharField(max_length=2048)
    body = models.TextField()

    objects = TenantManager()

    class Meta:
        indexes = [
            models.Index(fields=["account_id", "id"], name="authorization_by_account"),
            models.Index(fields=["time"], name="authorization_by_time"),
        ]

    def __str__(self) -> str:
        return f"{self.authorization_id} {self.principal}"


class CapturedPolicy(models.Model):
    """The text of a policy that a kept authorization record names by digest, stored once an account."""

    account_id = models.CharField(max_length=12)
    digest = models.CharField(max_length=64)
    document = models.TextField()
    needed = models.DateTimeField()

    objects = TenantManager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account_id", "digest"], name="policy_captured_once")]
        indexes = [models.Index(fields=["needed"], name="captured_by_need")]

    def __str__(self) -> str:
        return f"{self.account_id} {self.digest[:12]}"
