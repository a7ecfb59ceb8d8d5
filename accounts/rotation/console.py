"""The console's lists of rotations and of keys by age, which no operation gives in this order.

Read only, and for callers that ListKeyRotations, and for keys ListAccessKeys, were just allowed to; the number of
queries does not depend on the rows.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from accounts.access_keys.models import AccessKey
from accounts.rotation import counting, due, knowing, rotations, schedules, shapes
from accounts.rotation.facts import KeyFacts
from accounts.rotation.models import KeyRotation, RotationSchedule
from accounts.rotation.states import ENDED, State

OLD: Final = timedelta(days=90)
SOON: Final = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class KeyRow:
    """A key as the list shows it; `due` is when its schedule has it replaced, `rotation` what is under way."""

    id: str
    user_name: str
    active: bool
    created: datetime
    used: datetime | None
    used_by: str
    due: datetime | None
    rotation: KeyRotation | None


@dataclass(frozen=True, slots=True)
class Standing:
    """Rotations under way, those among them that wait for somebody, keys due within a week; whether anything is."""

    open: int
    stuck: int
    due: int
    scheduled: bool


def standing(account_id: str, *, now: datetime) -> Standing:
    """How key rotation is doing in an account; four queries at most."""
    under_way = KeyRotation.objects.filter(account_id=account_id, ended=None)
    counts = under_way.aggregate(open=Count("pk"), stuck=Count("pk", filter=due.is_stuck(now)))
    scheduled = RotationSchedule.objects.filter(account_id=account_id, paused=False).exists()
    soon = due.within(AccessKey.objects.filter(account_id=account_id), now, SOON).count() if scheduled else 0
    return Standing(open=counts["open"], stuck=counts["stuck"], due=soon, scheduled=scheduled)


def find_rotations(
    account_id: str, *, text: str, only: str, order: str, descending: bool, offset: int, limit: int, now: datetime
) -> tuple[list[shapes.KeyRotation], int, int]:
    """A page of rotations, the newest first unless told otherwise, how many match, and how many there are."""
    everything = KeyRotation.objects.filter(account_id=account_id)
    wanted = text.strip()
    matching = everything.filter(
        Q(user__name_key__contains=wanted.lower()) | Q(old_key_id__iexact=wanted) | Q(new_key_id__iexact=wanted)
    )
    matching = _of_state(matching, only)
    by = {"user": "user__name_key", "state": "state"}.get(order, "id")
    newest_first = (not descending) if by == "id" else descending
    ordered = matching.select_related("user", "schedule").order_by(f"{'-' if newest_first else ''}{by}", "-id")
    page = list(ordered[offset : offset + limit])
    facts = knowing.of(page, now=now)
    return [rotations.shown(row, facts[row.pk]) for row in page], matching.count(), everything.count()


def _of_state(rows: QuerySet, only: str) -> QuerySet:
    match only:
        case "open":
            return rows.filter(ended=None)
        case "blocked":
            return rows.filter(state=State.BLOCKED)
        case "ended":
            return rows.filter(state__in=ENDED)
    return rows


def find_keys(
    account_id: str, *, text: str, only: str, order: str, descending: bool, offset: int, limit: int, now: datetime
) -> tuple[list[KeyRow], int, int]:
    """A page of keys, the oldest first unless told otherwise, how many match, and how many there are."""
    everything = AccessKey.objects.filter(account_id=account_id, user__is_root=False)
    matching = _with(everything, account_id, text.strip(), only, now)
    by = {"user": "user__name_key", "used": "last_used"}.get(order, "created")
    order_by = (f"{'-' if descending else ''}{by}", "pk")
    # What it costs to find the schedule of a key, only those of the page cost.
    here = everything.filter(pk__in=matching.order_by(*order_by).values("pk")[offset : offset + limit])
    page = list(schedules.with_schedule(here).select_related("user").order_by(*order_by))
    return _key_rows(account_id, page), matching.count(), everything.count()


def _with(rows: QuerySet, account_id: str, wanted: str, only: str, now: datetime) -> QuerySet:
    rows = rows.filter(Q(user__name_key__contains=wanted.lower()) | Q(pk__iexact=wanted))
    mine = KeyRotation.objects.filter(account_id=account_id, ended=None, old_key_id=OuterRef("pk"))
    match only:
        case "old":
            return rows.filter(active=True, created__lte=now - OLD)
        case "unscheduled":
            return rows.filter(counting.unscheduled())
        case "rotating":
            return rows.filter(Exists(mine))
    return rows


def _key_rows(account_id: str, page: list[Any]) -> list[KeyRow]:
    facts = {key.id: key for _user, key in knowing.of_keys(_same(account_id, page))}
    wanted = {key.schedule_id for key in page if key.schedule_id}
    found = RotationSchedule.objects.filter(account_id=account_id, pk__in=wanted)
    terms = {schedule.pk: schedule for schedule in found}
    under_way = KeyRotation.objects.filter(account_id=account_id, ended=None, user__in=[key.user_id for key in page])
    by_key = {each: rotation for rotation in under_way for each in (rotation.old_key_id, rotation.new_key_id)}
    return [_key_row(key, facts[key.pk], terms.get(key.schedule_id), by_key.get(key.pk)) for key in page]


def _same(account_id: str, page: Iterable[AccessKey]) -> QuerySet:
    rows: QuerySet = AccessKey.objects.filter(account_id=account_id, pk__in=[key.pk for key in page])
    return rows


def _key_row(
    key: AccessKey, facts: KeyFacts, schedule: RotationSchedule | None, rotation: KeyRotation | None
) -> KeyRow:
    counts = schedule is not None and key.active and not schedule.paused
    return KeyRow(
        id=key.pk,
        user_name=key.user.name,
        active=key.active,
        created=key.created,
        used=facts.used,
        used_by=facts.by,
        due=key.created + schedule.max_age if schedule and counts else None,
        rotation=rotation,
    )
