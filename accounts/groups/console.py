"""The console's list of groups: search, ordering, page numbers and counts, which ListGroups does not have.

Read only, and for callers that ListGroups was just allowed to; the number of queries does not depend on the rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Exists, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from accounts.attachments.models import Attachment
from accounts.groups.models import Group, Membership
from accounts.inline_policies.models import InlinePolicy
from iamconsole.storage.named import name_key
from iamconsole.storage.ranking import nearest


@dataclass(frozen=True, slots=True)
class GroupRow:
    """A group as the list shows it."""

    name: str
    arn: str
    path: str
    created: datetime
    users: int
    policies: int


def find(
    account_id: str, *, text: str, only: str, order: str, descending: bool, offset: int, limit: int, now: datetime
) -> tuple[list[GroupRow], int, int]:
    """A page of groups, how many match, and how many there are."""
    everything = Group.objects.filter(account_id=account_id)
    matching = matches(account_id, text=text, only=only)
    ordered = matching.annotate(users=_tally(Membership, account_id)).order_by(
        f"{'-' if descending else ''}{order if order in ('created', 'users') else 'name_key'}", "name_key"
    )
    policies = _tally(Attachment, account_id) + _tally(InlinePolicy, account_id)
    rows = ordered.annotate(policies=policies)[offset : offset + limit]
    return [_row(group) for group in rows], matching.count(), everything.count()


def matches(account_id: str, *, text: str, only: str) -> QuerySet[Group]:
    """All groups that match, in no order."""
    return _only(_matching(Group.objects.filter(account_id=account_id), text), account_id, only)


def offered(account_id: str) -> QuerySet[Group]:
    """Every group to choose from, for callers that ListGroups may tell of them."""
    return Group.objects.filter(account_id=account_id).order_by("name_key")


def suggestions(account_id: str, *, text: str, limit: int) -> list[tuple[str, str]]:
    """The names nearest to a text, each with what its page is called by."""
    found = nearest(Group.objects.filter(account_id=account_id), text, limit)
    return [(row.name, row.name) for row in found]


def size(account_id: str, name: str) -> int:
    """How many users a group has, for callers that GetGroup was just allowed to."""
    return Membership.objects.filter(account_id=account_id, group__name_key=name_key(name)).count()


def policies_of(account_id: str, names: Sequence[str]) -> list[tuple[str, str, str]]:
    """Group, policy and, of a managed one, its ARN, for callers who may list the policies of these groups; two queries.

    In the order of the names given; a group's managed policies come first.
    """
    chosen = {"account_id": account_id, "group__name_key__in": [name_key(name) for name in names]}
    attached = Attachment.objects.filter(**chosen).select_related("group", "policy")
    found = [(row.group.name, row.policy.name, row.policy.arn) for row in attached]
    inline = InlinePolicy.objects.filter(**chosen).values_list("group__name", "name")
    found += [(group, name, "") for group, name in inline]
    place = {name: number for number, name in enumerate(names)}
    return sorted(found, key=lambda each: (place[each[0]], not each[2], each[1]))


def _matching(rows: QuerySet[Group], text: str) -> QuerySet[Group]:
    wanted = text.strip()
    if wanted.startswith("arn:"):
        return rows.filter(name_key=wanted.rsplit("/", 1)[-1].lower(), account_id__in=wanted.split(":")[4:5])
    found = Q(name_key__contains=wanted.lower()) | Q(path__icontains=wanted) | Q(unique_id__iexact=wanted)
    return rows.filter(found) if wanted else rows


def _only(rows: QuerySet[Group], account_id: str, only: str) -> QuerySet[Group]:
    theirs = {"account_id": account_id, "group": OuterRef("pk")}
    match only:
        case "empty":
            return rows.filter(~Exists(Membership.objects.filter(**theirs)))
        case "powerless":
            policies = Exists(Attachment.objects.filter(**theirs)) | Exists(InlinePolicy.objects.filter(**theirs))
            return rows.filter(~policies)
    return rows


def _tally(model: Any, account_id: str) -> Coalesce:
    mine = model.objects.filter(account_id=account_id, group=OuterRef("pk")).order_by().values("group")
    return Coalesce(Subquery(mine.annotate(n=Count("pk")).values("n"), output_field=IntegerField()), 0)


def _row(group: Any) -> GroupRow:
    return GroupRow(group.name, group.arn, group.path, group.created, group.users, group.policies)
