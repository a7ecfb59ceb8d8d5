"""The console's list of users: search, filters, ordering and page numbers, which ListUsers does not have.

Read only, and for callers that ListUsers was just allowed to; the number of queries does not depend on the rows.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Exists, F, Max, Min, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce, Greatest

from accounts.access_keys.models import AccessKey
from accounts.groups.models import Membership
from accounts.mfa.models import MFADevice
from accounts.passwords.models import LoginProfile
from accounts.users.models import User
from iamconsole.storage.ranking import nearest

STALE = timedelta(days=90)
EMAIL_TAG = "email"  # where notifications look for a user's address, too
KEY_PREFIXES = ("AKIA", "ASIA")
ORDERS = ("name", "created", "activity")
FILTERS = ("console", "no-console", "no-mfa", "password-only", "keys", "old-keys", "inactive")


@dataclass(frozen=True, slots=True)
class UserRow:
    """A user as the list shows it; `oldest_key` is when its oldest active key was made."""

    unique_id: str
    name: str
    arn: str
    path: str
    created: datetime
    groups: list[str]
    mfa: bool
    console: bool
    oldest_key: datetime | None
    activity: datetime | None


def find(
    account_id: str,
    *,
    text: str,
    only: str,
    order: str,
    descending: bool,
    offset: int,
    limit: int,
    now: datetime,
    by_key: bool = False,
    by_email: bool = False,
) -> tuple[list[UserRow], int, int]:
    """A page of users, how many match, and how many there are.

    `by_key`: an access key id may be looked up; `by_email`: the tag `email` may.
    """
    everyone = User.objects.filter(account_id=account_id, is_root=False)
    matching = matches(account_id, text=text, only=only, now=now, by_key=by_key, by_email=by_email)
    ordered = _ordered(matching, account_id, order, descending)
    rows = list(ordered.select_related("login_profile")[offset : offset + limit])
    return _rows(rows, account_id), matching.count(), everyone.count()


def matches(
    account_id: str, *, text: str, only: str, now: datetime, by_key: bool = False, by_email: bool = False
) -> QuerySet[User]:
    """All users that match, in no order."""
    everyone = User.objects.filter(account_id=account_id, is_root=False)
    return _only(_matching(everyone, account_id, text, by_key, by_email), account_id, only, now)


def suggestions(account_id: str, *, text: str, limit: int) -> list[tuple[str, str]]:
    """The names nearest to a text, each with what its page is called by."""
    found = nearest(User.objects.filter(account_id=account_id, is_root=False), text, limit)
    return [(row.name, row.name) for row in found]


def _matching(rows: QuerySet[User], account_id: str, text: str, by_key: bool, by_email: bool) -> QuerySet[User]:
    """By name, unique id, path or e-mail address; by ARN where one is given, and by access key id."""
    wanted = text.strip()
    if not wanted:
        return rows
    if wanted.startswith("arn:"):
        return rows.filter(name_key=wanted.rsplit("/", 1)[-1].lower(), account_id__in=wanted.split(":")[4:5])
    if by_key and wanted[:4].upper() in KEY_PREFIXES:
        keys = AccessKey.objects.filter(account_id=account_id, id__istartswith=wanted)
        return rows.filter(Q(pk__in=keys.values("user")) | Q(name_key__contains=wanted.lower()))
    found = Q(name_key__contains=wanted.lower()) | Q(unique_id__iexact=wanted) | Q(path__icontains=wanted)
    return rows.filter(found | Q(**{f"tags__{EMAIL_TAG}__icontains": wanted}) if by_email else found)


def _only(rows: QuerySet[User], account_id: str, only: str, now: datetime) -> QuerySet[User]:
    keys = AccessKey.objects.filter(account_id=account_id, user=OuterRef("pk"), active=True)
    profile = Exists(LoginProfile.objects.filter(account_id=account_id, user=OuterRef("pk")))
    device = Exists(MFADevice.objects.filter(account_id=account_id, user=OuterRef("pk")))
    match only:
        case "console":
            return rows.filter(profile)
        case "no-console":
            return rows.filter(~profile)
        case "keys":
            return rows.filter(Exists(keys))
        case "old-keys":
            return rows.filter(Exists(keys.filter(created__lt=now - STALE)))
        case "no-mfa":
            return rows.filter(~device)
        case "password-only":
            return rows.filter(profile, ~device)
        case "inactive":
            return _inactive(rows, account_id, now - STALE)
    return rows


def _inactive(rows: QuerySet[User], account_id: str, since: datetime) -> QuerySet[User]:
    """Those that are older than this and used neither password nor key after it."""
    theirs = {"account_id": account_id, "user": OuterRef("pk"), "last_used__gte": since}
    used = Exists(LoginProfile.objects.filter(**theirs)) | Exists(AccessKey.objects.filter(**theirs))
    return rows.filter(created__lt=since).filter(~used)


def _ordered(rows: QuerySet[User], account_id: str, order: str, descending: bool) -> QuerySet[User]:
    direction = "-" if descending else ""
    if order == "created":
        return rows.order_by(f"{direction}created", "name_key")
    if order != "activity":
        return rows.order_by(f"{direction}name_key")
    keys = AccessKey.objects.filter(account_id=account_id, user=OuterRef("pk")).order_by().values("user")
    by_key = Subquery(keys.annotate(latest=Max("last_used")).values("latest"))
    by_password = F("login_profile__last_used")
    # The greatest of two is NULL where one of them is, so each stands in for the other.
    rows = rows.annotate(activity=Greatest(Coalesce(by_key, by_password), Coalesce(by_password, by_key)))
    never_last = F("activity").desc(nulls_last=True) if descending else F("activity").asc(nulls_first=True)
    return rows.order_by(never_last, "name_key")


def _rows(users: list[User], account_id: str) -> list[UserRow]:
    groups, keys = _groups(users, account_id), _keys(users, account_id)
    devices = MFADevice.objects.filter(account_id=account_id, user__in=users)
    with_mfa = set(devices.values_list("user_id", flat=True))
    return [_row(user, groups[user.pk], user.pk in with_mfa, *keys.get(user.pk, (None, None))) for user in users]


def _row(user: User, groups: list[str], mfa: bool, oldest_key: datetime | None, key_used: datetime | None) -> UserRow:
    profile = getattr(user, "login_profile", None)
    used = [moment for moment in (key_used, profile.last_used if profile else None) if moment]
    return UserRow(
        unique_id=user.unique_id,
        name=user.name,
        arn=user.arn,
        path=user.path,
        created=user.created,
        groups=groups,
        mfa=mfa,
        console=profile is not None,
        oldest_key=oldest_key,
        activity=max(used, default=None),
    )


def _groups(users: Iterable[User], account_id: str) -> dict[int, list[str]]:
    found: dict[int, list[str]] = defaultdict(list)
    members = Membership.objects.filter(account_id=account_id, user__in=users)
    for user_id, name in members.order_by("group__name_key").values_list("user_id", "group__name"):
        found[user_id].append(name)
    return found


def _keys(users: Iterable[User], account_id: str) -> dict[int, tuple[datetime | None, datetime | None]]:
    rows = AccessKey.objects.filter(account_id=account_id, user__in=users).order_by().values_list("user_id")
    counted = rows.annotate(oldest=Min("created", filter=Q(active=True)), used=Max("last_used"))
    return {user_id: (oldest, used) for user_id, oldest, used in counted}
