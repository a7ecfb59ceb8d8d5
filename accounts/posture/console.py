"""What the dashboard asks of an account: whom a recommendation is about, and how far the first steps went.

Read only, and for callers that may list users and read their credentials; the number of queries does not depend on the
rows.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Window

from accounts.access_keys.models import AccessKey
from accounts.attachments.models import Attachment
from accounts.groups.models import Group, Membership
from accounts.inline_policies.models import InlinePolicy
from accounts.mfa.models import MFADevice
from accounts.password_policy.models import PasswordPolicy
from accounts.passwords.models import LoginProfile
from accounts.users.models import User
from policies.documents.models import PolicyVersion
from policies.documents.queries import AWS

CANDIDATES: Final = 500  # documents that are read for a look at who administers; an account has far fewer with a bare *


@dataclass(frozen=True, slots=True)
class Affected:
    """The first users, by name, that a recommendation is about, and how many there are in all."""

    names: list[str]
    count: int


@dataclass(frozen=True, slots=True)
class Beginnings:
    """What a new account has: the first group, whether one has a policy, and the first user who works through one."""

    group: str = ""
    granted: str = ""
    user: str = ""
    user_arn: str = ""
    user_signs_in: bool = False


def without_mfa(account_id: str, limit: int) -> Affected:
    """Users who sign in with a password alone."""
    profile = LoginProfile.objects.filter(account_id=account_id, user=OuterRef("pk"))
    device = MFADevice.objects.filter(account_id=account_id, user=OuterRef("pk"))
    return _affected(_everyone(account_id).filter(Exists(profile), ~Exists(device)), limit)


def with_old_passwords(account_id: str, limit: int, now: datetime) -> Affected:
    """Users whose password is older than the account's policy lets it become; nobody where passwords do not expire."""
    age = PasswordPolicy.objects.filter(account_id=account_id).values_list("max_age", flat=True).first() or 0
    old = Q(changed__lt=now - timedelta(days=age)) if age else Q(pk__in=())
    profile = LoginProfile.objects.filter(old, account_id=account_id, user=OuterRef("pk"))
    return _affected(_everyone(account_id).filter(Exists(profile)), limit)


def direct_administrators(account_id: str, limit: int) -> Affected:
    """Users who may do everything by a policy of their own rather than by that of a group."""
    mine = {"account_id": account_id, "user": OuterRef("pk")}
    inline = InlinePolicy.objects.filter(account_id=account_id, user__isnull=False, document__contains='"*"')
    written = [pk for pk, text in inline.values_list("pk", "document")[:CANDIDATES] if allows_everything(text)]
    attached = Attachment.objects.filter(account_id=account_id, user__isnull=False).values("policy")
    versions = PolicyVersion.objects.filter(
        account_id__in=(account_id, AWS), policy__in=attached, number=F("policy__default_version"),
        document__contains='"*"',
    )  # fmt: skip
    unlimited = [pk for pk, text in versions.values_list("policy", "document")[:CANDIDATES] if allows_everything(text)]
    by_policy = Exists(Attachment.objects.filter(policy__in=unlimited, **mine))
    return _affected(
        _everyone(account_id).filter(by_policy | Exists(InlinePolicy.objects.filter(pk__in=written, **mine))), limit
    )


def allows_everything(document: str) -> bool:
    """Whether a policy allows every action on every resource on no condition."""
    return any(map(_is_unlimited, _listed(json.loads(document)["Statement"])))


def _is_unlimited(statement: dict[str, Any]) -> bool:
    everything = {"*", "*:*"}.intersection(_listed(statement.get("Action", [])))
    anywhere = "*" in _listed(statement.get("Resource", []))
    return statement["Effect"] == "Allow" and not statement.get("Condition") and bool(everything) and anywhere


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def beginnings(account_id: str) -> Beginnings:
    """How far the first steps went; three queries."""
    mine = {"account_id": account_id}
    group = Group.objects.filter(**mine).order_by("pk").values_list("name", flat=True).first()
    member = Exists(Membership.objects.filter(user=OuterRef("pk"), **mine))
    profile = Exists(LoginProfile.objects.filter(user=OuterRef("pk"), **mine))
    key = Exists(AccessKey.objects.filter(user=OuterRef("pk"), active=True, **mine))
    users = _everyone(account_id).filter(member, profile | key).annotate(signs_in=profile)
    user = users.order_by("pk").first()
    by_attachment = Exists(Attachment.objects.filter(group=OuterRef("pk"), **mine))
    by_text = Exists(InlinePolicy.objects.filter(group=OuterRef("pk"), **mine))
    granted = Group.objects.filter(by_attachment | by_text, **mine).order_by("pk").values_list("name", flat=True)
    return Beginnings(
        group=group or "",
        granted=granted.first() or "",
        user=user.name if user else "",
        user_arn=user.arn if user else "",
        user_signs_in=bool(user and user.signs_in),
    )


def _everyone(account_id: str) -> QuerySet[User]:
    return User.objects.filter(account_id=account_id, is_root=False)


def _affected(users: QuerySet[User], limit: int) -> Affected:
    rows = users.annotate(total=Window(Count("pk"))).order_by("name_key").values_list("name", "total")[:limit]
    found = list(rows)
    return Affected([name for name, _total in found], found[0][1] if found else 0)
