"""Reading resource policies."""

from __future__ import annotations

from accounts.principals.queries import as_called_now
from accounts.resource_policies import shapes
from accounts.resource_policies.models import ResourcePolicy
from iamconsole.kernel.errors import NoSuchEntity


def of_resource(account_id: str, arn: str, *, lock: bool = False) -> ResourcePolicy:
    """The policy of a resource, locked on request, or NoSuchEntity."""
    rows = ResourcePolicy.objects.filter(account_id=account_id, arn=arn)
    found: ResourcePolicy | None = (rows.select_for_update() if lock else rows).first()
    if found is None:
        raise NoSuchEntity(f"The resource {arn} has no policy.")
    return found


def summary_of(row: ResourcePolicy) -> shapes.ResourcePolicySummary:
    return shapes.ResourcePolicySummary(resource_arn=row.arn, create_date=row.created, update_date=row.updated)


def shown(row: ResourcePolicy) -> shapes.ResourcePolicy:
    """A policy with its document, principals as they are called now."""
    return shapes.ResourcePolicy(**dict(summary_of(row)), policy_document=as_called_now(row.document, row.bindings))
