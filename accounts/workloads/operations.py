"""What can be done with workloads."""

from __future__ import annotations

import secrets

from accounts.instance_profiles import queries as profiles
from accounts.roles import queries as roles
from accounts.roles.resources import ROLE
from accounts.tenancy import queries as tenancy
from accounts.workloads import keys, shapes
from accounts.workloads import queries as workloads
from accounts.workloads.models import HOSTS, OWN, TASKS, Workload
from accounts.workloads.resources import ROLE_IN_PROFILE, WORKLOAD, WORKLOADS
from iamconsole.kernel.call import Call
from iamconsole.kernel.errors import (
    EntityAlreadyExists,
    InvalidInput,
    InvalidPublicKey,
    LimitExceeded,
    MalformedCertificate,
    NoSuchEntity,
)
from iamconsole.kernel.operation import Access, Implied, Rest, operation
from iamconsole.kernel.paging import page
from iamconsole.kernel.shapes import InstanceProfileName, Marker, MaxItems, RoleName

HOST_ID, TASK_ID = 17, 32  # hexadecimal digits, as those of EC2 instances and ECS tasks
PASSING = (
    Implied("iam:PassRole", ROLE_IN_PROFILE, when="instance_profile_name", facts={"iam:PassedToService": HOSTS}),
    Implied("iam:PassRole", ROLE, when="role_name", facts={"iam:PassedToService": TASKS}),
)
ONE = "/workloads/{workload_name}"


@operation(
    Access.WRITE,
    on=WORKLOAD,
    service=OWN,
    implies=PASSING,
    rest=Rest("POST", "/workloads", status=201),
    errors=(
        EntityAlreadyExists,
        InvalidInput,
        InvalidPublicKey,
        LimitExceeded,
        MalformedCertificate,
        NoSuchEntity,
    ),
)
def register_workload(
    call: Call,
    *,
    workload_name: shapes.WorkloadName,
    instance_profile_name: InstanceProfileName | None = None,
    role_name: RoleName | None = None,
    public_key: shapes.PublicKey | None = None,
) -> shapes.WorkloadKeyResult:
    """Register a host with an instance profile, or a task with a role, whose processes get that role's credentials.

    The caller must be allowed to pass the role. The workload proves itself by a host key, which is shown this once, or
    by the private key to a public key or X.509 certificate (PEM) that is given here.
    """
    if (instance_profile_name is None) == (role_name is None):
        raise InvalidInput("Give InstanceProfileName for a host or RoleName for a task, and not both.")
    tenancy.lock(call.account_id)
    Workload.refuse_taken(call.account_id, workload_name)
    call.quota("WorkloadsPerAccount").check(Workload.objects.filter(account_id=call.account_id).count())
    workload = Workload(
        account_id=call.account_id,
        unique_id=_new_id() if role_name is None else secrets.token_hex(TASK_ID // 2),
        name=workload_name,
        service=HOSTS if role_name is None else TASKS,
        created=call.time,
    )
    _give(workload, instance_profile_name, role_name)
    host_key = keys.renew(workload, public_key, now=call.time)
    workload.save(force_insert=True)
    call.emit("workload", workload.unique_id, "created")
    return shapes.WorkloadKeyResult(workload=workloads.shown(workload), host_key=host_key)


def _new_id() -> str:
    return f"i-{secrets.token_hex(HOST_ID // 2 + 1)[:HOST_ID]}"


def _give(workload: Workload, instance_profile_name: str | None, role_name: str | None) -> None:
    """A host stays a host, whatever it is given."""
    if (role_name if workload.is_host else instance_profile_name) is not None:
        raise InvalidInput("A host has an instance profile, a task has a role: register another workload.")
    if instance_profile_name is not None:
        workload.instance_profile = profiles.find(workload.account_id, instance_profile_name)
    if role_name is not None:
        workload.role = roles.find(workload.account_id, role_name)


@operation(Access.READ, on=WORKLOAD, service=OWN, rest=Rest("GET", ONE), errors=(NoSuchEntity,))
def get_workload(call: Call, *, workload_name: shapes.WorkloadName) -> shapes.WorkloadResult:
    """Show a workload, and when it last got credentials."""
    return shapes.WorkloadResult(workload=workloads.shown(workloads.find(call.account_id, workload_name)))


@operation(Access.LIST, on=WORKLOADS, service=OWN, pages="workloads", rest=Rest("GET", "/workloads"))
def list_workloads(
    call: Call, *, marker: Marker | None = None, max_items: MaxItems | None = None
) -> shapes.ListWorkloadsResult:
    """List the workloads of the account."""
    rows = Workload.objects.filter(account_id=call.account_id).select_related("instance_profile", "role")
    found, rest = page(rows, by="name_key", marker=marker, max_items=max_items)
    return shapes.ListWorkloadsResult(workloads=[workloads.shown(row) for row in found], **rest)


@operation(
    Access.WRITE,
    on=WORKLOAD,
    service=OWN,
    implies=PASSING,
    rest=Rest("PATCH", ONE),
    errors=(InvalidInput, NoSuchEntity),
)
def update_workload(
    call: Call,
    *,
    workload_name: shapes.WorkloadName,
    instance_profile_name: InstanceProfileName | None = None,
    role_name: RoleName | None = None,
    status: shapes.WorkloadStatus | None = None,
) -> shapes.WorkloadResult:
    """Give a host another instance profile or a task another role, or make it inactive, or active again.

    An inactive workload gets no credentials; those it has are good until they expire, or RevokeRoleSessions ends them.
    """
    workload = workloads.lock(call.account_id, workload_name)
    _give(workload, instance_profile_name, role_name)
    if status is not None:
        workload.active = status == "Active"
    workload.save(update_fields=["instance_profile", "role", "active"])
    call.emit("workload", workload.unique_id, "updated", revokes=True)
    return shapes.WorkloadResult(workload=workloads.shown(workload))


@operation(
    Access.WRITE,
    on=WORKLOAD,
    service=OWN,
    rest=Rest("POST", f"{ONE}/key"),
    errors=(InvalidPublicKey, MalformedCertificate, NoSuchEntity),
)
def rotate_workload_key(
    call: Call, *, workload_name: shapes.WorkloadName, public_key: shapes.PublicKey | None = None
) -> shapes.WorkloadKeyResult:
    """Replace what a workload proves itself by: a new host key, shown this once, or the public key that is given.

    The key it had counts no more from now on; credentials that its agent holds go on.
    """
    workload = workloads.lock(call.account_id, workload_name)
    host_key = keys.renew(workload, public_key, now=call.time)
    workload.save(update_fields=["key_hash", "public_jwk", "key_created", "key_expires"])
    call.emit("workload", workload.unique_id, "updated", revokes=True)
    return shapes.WorkloadKeyResult(workload=workloads.shown(workload), host_key=host_key)


@operation(Access.WRITE, on=WORKLOAD, service=OWN, rest=Rest("DELETE", ONE, status=204), errors=(NoSuchEntity,))
def deregister_workload(call: Call, *, workload_name: shapes.WorkloadName) -> None:
    """Forget a workload: it gets no credentials any more; those it has are good until they expire."""
    workload = workloads.lock(call.account_id, workload_name)
    workload.delete()
    call.emit("workload", workload.unique_id, "deleted", revokes=True)
