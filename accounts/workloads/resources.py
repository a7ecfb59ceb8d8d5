"""Workloads for the authorizer, and the roles they are given."""

from __future__ import annotations

from typing import Any

from accounts.instance_profiles.models import InstanceProfile
from accounts.roles.models import Role
from accounts.workloads import proofs
from accounts.workloads.models import OWN, Workload, arn
from iamconsole.kernel.call import Call
from iamconsole.kernel.errors import AccessDenied, NoSuchEntity
from iamconsole.kernel.resources import Resource, ResourceType
from iamconsole.storage.resources import resource_of
from policies.documents.binding import bound_text


def _one(call: Call, request: Any) -> Resource:
    row = Workload.seek(call.account_id, request.workload_name)
    return Resource(arn(call.account_id, row.name if row else request.workload_name), call.account_id)


def _all(call: Call, _request: Any) -> Resource:
    return Resource(arn(call.account_id, ""), call.account_id)


def _in_profile(call: Call, request: Any) -> list[Resource]:
    """The role that a host gets with its instance profile; whoever fills an empty one is asked for it then."""
    profile = InstanceProfile.seek(call.account_id, request.instance_profile_name)
    return [resource_of(profile.role)] if profile and profile.role else []


def _own_role(call: Call, _request: Any) -> Resource:
    """The role of the workload that is calling, which must trust the service it is of."""
    role = role_of(caller(call))
    trust_policy = bound_text(role.trust_policy, role.trust_bindings)
    return Resource(role.arn, role.account_id, tags=role.tags, trust_policy=trust_policy)


def caller(call: Call) -> Workload:
    """The workload that is calling, as it is now; AccessDenied for whoever is none."""
    proven = call.principal.vouched
    if not isinstance(proven, proofs.Proven):
        raise AccessDenied("This takes the proof of a workload, unsigned.")
    return proofs.find(proven.workload_id)


def seek_role(workload: Workload) -> Role | None:
    """The role of a workload, if it has one."""
    if not workload.is_host:
        return workload.role
    return workload.instance_profile.role if workload.instance_profile else None


def role_of(workload: Workload) -> Role:
    """The role of a workload, or NoSuchEntity."""
    role = seek_role(workload)
    if role is None:
        raise NoSuchEntity(f"The workload {workload.name} has no role: give it one with UpdateWorkload.")
    return role


WORKLOAD = ResourceType(OWN, "workload", _one)
WORKLOADS = ResourceType(OWN, "workload", _all)
ROLE_IN_PROFILE = ResourceType("iam", "role", _in_profile)
ROLE_OF_CALLER = ResourceType("iam", "role", _own_role)
