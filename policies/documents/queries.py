"""Reading managed policies."""

from __future__ import annotations

import re
from typing import Any

from django.apps import apps
from django.db.models import Count, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from iamconsole.kernel.call import Call
from iamconsole.kernel.errors import InvalidInput, NoSuchEntity
from iamconsole.storage import tags
from iamconsole.storage.named import name_key
from policies.documents import shapes
from policies.documents.models import ManagedPolicy, PolicyVersion

AWS = "aws"
"""The account that owns AWS managed policies."""
ARN = re.compile(r"arn:aws:iam::(\d{12}|aws):policy/(?:[!-~]+/)?([\w+=,.@-]+)", re.ASCII)
VERSION_ID = re.compile(r"v([1-9]\d{0,8})")


def owner_and_name(arn: str) -> tuple[str, str]:
    """`arn:aws:iam::123456789012:policy/team/Name` → (`123456789012`, `Name`); InvalidInput for another form."""
    found = ARN.fullmatch(arn)
    if found is None:
        raise InvalidInput(f"ARN {arn} is not valid.")
    return found[1], found[2]


def seek(account_id: str, arn: str, *, lock: bool = False) -> ManagedPolicy | None:
    """The policy of that exact ARN as far as this account may see it: its own and AWS's."""
    owner, name = owner_and_name(arn)
    if owner not in (account_id, AWS):
        return None
    rows = ManagedPolicy.objects.filter(account_id=owner, name_key=name_key(name))
    found: ManagedPolicy | None = (rows.select_for_update() if lock else rows).first()
    return found if found and found.arn == arn else None


def managed(account_id: str, arn: str) -> ManagedPolicy:
    """The policy of that ARN, or NoSuchEntity."""
    found = seek(account_id, arn)
    if found is None:
        raise NoSuchEntity(f"Policy {arn} does not exist or is not attachable.")
    return found


def lock(account_id: str, arn: str) -> ManagedPolicy:
    """A policy of this account, locked for a change; the authorizer lets nobody come here for another account's."""
    found = seek(account_id, arn, lock=True)
    if found is None or found.account_id != account_id:
        raise NoSuchEntity(f"Policy {arn} was not found.")
    return found


def boundary(call: Call, arn: str) -> ManagedPolicy:
    """A policy to bound a user or role with, or NoSuchEntity."""
    found = seek(call.account_id, arn)
    if found is None:
        raise NoSuchEntity(f"Scope ARN: {arn} does not exist or is not attachable.")
    return found


def version(policy: ManagedPolicy, version_id: str) -> PolicyVersion:
    """The version `v3` of a policy, or NoSuchEntity."""
    named = VERSION_ID.fullmatch(version_id)
    rows = PolicyVersion.objects.filter(policy=policy)
    found: PolicyVersion | None = rows.filter(number=int(named[1])).first() if named else None
    if found is None:
        raise NoSuchEntity(f"Policy {policy.arn} version {version_id} does not exist or is not attachable.")
    return found


def counted(rows: QuerySet[Any], account_id: str) -> QuerySet[Any]:
    """Policies with how often each is attached and bounds something in this account, in the same query.

    AWS managed policies belong to everybody: what another account does with them is no business of this one.
    """
    return rows.annotate(
        attached=_tally("accounts.Attachment", "policy", account_id),
        bounding=_tally("accounts.User", "boundary", account_id) + _tally("accounts.Role", "boundary", account_id),
    )


def _tally(model: str, field: str, account_id: str) -> Coalesce:
    """How many rows of the account name a policy; found by the policy's index alone.

    SQLite, which keeps no statistics, would else walk all roles of the account for each policy.
    """
    named = apps.get_model(model).objects.across_accounts("the account is asked for as a value, past its index")
    per_policy = (
        named.filter(**{field: OuterRef("pk")})
        .order_by()
        .annotate(owner=Coalesce("account_id", Value("")))
        .filter(owner=account_id)
        .values(field)
        .annotate(n=Count("pk"))
        .values("n")
    )
    return Coalesce(Subquery(per_policy), 0)


def shown(policy: ManagedPolicy, *, whole: bool = True) -> shapes.Policy:
    """A policy from `counted()` as AWS shows it; lists leave out description and tags."""
    return shapes.Policy(
        policy_name=policy.name,
        policy_id=policy.unique_id,
        arn=policy.arn,
        path=policy.path,
        default_version_id=f"v{policy.default_version}",
        attachment_count=getattr(policy, "attached", 0),
        permissions_boundary_usage_count=getattr(policy, "bounding", 0),
        description=(policy.description or None) if whole else None,
        create_date=policy.created,
        update_date=policy.updated,
        tags=tags.shown(policy.tags) if whole else None,
    )


def shown_version(policy: ManagedPolicy, row: PolicyVersion, *, whole: bool = True) -> shapes.PolicyVersion:
    """A version as AWS shows it; lists leave out the document."""
    return shapes.PolicyVersion(
        document=row.document if whole else None,
        version_id=f"v{row.number}",
        is_default_version=row.number == policy.default_version,
        create_date=row.created,
    )
