"""Finding schedules: by their target, and the one that counts for a key."""

from __future__ import annotations

import json
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from accounts.access_keys.models import AccessKey
from accounts.federation.sealed import seal, unseal
from accounts.groups import queries as groups
from accounts.rotation import shapes
from accounts.rotation.counting import NO_TARGET
from accounts.rotation.models import RotationSchedule
from accounts.users import queries as users
from iamconsole.kernel.errors import InvalidInput, NoSuchEntity

KIND = "rotation-settings"


def target(
    account_id: str, *, user_name: str | None, group_name: str | None, access_key_id: str | None
) -> dict[str, Any]:
    """The columns that say what a schedule is for: one key, user or group, or the account where none is named."""
    if sum(name is not None for name in (user_name, group_name, access_key_id)) > 1:
        raise InvalidInput("Give one of UserName, GroupName and AccessKeyId, or none for the account's default.")
    if access_key_id is not None:
        return NO_TARGET | {"access_key": _key(account_id, access_key_id)}
    if user_name is not None:
        return NO_TARGET | {"user": users.find(account_id, user_name)}
    return NO_TARGET | ({"group": groups.find(account_id, group_name)} if group_name is not None else {})


def _key(account_id: str, access_key_id: str) -> AccessKey:
    rows = AccessKey.objects.filter(account_id=account_id, pk=access_key_id, user__is_root=False)
    found: AccessKey | None = rows.select_related("user").first()
    if found is None:
        raise NoSuchEntity(f"The Access Key with id {access_key_id} cannot be found.")
    return found


def of(account_id: str, columns: dict[str, Any], *, lock: bool = False) -> RotationSchedule | None:
    """The schedule for exactly this target, if there is one."""
    rows = RotationSchedule.objects.filter(account_id=account_id, **columns)
    found: RotationSchedule | None = (rows.select_for_update() if lock else rows).first()
    return found


def find(account_id: str, columns: dict[str, Any], *, lock: bool = False) -> RotationSchedule:
    found = of(account_id, columns, lock=lock)
    if found is None:
        raise NoSuchEntity("There is no rotation schedule for exactly this; another one may count for it.")
    return found


def with_schedule(keys: QuerySet) -> QuerySet:
    """Keys with the id of the schedule that counts for each, as `schedule_id`; None where there is none.

    The key's comes first, then the user's, that of his groups which lets keys get least old, and the account's; of
    groups that agree about that, one whose schedule is not paused. `counting` says the same of many keys.
    """
    mine = RotationSchedule.objects.filter(account_id=OuterRef("account_id"))
    ranked = (
        mine.filter(access_key=OuterRef("pk")),
        mine.filter(user=OuterRef("user_id")),
        mine.filter(group__memberships__user=OuterRef("user_id")).order_by("max_age_days", "paused", "pk"),
        mine.filter(**NO_TARGET),
    )
    return keys.annotate(schedule_id=Coalesce(*(Subquery(rows.values("pk")[:1]) for rows in ranked)))


def effective(key: AccessKey) -> RotationSchedule | None:
    """The schedule that counts for a key."""
    rows = with_schedule(AccessKey.objects.filter(account_id=key.account_id, pk=key.pk))
    found = rows.values_list("schedule_id", flat=True).first()
    return RotationSchedule.objects.get(account_id=key.account_id, pk=found) if found else None


def sealed(schedule: RotationSchedule, settings: dict[str, str]) -> str:
    """Secret settings, sealed and bound to their schedule; none stay none."""
    text = json.dumps(settings).encode()
    return seal(text, kind=KIND, account_id=schedule.account_id, key_id=schedule.pk) if settings else ""


def secret_settings(schedule: RotationSchedule) -> dict[str, str]:
    if not schedule.sealed_settings:
        return {}
    given = {"kind": KIND, "account_id": schedule.account_id, "key_id": schedule.pk}
    found: dict[str, str] = json.loads(unseal(schedule.sealed_settings, **given))
    return found


def shown(schedule: RotationSchedule) -> shapes.RotationSchedule:
    return shapes.RotationSchedule(
        user_name=schedule.user.name if schedule.user else None,
        group_name=schedule.group.name if schedule.group else None,
        access_key_id=schedule.access_key_id,
        max_age_days=schedule.max_age_days,
        notice_days=schedule.notice_days,
        overlap_seconds=schedule.overlap_seconds,
        quiet_seconds=schedule.quiet_seconds,
        grace_seconds=schedule.grace_seconds,
        delete_inactive_after_days=schedule.delete_inactive_after_days,
        delivery_kind=schedule.delivery_kind,
        delivery_settings=schedule.delivery_settings,
        secret_settings=sorted(secret_settings(schedule)),
        paused=schedule.paused,
        create_date=schedule.created,
        update_date=schedule.updated,
    )
