"""Schedules: how old keys may get, and how they are replaced."""

from __future__ import annotations

import secrets
from collections.abc import Mapping

from django.db.models import F

from accounts.rotation import deliveries, schedules, shapes
from accounts.rotation.models import KeyRotation, RotationSchedule
from accounts.rotation.resources import OWNERS, SCHEDULES, TARGET, managing_keys
from accounts.rotation.states import State
from iamconsole.kernel.call import Call
from iamconsole.kernel.errors import InvalidInput, NoSuchEntity
from iamconsole.kernel.operation import Access, Rest, operation
from iamconsole.kernel.paging import page
from iamconsole.kernel.shapes import AccessKeyId, ExistingUserName, GroupName, Marker, MaxItems
from policies.services.resources import OWN

ONE = "/rotation/schedule"
DAY = 24 * 60 * 60


@operation(
    Access.WRITE,
    on=TARGET,
    service=OWN,
    implies=managing_keys(OWNERS),
    rest=Rest("PUT", ONE),
    errors=(NoSuchEntity, InvalidInput),
)
def put_rotation_schedule(
    call: Call,
    *,
    user_name: ExistingUserName | None = None,
    group_name: GroupName | None = None,
    access_key_id: AccessKeyId | None = None,
    max_age_days: shapes.MaxAgeDays,
    notice_days: shapes.Days = 7,
    overlap_seconds: shapes.Seconds = DAY,
    quiet_seconds: shapes.Seconds = DAY,
    grace_seconds: shapes.Seconds = 7 * DAY,
    delete_inactive_after_days: shapes.Days | None = None,
    delivery_kind: shapes.DeliveryKind = deliveries.PULL,
    delivery_settings: shapes.DeliverySettings = {},  # noqa: B006  (a shape's default; pydantic copies it)
    paused: bool = False,
) -> shapes.RotationScheduleResult:
    """Have keys replaced before they get older than so many days: one key, a user's, a group's, or everybody's.

    The most specific schedule counts; of several groups' the one that lets keys get least old. The old key works until
    the new one was seen in use, OverlapSeconds have passed since then, and nobody used the old one for QuietSeconds. It
    is then made inactive, and deleted after GraceSeconds. A key in the other slot is deleted to make room only where
    it has been inactive for DeleteInactiveAfterDays. Everything is replaced; secret settings that are left out stay as
    long as no other setting changes. The root user's keys are not rotated.
    """
    columns = schedules.target(call.account_id, user_name=user_name, group_name=group_name, access_key_id=access_key_id)
    schedule = schedules.of(call.account_id, columns, lock=True) or RotationSchedule(
        id=f"rs-{secrets.token_hex(12)}", account_id=call.account_id, created=call.time, **columns
    )
    elsewhere = _set_delivery(schedule, delivery_kind, delivery_settings)
    schedule.max_age_days, schedule.notice_days = max_age_days, notice_days
    schedule.overlap_seconds, schedule.quiet_seconds = overlap_seconds, quiet_seconds
    schedule.grace_seconds, schedule.delete_inactive_after_days = grace_seconds, delete_inactive_after_days
    schedule.paused, schedule.updated = paused, call.time
    schedule.save()
    _apply(call, schedule, elsewhere=elsewhere)
    call.emit("rotation_schedule", schedule.pk, "updated")
    return shapes.RotationScheduleResult(rotation_schedule=schedules.shown(schedule))


def _set_delivery(schedule: RotationSchedule, kind: str, settings: Mapping[str, str]) -> bool:
    """Set where keys go, and say whether that has changed.

    Secrets go to no other place than the one they were given for, so whoever names a new place gives them anew.
    """
    before = (schedule.delivery_kind, schedule.delivery_settings, schedules.secret_settings(schedule))
    hidden = deliveries.SECRET_MEMBERS[kind]
    shown = {name: value for name, value in settings.items() if name not in hidden}
    given = {name: value for name, value in settings.items() if name in hidden}
    if (schedule.delivery_kind, schedule.delivery_settings) == (kind, shown):
        given = schedules.secret_settings(schedule) | given
    deliveries.read(kind, {**shown, **given})
    schedule.delivery_kind, schedule.delivery_settings = kind, shown
    schedule.sealed_settings = schedules.sealed(schedule, given)
    return before != (kind, shown, given)


def _apply(call: Call, schedule: RotationSchedule, *, elsewhere: bool) -> None:
    """Rotations that are under way go by the new terms, and look at once whether these change anything.

    Where keys go elsewhere now, an attempt that is under way counts no more, and the next one is made at once.
    """
    mine = KeyRotation.objects.filter(account_id=call.account_id, schedule=schedule, ended=None)
    mine.update(next_at=call.time)
    if elsewhere:
        mine.filter(state=State.DELIVERING).update(
            delivery_kind=schedule.delivery_kind,
            version=F("version") + 1,
            attempts=0,
            retry_at=None,
            last_error="",
        )


@operation(Access.READ, on=TARGET, service=OWN, rest=Rest("GET", ONE), errors=(NoSuchEntity, InvalidInput))
def get_rotation_schedule(
    call: Call,
    *,
    user_name: ExistingUserName | None = None,
    group_name: GroupName | None = None,
    access_key_id: AccessKeyId | None = None,
) -> shapes.RotationScheduleResult:
    """Show the schedule of a key, a user or a group, or the account's default, without its secrets."""
    columns = schedules.target(call.account_id, user_name=user_name, group_name=group_name, access_key_id=access_key_id)
    return shapes.RotationScheduleResult(rotation_schedule=schedules.shown(schedules.find(call.account_id, columns)))


@operation(Access.LIST, on=SCHEDULES, service=OWN, pages="rotation_schedules", rest=Rest("GET", "/rotation/schedules"))
def list_rotation_schedules(
    call: Call, *, marker: Marker | None = None, max_items: MaxItems | None = None
) -> shapes.ListRotationSchedulesResult:
    """List the rotation schedules of the account."""
    rows = RotationSchedule.objects.filter(account_id=call.account_id).select_related("user", "group")
    found, rest = page(rows, by="id", marker=marker, max_items=max_items)
    return shapes.ListRotationSchedulesResult(rotation_schedules=[schedules.shown(row) for row in found], **rest)


@operation(
    Access.WRITE,
    on=TARGET,
    service=OWN,
    rest=Rest("DELETE", ONE, status=204),
    errors=(NoSuchEntity, InvalidInput),
)
def delete_rotation_schedule(
    call: Call,
    *,
    user_name: ExistingUserName | None = None,
    group_name: GroupName | None = None,
    access_key_id: AccessKeyId | None = None,
) -> None:
    """Delete a schedule; a rotation that it began ends where the new key has not arrived, and else goes on.

    What goes on does so by the defaults: a day of overlap, a day of quiet, seven days of grace.
    """
    columns = schedules.target(call.account_id, user_name=user_name, group_name=group_name, access_key_id=access_key_id)
    schedule = schedules.find(call.account_id, columns, lock=True)
    ident = schedule.pk
    KeyRotation.objects.filter(account_id=call.account_id, schedule=schedule, ended=None).update(next_at=call.time)
    schedule.delete()
    call.emit("rotation_schedule", ident, "deleted")
