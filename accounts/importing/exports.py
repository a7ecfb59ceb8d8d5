"""The files of users and groups a part at a time, so that a company of any size needs the memory of one part.

Read only, and for callers that GetAccountAuthorizationDetails was just allowed to, which tells all of this and more.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any, Final

from django.db.models import QuerySet

from accounts.attachments.models import Attachment
from accounts.attachments.shapes import AttachedPolicy
from accounts.groups.models import Group, Membership
from accounts.importing import csv_groups, csv_rows, csv_users
from accounts.inline_policies.models import InlinePolicy
from accounts.inline_policies.shapes import PolicyDetail
from accounts.tenancy.shapes import GroupDetail, UserDetail
from accounts.users.models import User
from iamconsole.storage import tags

PAGE: Final = 1000


def users(rows: QuerySet[User]) -> Iterator[str]:
    """The lines of users by name, after that of the columns; two queries a part."""
    yield csv_rows.heading(csv_users.LAYOUT)
    for page in _pages(rows):
        groups = _listed(Membership.objects.filter(user__in=page).order_by("group__name_key"), "user_id", "group__name")
        yield csv_rows.lines(csv_users.cells(_user(user, groups[user.pk])) for user in page)


def groups(rows: QuerySet[Group]) -> Iterator[str]:
    """The lines of groups by name, after that of the columns; four queries a part."""
    yield csv_rows.heading(csv_groups.LAYOUT)
    for page in _pages(rows):
        members = _listed(Membership.objects.filter(group__in=page), "group_id", "user__name")
        inline = _listed(InlinePolicy.objects.filter(group__in=page).order_by("name"), "group_id", "name")
        attached = defaultdict[int, list[AttachedPolicy]](list)
        held = Attachment.objects.filter(group__in=page).select_related("policy").order_by("policy__unique_id")
        for row in held:
            attached[row.group_id].append(AttachedPolicy.model_construct(policy_arn=row.policy.arn))
        yield csv_rows.lines(
            csv_groups.cells(_group(group, inline[group.pk], attached[group.pk]), members[group.pk]) for group in page
        )


def _pages(rows: QuerySet[Any]) -> Iterator[list[Any]]:
    after = ""
    while found := list(rows.filter(name_key__gt=after).order_by("name_key")[:PAGE]):
        yield found
        after = found[-1].name_key


def _listed(rows: QuerySet[Any], key: str, value: str) -> defaultdict[int, list[str]]:
    found = defaultdict[int, list[str]](list)
    for owner, told in rows.values_list(key, value):
        found[owner].append(told)
    return found


def _user(user: User, groups: Sequence[str]) -> UserDetail:
    return UserDetail.model_construct(
        path=user.path,
        user_name=user.name,
        user_id=user.unique_id,
        arn=user.arn,
        create_date=user.created,
        group_list=list(groups),
        tags=tags.listed(user.tags),
    )


def _group(group: Group, inline: Sequence[str], attached: Sequence[AttachedPolicy]) -> GroupDetail:
    return GroupDetail.model_construct(
        path=group.path,
        group_name=group.name,
        group_id=group.unique_id,
        arn=group.arn,
        create_date=group.created,
        group_policy_list=[PolicyDetail.model_construct(policy_name=name) for name in inline],
        attached_managed_policies=list(attached),
    )
