"""When keys are rotated, and how far each rotation has come."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from django.db import models
from django.db.models import Q

from accounts.rotation.deliveries import PULL
from accounts.rotation.states import State
from iamconsole.storage.tenant import TenantRow

TARGETS: Final = ("access_key", "user", "group")
"""What a schedule can be for, the most specific first; one for none of them is the account's default."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What a rotation goes by.

    `overlap`: how long both keys live at least, from the first use of the new one. `quiet`: how long the old key must
    not have been used before it is made inactive. `grace`: how long it then stays, inactive, before it is deleted.
    `delete_inactive_after`: how long the key in the other slot must have been inactive to make room; None: never.
    """

    overlap: timedelta = timedelta(days=1)
    quiet: timedelta = timedelta(days=1)
    grace: timedelta = timedelta(days=7)
    delete_inactive_after: timedelta | None = None
    delivery_kind: str = PULL


DEFAULT_TERMS: Final = Terms()


class RotationSchedule(TenantRow):
    """How old a key may get, for one key, one user, the members of a group or everybody in the account."""

    id = models.CharField(primary_key=True, max_length=32)
    access_key = models.OneToOneField("accounts.AccessKey", null=True, on_delete=models.CASCADE, related_name="+")
    user = models.OneToOneField("accounts.User", null=True, on_delete=models.CASCADE, related_name="+")
    group = models.OneToOneField("accounts.Group", null=True, on_delete=models.CASCADE, related_name="+")
    max_age_days = models.PositiveIntegerField()
    notice_days = models.PositiveIntegerField()
    overlap_seconds = models.PositiveIntegerField()
    quiet_seconds = models.PositiveIntegerField()
    grace_seconds = models.PositiveIntegerField()
    delete_inactive_after_days = models.PositiveIntegerField(null=True)
    delivery_kind = models.CharField(max_length=32)
    delivery_settings = models.JSONField(default=dict)
    sealed_settings = models.TextField(blank=True)
    """The settings that are secret, as JSON, sealed and bound to this schedule."""
    paused = models.BooleanField(default=False)
    created = models.DateTimeField()
    updated = models.DateTimeField()

    class Meta:
        app_label = "accounts"
        constraints = [
            models.UniqueConstraint(
                fields=["account"],
                condition=Q(access_key=None, user=None, group=None),
                name="rotation_schedule_one_default",
            ),
            models.CheckConstraint(
                condition=Q(user=None, group=None) | Q(access_key=None, group=None) | Q(access_key=None, user=None),
                name="rotation_schedule_one_target",
            ),
        ]

    def __str__(self) -> str:
        return self.id

    @property
    def max_age(self) -> timedelta:
        return timedelta(days=self.max_age_days)

    @property
    def terms(self) -> Terms:
        days = self.delete_inactive_after_days
        return Terms(
            overlap=timedelta(seconds=self.overlap_seconds),
            quiet=timedelta(seconds=self.quiet_seconds),
            grace=timedelta(seconds=self.grace_seconds),
            delete_inactive_after=None if days is None else timedelta(days=days),
            delivery_kind=self.delivery_kind,
        )


class KeyRotation(TenantRow):
    """One key of a user on its way to being replaced; a user has one such row at a time that has not ended.

    `version` rises with each step: whoever advances a rotation names the state and version he saw. `next_at` is when
    there may be something to do again. `requested_by` is the ARN of whoever asked; empty for a schedule's own work.
    """

    id = models.CharField(primary_key=True, max_length=32)
    user = models.ForeignKey("accounts.User", on_delete=models.CASCADE, related_name="key_rotations")
    schedule = models.ForeignKey(RotationSchedule, null=True, on_delete=models.SET_NULL, related_name="rotations")
    old_key_id = models.CharField(max_length=128)
    new_key_id = models.CharField(max_length=128, blank=True)
    delivery_kind = models.CharField(max_length=32)
    state = models.CharField(max_length=16, choices=[(state.value, state.value) for state in State])
    version = models.PositiveIntegerField(default=1)
    paused = models.BooleanField(default=False)
    hurried = models.BooleanField(default=False)
    withdrawn = models.BooleanField(default=False)
    attempts = models.PositiveIntegerField(default=0)
    retry_at = models.DateTimeField(null=True)
    """When the next attempt at a delivery may begin; until then one may be under way."""
    last_error = models.CharField(max_length=512, blank=True)
    note = models.CharField(max_length=1024, blank=True)
    requested_by = models.CharField(max_length=2048, blank=True)
    created = models.DateTimeField()
    since = models.DateTimeField()
    """When it came into its state."""
    next_at = models.DateTimeField(null=True)
    ended = models.DateTimeField(null=True)

    class Meta:
        app_label = "accounts"
        constraints = [models.UniqueConstraint(fields=["user"], condition=Q(ended=None), name="one_rotation_at_a_time")]
        indexes = [
            models.Index(fields=["next_at"], condition=Q(ended=None), name="rotation_next"),
            models.Index(fields=["account", "state"], name="rotation_by_state"),
        ]

    def __str__(self) -> str:
        return f"{self.old_key_id} {self.state}"

    @property
    def terms(self) -> Terms:
        """What it goes by now: a schedule that is changed counts at once, one that is deleted leaves the defaults."""
        return self.schedule.terms if self.schedule else DEFAULT_TERMS


class RotationStep(TenantRow):
    """A state that a rotation came into, when, why and by whom; never a secret."""

    rotation = models.ForeignKey(KeyRotation, on_delete=models.CASCADE, related_name="steps")
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=16)
    note = models.CharField(max_length=1024, blank=True)
    actor = models.CharField(max_length=2048)
    time = models.DateTimeField()

    class Meta:
        app_label = "accounts"
        constraints = [models.UniqueConstraint(fields=["rotation", "number"], name="rotation_step_once")]

    def __str__(self) -> str:
        return f"{self.number} {self.state}"
