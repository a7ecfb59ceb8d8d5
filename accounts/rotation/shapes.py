"""Schedules and rotations as we show them."""

from __future__ import annotations

from typing import Annotated

from accounts.rotation.deliveries import KINDS
from accounts.rotation.states import State
from iamconsole.kernel.shapes import (
    AccessKeyId,
    GroupName,
    Number,
    OneOf,
    Paged,
    Sensitive,
    Shape,
    Text,
    Timestamp,
    UserName,
)

LONGEST = 365 * 24 * 60 * 60
Days = Annotated[int, Number(0, 3650)]
MaxAgeDays = Annotated[int, Number(1, 3650)]
Seconds = Annotated[int, Number(0, LONGEST)]
RotationId = Annotated[str, Text(1, 32, r"[a-z0-9-]+")]
Version = Annotated[int, Number(1)]
"""How often a rotation was changed: whoever advances it says what he saw."""
RotationState = Annotated[str, OneOf(tuple(State))]
DeliveryKind = Annotated[str, OneOf(tuple(KINDS))]
DeliverySettings = Annotated[
    dict[Annotated[str, Text(1, 64, r"[A-Za-z][A-Za-z0-9_.-]*")], Annotated[str, Text(0, 8192)]], Sensitive
]
"""What a kind of delivery needs to know, by name; some of it is secret, so records show none of it."""


class RotationSchedule(Shape):
    """When keys are rotated, and how; without a target it is the account's default.

    `secret_settings` names the settings that are kept and not shown.
    """

    user_name: UserName | None = None
    group_name: GroupName | None = None
    access_key_id: AccessKeyId | None = None
    max_age_days: MaxAgeDays
    notice_days: Days
    overlap_seconds: Seconds
    quiet_seconds: Seconds
    grace_seconds: Seconds
    delete_inactive_after_days: Days | None = None
    delivery_kind: str
    delivery_settings: dict[str, str]
    secret_settings: list[str]
    paused: bool
    create_date: Timestamp
    update_date: Timestamp


class RotationScheduleResult(Shape):
    rotation_schedule: RotationSchedule


class ListRotationSchedulesResult(Paged):
    rotation_schedules: list[RotationSchedule]


class KeyRotation(Shape):
    """A rotation: `waits_for` is what keeps it where it is, `note` what happened last.

    `next_date` is when there may be something to do again.
    """

    rotation_id: RotationId
    user_name: UserName
    access_key_id: AccessKeyId
    new_access_key_id: AccessKeyId | None = None
    state: RotationState
    paused: bool
    waits_for: str | None = None
    note: str | None = None
    delivery_kind: str
    delivery_attempts: int
    last_delivery_error: str | None = None
    requested_by: str | None = None
    create_date: Timestamp
    state_date: Timestamp
    next_date: Timestamp | None = None
    end_date: Timestamp | None = None


class KeyRotationResult(Shape):
    key_rotation: KeyRotation


class ListKeyRotationsResult(Paged):
    key_rotations: list[KeyRotation]


class RotationStep(Shape):
    """A state that a rotation came into, why, and who brought it there."""

    state: RotationState
    note: str
    actor: str
    time: Timestamp


class KeyUse(Shape):
    """From where, by which client and for what a key was used; `refused`: asked for in vain, being inactive."""

    access_key_id: AccessKeyId
    source_ip: str | None = None
    user_agent: str | None = None
    service: str | None = None
    region: str | None = None
    refused: bool
    first_time: Timestamp
    last_time: Timestamp


class GetKeyRotationResult(KeyRotationResult):
    """A rotation with its latest steps, the newest last, and who uses its keys, the latest first."""

    steps: list[RotationStep]
    key_uses: list[KeyUse]


class StartKeyRotationResult(Shape):
    """The rotation that was started, or with `DryRun` what would be done, and what somebody must do first.

    `last_used` tells of the key that is to be replaced.
    """

    key_rotation: KeyRotation | None = None
    plan: list[str]
    needs: list[str]
    last_used: str
    key_uses: list[KeyUse]


class AdvanceKeyRotationResult(Shape):
    """Where the step has led to; `delivers`: an attempt at a delivery was claimed, to be made at this version."""

    delivers: bool
    version: Version | None = None


class CollectAccessKeyResult(Shape):
    """The key that replaces the one the request was signed with."""

    access_key_id: AccessKeyId
    secret_access_key: Annotated[str, Text(), Sensitive]
    user_name: UserName
    create_date: Timestamp
