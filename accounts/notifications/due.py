"""What a scheduled look finds to tell of: passwords that are about to expire, and those that have."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from accounts.notifications import routing, shapes
from accounts.notifications.models import Notification
from accounts.password_policy.models import PasswordPolicy
from accounts.passwords.models import LoginProfile
from iamconsole.storage.tenant import TenantQuerySet

LAST_DAY: Final = timedelta(days=1)
PAGE: Final = 500


def pages(account_id: str, now: datetime) -> Iterator[list[shapes.Notice]]:
    """The notices that are due and were not written yet, at most `PAGE` at a time."""
    policy: PasswordPolicy | None = PasswordPolicy.objects.filter(account_id=account_id).first()
    if policy is None or not policy.max_age:
        return
    age, notice = timedelta(days=policy.max_age), timedelta(days=routing.of(account_id).notice_days)
    old = LoginProfile.objects.filter(account_id=account_id, user__is_root=False, changed__lte=now + notice - age)
    after = 0
    while found := list(_page(old, after)):
        after = found[-1].pk
        notices = [_of(profile, profile.changed + age, now, hard=policy.hard_expiry) for profile in found]
        if new := not_told(account_id, notices):
            yield new


def _page(rows: TenantQuerySet, after: int) -> TenantQuerySet:
    return rows.filter(pk__gt=after).select_related("user").order_by("pk")[:PAGE]


def _of(profile: LoginProfile, expires: datetime, now: datetime, *, hard: bool) -> shapes.Notice:
    facts = {"expires": f"{expires:%Y-%m-%d}"}
    if expires <= now:
        step = "password-expired"
        facts["remedy"] = "Ask an administrator to set a new one." if hard else "Sign in and choose a new one."
    else:
        step = "password-expiring"
    last = "/last" if expires - LAST_DAY <= now < expires else ""
    return shapes.Notice(
        kind=step,
        subject_arn=profile.user.arn,
        user_id=profile.user.unique_id,
        facts=facts,
        once=f"{step}{last}/{profile.user.unique_id}/{int(profile.changed.timestamp())}",
    )


def not_told(account_id: str, notices: list[shapes.Notice]) -> list[shapes.Notice]:
    """Those of these notices that were not written yet; one query."""
    named = [notice.once for notice in notices]
    told = Notification.objects.filter(account_id=account_id, once__in=named).values_list("once", flat=True)
    before = set(told)
    return [notice for notice in notices if notice.once not in before]
