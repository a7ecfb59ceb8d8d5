"""Reading managed policies."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from iamconsole.kernel.call import Call
from iamconsole.kernel.errors import InvalidInput, NoSuchEntity, UnmodifiableEntity
from iamconsole.storage import tags
from iamconsole.storage.named import name_key
from policies.documents import shapes
from policies.documents.models import ManagedPolicy, PolicyVersion

AWS = "aws"
"""The account that owns AWS managed policies."""


def owner_and_name(arn: str) -> tuple[str, str]:
    """`arn:aws:iam::123456789012:policy/team/Name` → (`123456789012`, `Name`); InvalidInput for another form."""
    parts = arn.split(":", 5)
    if len(parts) < 6 or parts[0] != "arn" or parts[2] != "iam" or not parts[5].startswith("policy/"):
        raise InvalidInput(f"ARN {arn} is not valid.")
    return parts[4], parts[5].rsplit("/", 1)[-1]


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
    """A policy of this account, locked for a change; AWS managed policies cannot be changed."""
    found = seek(account_id, arn, lock=True)
    if found is None:
        raise NoSuchEntity(f"Policy {arn} was not found.")
    if found.account_id != account_id:
        raise UnmodifiableEntity(f"Policy {arn} is managed by AWS and cannot be changed.")
    return found


def boundary(call: Call, arn: str) -> ManagedPolicy:
    """A policy to bound a user or role with."""
    return managed(call.account_id, arn)


def version(policy: ManagedPolicy, version_id: str) -> PolicyVersion:
    """The version `v3` of a policy, or NoSuchEntity."""
    number = version_id[1:].split(".")[0]
    found: PolicyVersion | None = PolicyVersion.objects.filter(policy=policy, number=int(number)).first()
    if found is None:
        raise NoSuchEntity(f"Policy {policy.arn} version {version_id} does not exist or is not attachable.")
    return found


def counted(rows: QuerySet[Any]) -> QuerySet[Any]:
    """Policies with how often each is attached and bounds something, in the same query."""
    return rows.annotate(
        attached=_tally("accounts.Attachment", "policy"),
        bounding=_tally("accounts.User", "boundary") + _tally("accounts.Role", "boundary"),
    )


def _tally(model: str, field: str) -> Coalesce:
    from django.apps import apps  # noqa: PLC0415  (this app loads before the one that attaches)

    related = apps.get_model(model)
    per_policy = (
        related.objects.across_accounts("counts per policy; the policy is already the tenant's")
        .filter(**{field: OuterRef("pk")})
        .order_by()
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
