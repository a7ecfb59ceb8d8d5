"""The console's list of managed policies: search, type, use, ordering and page numbers, which ListPolicies has not.

Read only, and for callers that ListPolicies was just allowed to; the number of queries does not depend on the rows.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.apps import apps
from django.db.models import Count, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from iamconsole.storage.ranking import nearest
from policies.documents.models import ManagedPolicy
from policies.documents.queries import AWS


@dataclass(frozen=True, slots=True)
class PolicyRow:
    """A managed policy as the list shows it; counts are of this account's entities alone."""

    name: str
    arn: str
    aws: bool
    description: str
    default_version: str
    attached: int
    bounding: int
    updated: datetime


def find(
    account_id: str, *, text: str, only: str, order: str, descending: bool, offset: int, limit: int, now: datetime
) -> tuple[list[PolicyRow], int, int]:
    """A page of policies, how many match, and how many there are."""
    everything = ManagedPolicy.objects.filter(account_id__in=(account_id, AWS))
    counted = everything.annotate(
        attached=_tally("accounts.Attachment", "policy", account_id),
        bounding=_tally("accounts.User", "boundary", account_id) + _tally("accounts.Role", "boundary", account_id),
    )
    matching = _only(_matching(counted, text), account_id, only)
    by = {"name": "name_key", "attached": "attached", "updated": "updated"}.get(order, "name_key")
    rows = matching.order_by(f"{'-' if descending else ''}{by}", "name_key", "account_id")[offset : offset + limit]
    return [_row(policy) for policy in rows], matching.count(), everything.count()


def suggestions(account_id: str, *, text: str, limit: int) -> list[tuple[str, str]]:
    """The names nearest to a text, each with what its page is called by."""
    found = nearest(ManagedPolicy.objects.filter(account_id__in=(account_id, AWS)), text, limit)
    return [(row.name, row.arn) for row in found]


def _matching(rows: QuerySet[ManagedPolicy], text: str) -> QuerySet[ManagedPolicy]:
    wanted = text.strip()
    if wanted.startswith("arn:"):
        return rows.filter(name_key=wanted.rsplit("/", 1)[-1].lower(), account_id__in=wanted.split(":")[4:5])
    found = Q(name_key__contains=wanted.lower()) | Q(description__icontains=wanted) | Q(path__icontains=wanted)
    return rows.filter(found) if wanted else rows


def _only(rows: QuerySet[ManagedPolicy], account_id: str, only: str) -> QuerySet[ManagedPolicy]:
    match only:
        case "customer":
            return rows.filter(account_id=account_id)
        case "aws":
            return rows.filter(account_id=AWS)
        case "attached":
            return rows.filter(attached__gt=0)
        case "boundary":
            return rows.filter(bounding__gt=0)
        case "unused":
            return rows.filter(attached=0, bounding=0, account_id=account_id)
    return rows


def _tally(model: str, field: str, account_id: str) -> Coalesce:
    related = apps.get_model(model)  # that app is loaded after this one
    mine = related.objects.filter(account_id=account_id, **{field: OuterRef("pk")}).order_by().values(field)
    return Coalesce(Subquery(mine.annotate(n=Count("pk")).values("n"), output_field=IntegerField()), 0)


def _row(policy: Any) -> PolicyRow:
    return PolicyRow(
        name=policy.name,
        arn=policy.arn,
        aws=policy.account_id == AWS,
        description=policy.description,
        default_version=f"v{policy.default_version}",
        attached=policy.attached,
        bounding=policy.bounding,
        updated=policy.updated,
    )
