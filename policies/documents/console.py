"""The console's list of managed policies: search, type, use, ordering and page numbers, which ListPolicies has not.

Read only, and for callers that ListPolicies was just allowed to; the number of queries does not depend on the rows.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.apps import apps
from django.db.models import Count, F, IntegerField, OrderBy, OuterRef, Q, QuerySet, Subquery
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
    """A page of policies, how many match, and how many there are.

    What is counted is counted of the page alone: a database would do it for every row that is passed over.
    """
    everything = ManagedPolicy.objects.filter(account_id__in=(account_id, AWS))
    matching = _only(_matching(everything, text), account_id, only)
    attached = _tally("accounts.Attachment", "policy", account_id)
    by = {"name": "name_key", "attached": attached, "updated": "updated"}.get(order, "name_key")
    ordering = (OrderBy(F(by) if isinstance(by, str) else by, descending=descending), "name_key", "account_id")
    page = matching.order_by(*ordering).values("pk")[offset : offset + limit]
    rows = ManagedPolicy.objects.filter(account_id__in=(account_id, AWS), pk__in=page).annotate(
        attached=attached,
        bounding=_tally("accounts.User", "boundary", account_id) + _tally("accounts.Role", "boundary", account_id),
    )
    return [_row(policy) for policy in rows.order_by(*ordering)], matching.count(), everything.count()


def offered(account_id: str) -> QuerySet[ManagedPolicy]:
    """Every policy to choose from, the account's own before AWS's; for callers that ListPolicies may tell of them."""
    return ManagedPolicy.objects.filter(account_id__in=(account_id, AWS)).order_by("account_id", "name_key")


def by_aws(account_id: str) -> QuerySet[ManagedPolicy]:
    """AWS's own, which are the same everywhere and no secret."""
    return offered(account_id).filter(account_id=AWS)


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
            return rows.filter(_used("accounts.Attachment", "policy", account_id))
        case "boundary":
            return rows.filter(_bounds(account_id))
        case "unused":
            used = _used("accounts.Attachment", "policy", account_id) | _bounds(account_id)
            return rows.filter(~used, account_id=account_id)
    return rows


def _bounds(account_id: str) -> Q:
    return _used("accounts.User", "boundary", account_id) | _used("accounts.Role", "boundary", account_id)


def _used(model: str, field: str, account_id: str) -> Q:
    mine = apps.get_model(model).objects.filter(account_id=account_id, **{f"{field}__isnull": False})
    return Q(pk__in=mine.values(field))


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
