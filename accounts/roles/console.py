"""The console's list of roles: search, filters, ordering and page numbers, which ListRoles does not have.

Read only, and for callers that ListRoles was just allowed to; the number of queries does not depend on the rows.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import F, Q, QuerySet

from accounts.roles.models import Role
from iamconsole.storage.ranking import nearest
from policies.engine import Effect, MalformedPolicy, PolicyKind, compiled
from policies.engine.document import PrincipalEntry

STALE = timedelta(days=90)
ARN_OR_ACCOUNT = r'"(arn:aws:(iam|sts)::[0-9]{12}:[^"]*|[0-9]{12}|[*])"'
SERVICE_PATH = "/aws-service-role/"


@dataclass(frozen=True, slots=True)
class RoleRow:
    """A role as the list shows it; `trusted` are what stands for the principals of its trust policy, and their text."""

    name: str
    arn: str
    path: str
    description: str
    created: datetime
    last_used: datetime | None
    trusted: dict[str, str]


def find(
    account_id: str, *, text: str, only: str, order: str, descending: bool, offset: int, limit: int, now: datetime
) -> tuple[list[RoleRow], int, int]:
    """A page of roles, how many match, and how many there are."""
    everything = Role.objects.filter(account_id=account_id)
    matching = _only(_matching(everything, text), account_id, only, now)
    rows = _ordered(matching, order, descending)[offset : offset + limit]
    return [_row(role) for role in rows], matching.count(), everything.count()


def offered(account_id: str) -> QuerySet[Role]:
    """Every role to choose from but those of services, for callers that ListRoles may tell of them."""
    return Role.objects.filter(account_id=account_id).exclude(path__startswith=SERVICE_PATH).order_by("name_key")


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


def _only(rows: QuerySet[Role], account_id: str, only: str, now: datetime) -> QuerySet[Role]:
    match only:
        case "never-used":
            return rows.filter(last_used__isnull=True)
        case "unused":
            since = now - STALE
            return rows.filter(created__lt=since).filter(Q(last_used__isnull=True) | Q(last_used__lt=since))
        case "foreign":
            named = rows.filter(trust_policy__regex=ARN_OR_ACCOUNT)
            return _trusting(named, lambda kind, value: kind in ("AWS", "*") and _account(value) != account_id)
        case "of-service":
            return _trusting(rows.filter(trust_policy__contains="Service"), lambda kind, _value: kind == "Service")
        case "service":
            return rows.filter(path__startswith=SERVICE_PATH)
        case "bounded":
            return rows.filter(boundary__isnull=False)
    return rows


def _trusting(rows: QuerySet[Role], wanted: Callable[[str, str], bool]) -> QuerySet[Role]:
    """Those that let in a principal of which `wanted(kind, value)` holds; their documents are read one by one."""
    documents = rows.values_list("pk", "trust_policy")
    found = [pk for pk, text in documents if any(wanted(*each) for each in _let_in(text))]
    return rows.filter(pk__in=found)


def _account(value: str) -> str:
    """The account of a principal, or the value itself where there is none: `*` is everybody."""
    return value.split(":")[4] if value.startswith("arn:") else value


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


def _trusted(document: str) -> dict[str, str]:
    """`ec2.amazonaws.com`, `123456789012`, `saml-provider/Corp`: what stands for each principal, and its own text."""
    return {_said(kind, value): value for kind, value in _principals(document)}


def _let_in(document: str) -> list[PrincipalEntry]:
    """The principals that an Allow names."""
    return _principals(document, Effect.ALLOW)


def _principals(document: str, *effects: Effect) -> list[PrincipalEntry]:
    try:
        statements = compiled(document, PolicyKind.TRUST).document.statements
    except MalformedPolicy:
        return []
    return [each for said in statements if not effects or said.effect in effects for each in said.principals]


def _said(kind: str, value: str) -> str:
    if kind == "AWS" and value.endswith(":root"):
        return value.split(":")[4]
    if kind == "AWS":
        return value.rsplit("/", 1)[-1]
    return value.split(":", 5)[-1] if value.startswith("arn:") else value
