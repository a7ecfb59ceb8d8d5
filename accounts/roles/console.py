"""The console's list of roles: search, filters, ordering and page numbers, which ListRoles does not have.

Read only, and for callers that ListRoles was just allowed to; the number of queries does not depend on the rows.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import F, Q, QuerySet

from accounts.roles.models import Role
from iamconsole.storage.ranking import nearest
from policies.engine import MalformedPolicy, PolicyKind, compiled

SERVICE_PATH = "/aws-service-role/"


@dataclass(frozen=True, slots=True)
class RoleRow:
    """A role as the list shows it; `trusted` are the principals that its trust policy names."""

    name: str
    arn: str
    path: str
    description: str
    created: datetime
    last_used: datetime | None
    trusted: list[str]


def find(
    account_id: str, *, text: str, only: str, order: str, descending: bool, offset: int, limit: int, now: datetime
) -> tuple[list[RoleRow], int, int]:
    """A page of roles, how many match, and how many there are."""
    everything = Role.objects.filter(account_id=account_id)
    matching = _only(_matching(everything, text), only)
    rows = _ordered(matching, order, descending)[offset : offset + limit]
    return [_row(role) for role in rows], matching.count(), everything.count()


def suggestions(account_id: str, *, text: str, limit: int) -> list[tuple[str, str]]:
    """The names nearest to a text, each with what its page is called by."""
    found = nearest(Role.objects.filter(account_id=account_id), text, limit)
    return [(row.name, row.name) for row in found]


def _matching(rows: QuerySet[Role], text: str) -> QuerySet[Role]:
    wanted = text.strip()
    if wanted.startswith("arn:"):
        named = Q(name_key=wanted.rsplit("/", 1)[-1].lower(), account_id__in=wanted.split(":")[4:5])
        return rows.filter(named | Q(trust_policy__contains=wanted))
    found = Q(name_key__contains=wanted.lower()) | Q(description__icontains=wanted) | Q(path__icontains=wanted)
    return rows.filter(found | Q(unique_id__iexact=wanted)) if wanted else rows


def _only(rows: QuerySet[Role], only: str) -> QuerySet[Role]:
    match only:
        case "never-used":
            return rows.filter(last_used__isnull=True)
        case "service":
            return rows.filter(path__startswith=SERVICE_PATH)
        case "bounded":
            return rows.filter(boundary__isnull=False)
    return rows


def _ordered(rows: QuerySet[Role], order: str, descending: bool) -> QuerySet[Role]:
    if order == "last_used":
        used = F("last_used")
        return rows.order_by(used.desc(nulls_last=True) if descending else used.asc(nulls_first=True), "name_key")
    return rows.order_by(f"{'-' if descending else ''}{'created' if order == 'created' else 'name_key'}", "name_key")


def _row(role: Role) -> RoleRow:
    return RoleRow(
        name=role.name,
        arn=role.arn,
        path=role.path,
        description=role.description,
        created=role.created,
        last_used=role.last_used,
        trusted=_trusted(role.trust_policy),
    )


def _trusted(document: str) -> list[str]:
    """`Service ec2.amazonaws.com`, `Account 123456789012`, in the order of the document."""
    try:
        statements = compiled(document, PolicyKind.TRUST).document.statements
    except MalformedPolicy:
        return []
    found = [_said(kind, value) for statement in statements for kind, value in statement.principals]
    return list(dict.fromkeys(found))


def _said(kind: str, value: str) -> str:
    if kind == "AWS" and value.endswith(":root"):
        return value.split(":")[4]
    return value.rsplit("/", 1)[-1] if kind == "AWS" else value
