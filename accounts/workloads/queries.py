"""Reading workloads."""

from __future__ import annotations

from typing import Any

from accounts.workloads import shapes
from accounts.workloads.models import REGION, Workload
from accounts.workloads.resources import seek_role


def find(account_id: str, name: str) -> Workload:
    return Workload.named(account_id, name)


def lock(account_id: str, name: str) -> Workload:
    """The workload, locked until the transaction ends."""
    return Workload.named(account_id, name, lock=True)


def shown(workload: Workload) -> shapes.Workload:
    """The workload as we show it."""
    return shapes.Workload(
        workload_name=workload.name,
        workload_id=workload.unique_id,
        workload_type="Host" if workload.is_host else "Task",
        arn=workload.arn,
        source_arn=workload.source_arn,
        status="Active" if workload.active else "Inactive",
        instance_profile_name=workload.instance_profile.name if workload.instance_profile else None,
        role_name=workload.role.name if workload.role else None,
        key_type="PublicKey" if workload.public_jwk else "HostKey",
        key_thumbprint=workload.public_jwk["kid"] if workload.public_jwk else None,
        key_create_date=workload.key_created,
        key_expiration=workload.key_expires,
        create_date=workload.created,
        last_used_date=workload.last_used,
    )


def metadata(workload: Workload) -> dict[str, Any]:
    """What the workload may know of itself: the members of GetWorkloadMetadataResult."""
    role, profile = seek_role(workload), workload.instance_profile
    return {
        "workload_id": workload.unique_id,
        "account": workload.account_id,
        "region": REGION,
        "role_name": role.name if role else None,
        "instance_profile_arn": profile.arn if profile else None,
        "instance_profile_id": profile.unique_id if profile else None,
    }
