"""Which schedule counts for a key, as conditions: a database makes a table of each, and looks up all keys in them.

`schedules.with_schedule` says the same of a few keys, and names the schedule.
"""

from __future__ import annotations

from typing import Final

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.rotation.models import RotationSchedule

NO_TARGET: Final = {"access_key": None, "user": None, "group": None}
WHY: Final = "each condition is bound to the account of the key"


def unscheduled() -> Q:
    """Of keys: no schedule counts for them."""
    rows = _bound()
    return ~(Q(_of_key(rows)) | Q(_of_user(rows)) | Q(_of_groups(rows)) | Q(_default(rows)))


def replaced_after(days: int) -> Q:
    """Of keys: the schedule that counts for them is not paused, and lets them get so old.

    A schedule of the key comes before one of the user, and that before those of his groups and the account's.
    """
    rows = _bound()
    chosen = rows.filter(paused=False, max_age_days=days)
    sooner = rows.filter(max_age_days__lt=days)
    by_default = ~_of_groups(rows) & Q(_default(chosen))
    by_groups = Q(_of_groups(chosen)) & ~_of_groups(sooner)
    by_user = Q(_of_user(chosen)) | (~_of_user(rows) & (by_groups | by_default))
    return Q(_of_key(chosen)) | (~_of_key(rows) & by_user)


def _bound() -> QuerySet:
    return RotationSchedule.objects.across_accounts(WHY).filter(account_id=OuterRef("account_id"))


def _of_key(rows: QuerySet) -> Exists:
    return Exists(rows.filter(access_key=OuterRef("pk")))


def _of_user(rows: QuerySet) -> Exists:
    return Exists(rows.filter(user=OuterRef("user_id")))


def _of_groups(rows: QuerySet) -> Exists:
    return Exists(rows.filter(group__memberships__user=OuterRef("user_id")))


def _default(rows: QuerySet) -> Exists:
    return Exists(rows.filter(**NO_TARGET))
