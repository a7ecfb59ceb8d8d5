"""What there is to do: constant SQL a page, whatever the number of accounts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.access_keys.models import AccessKey
from accounts.rotation import counting, knowing, schedules
from accounts.rotation.machine import Wait, decide
from accounts.rotation.models import KeyRotation, RotationSchedule
from accounts.rotation.states import State

PAGE: Final = 500
LEFT_ALONE: Final = timedelta(days=1)
"""How long a key stays in peace whose rotation was rolled back, or ended for want of a key."""
FAILING: Final = timedelta(minutes=10)
"""For so long a delivery may fail before anybody is told: most targets come back by themselves."""
WHY: Final = "keys of every account are rotated"


@dataclass(frozen=True, slots=True)
class Notice:
    """A key that will be rotated at `due`, in so many days; `kind` is how the new one will be delivered."""

    account_id: str
    user_name: str
    user_arn: str
    user_id: str
    access_key_id: str
    due: datetime
    days_left: int
    kind: str


def keys(now: datetime) -> Iterator[tuple[str, str]]:
    """The account and id of each key that is as old as its schedule lets it get."""
    everywhere = AccessKey.objects.across_accounts(WHY)
    for page in _pages(within(everywhere, now)):
        yield from ((key.account_id, key.pk) for key in page)


def is_due(key: AccessKey, *, now: datetime) -> bool:
    """Whether a rotation of the key is to begin."""
    return within(AccessKey.objects.filter(account_id=key.account_id, pk=key.pk), now).exists()


def within(rows: QuerySet, now: datetime, lead: timedelta = timedelta(0)) -> QuerySet:
    """Active keys whose schedule's time has come, or will within `lead`; nobody has two rotations at a time."""
    active = RotationSchedule.objects.across_accounts(WHY).filter(paused=False)
    ages = list(active.values_list("max_age_days", flat=True).distinct())
    if not ages:
        return rows.none()
    old = Q()
    for days in ages:
        old |= Q(created__lte=now + lead - timedelta(days=days)) & counting.replaced_after(days)
    others = KeyRotation.objects.filter(account_id=OuterRef("account_id"), user=OuterRef("user_id"))
    in_the_way = others.filter(Q(ended=None) | Q(old_key_id=OuterRef("pk"), ended__gt=now - LEFT_ALONE))
    return rows.filter(old, ~Exists(in_the_way), active=True, user__is_root=False)


def _pages(rows: QuerySet) -> Iterator[list[Any]]:
    after = ""
    while found := list(rows.filter(pk__gt=after).order_by("pk")[:PAGE]):
        yield found
        after = found[-1].pk


def rotations(now: datetime) -> Iterator[tuple[str, str]]:
    """The account and id of each rotation that has something to do."""
    for page in _pages(_ripe(now)):
        facts = knowing.of(page, now=now)
        for rotation in page:
            if not isinstance(decide(facts[rotation.pk]), Wait):
                yield rotation.account_id, rotation.pk


def _ripe(now: datetime) -> QuerySet:
    """Those whose time has come, and those of whose keys one is gone or was switched meanwhile."""
    mine = AccessKey.objects.filter(account_id=OuterRef("account_id"), user=OuterRef("user_id"))
    old, new = mine.filter(pk=OuterRef("old_key_id")), mine.filter(pk=OuterRef("new_key_id"))
    switched = (
        ~Exists(old)
        | (~Q(new_key_id="") & ~Exists(new))
        | (Q(state=State.QUIESCED) & Exists(old.filter(active=True)))
        | (Q(state=State.IN_USE) & Exists(old.filter(active=False)))
    )
    rows = KeyRotation.objects.across_accounts(WHY).filter(ended=None, paused=False)
    return rows.filter(Q(next_at__lte=now) | switched).select_related("user", "schedule")


def version_of(account_id: str, rotation_id: str, *, now: datetime) -> int | None:
    """The version of a rotation that is ready for its next step; None where it is not."""
    rows = KeyRotation.objects.filter(account_id=account_id, pk=rotation_id, ended=None, paused=False)
    rotation: KeyRotation | None = rows.select_related("user", "schedule").first()
    if rotation is None or isinstance(decide(knowing.of([rotation], now=now)[rotation.pk]), Wait):
        return None
    return rotation.version


def due_notices(now: datetime) -> Iterator[Notice]:
    """Each key whose rotation comes within the days of notice that its schedule gives, and how many are left."""
    everywhere = RotationSchedule.objects.across_accounts(WHY)
    terms = {row.pk: row for row in everywhere.filter(paused=False, notice_days__gt=0)}
    lead = timedelta(days=max((row.notice_days for row in terms.values()), default=0))
    coming = within(AccessKey.objects.across_accounts(WHY), now, lead).select_related("user")
    for page in _pages(schedules.with_schedule(coming)):
        for key in page:
            schedule = terms.get(key.schedule_id)
            if schedule and (notice := _notice(key, schedule, now)):
                yield notice


def _notice(key: AccessKey, schedule: RotationSchedule, now: datetime) -> Notice | None:
    at = key.created + schedule.max_age
    if not timedelta(0) < at - now <= timedelta(days=schedule.notice_days):
        return None
    return Notice(
        account_id=key.account_id,
        user_name=key.user.name,
        user_arn=key.user.arn,
        user_id=key.user.unique_id,
        access_key_id=key.pk,
        due=at,
        days_left=-(-(at - now) // timedelta(days=1)),
        kind=schedule.delivery_kind,
    )


def stuck(now: datetime) -> Iterator[KeyRotation]:
    """Each rotation that waits for somebody: for a free key slot, or for a delivery that has failed for a while."""
    everywhere = KeyRotation.objects.across_accounts(WHY).filter(is_stuck(now), ended=None)
    for page in _pages(everywhere.select_related("user", "schedule")):
        yield from page


def is_stuck(now: datetime) -> Q:
    """Of rotations that have not ended: which wait for somebody."""
    failing = ~Q(last_error="") & Q(since__lte=now - FAILING)
    return Q(paused=False) & (Q(state=State.BLOCKED) | failing)
