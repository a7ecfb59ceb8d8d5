"""Roles that belong to a service, which alone may assume them; the ordinary operations refuse to change them."""

from __future__ import annotations

import uuid

from accounts.attachments.models import Attachment
from accounts.inline_policies.models import InlinePolicy
from accounts.roles import queries as roles
from accounts.roles.models import Role
from accounts.roles.resources import ROLE
from accounts.roles.shapes import RoleDescription, RoleResult
from accounts.service_linked_roles.granting import POLICY_NAME, policy_for
from accounts.service_linked_roles.models import RoleDeletion
from accounts.service_linked_roles.naming import name_of, path_of, trust_of
from accounts.service_linked_roles.resources import DELETED_ROLE, SERVICE_LINKED_ROLE
from accounts.service_linked_roles.shapes import (
    CustomSuffix,
    DeleteServiceLinkedRoleResult,
    DeletionTaskId,
    GetServiceLinkedRoleDeletionStatusResult,
    ServiceName,
)
from accounts.tenancy import queries as tenancy
from iamconsole.kernel.call import Call
from iamconsole.kernel.errors import InvalidInput, LimitExceeded, NoSuchEntity
from iamconsole.kernel.operation import Access, Rest, operation
from iamconsole.kernel.shapes import RoleName
from iamconsole.storage.identifiers import Prefix, unique_id


@operation(
    Access.WRITE,
    on=SERVICE_LINKED_ROLE,
    conditions={"iam:AWSServiceName": "aws_service_name"},
    rest=Rest("POST", "/service-linked-roles", status=201),
    errors=(InvalidInput, LimitExceeded, NoSuchEntity),
)
def create_service_linked_role(
    call: Call,
    *,
    aws_service_name: ServiceName,
    description: RoleDescription = "",
    custom_suffix: CustomSuffix | None = None,
) -> RoleResult:
    """Create the role that a service acts by in this account; it trusts that service and nobody else.

    A service that this account registered is allowed what its ServiceLinkedRolePolicy said at this moment.
    """
    name, path = name_of(aws_service_name, custom_suffix), path_of(aws_service_name)
    tenancy.lock(call.account_id)
    granted = policy_for(call.account_id, aws_service_name)
    if Role.seek(call.account_id, name):
        raise InvalidInput(f"Service role name {name} has been taken in this account, please try a different suffix.")
    call.quota("RolesPerAccount").check(Role.objects.filter(account_id=call.account_id).count())
    role = Role(
        account_id=call.account_id,
        unique_id=unique_id(Prefix.ROLE),
        name=name,
        path=path,
        created=call.time,
        trust_policy=trust_of(aws_service_name),
        description=description,
    )
    role.save(force_insert=True)
    if granted:
        InlinePolicy.objects.create(
            account_id=call.account_id, role=role, name=POLICY_NAME, document=granted, updated=call.time
        )
    call.emit("role", role.unique_id, "created")
    return RoleResult(role=roles.shown(role))


@operation(
    Access.WRITE,
    on=ROLE,
    rest=Rest("DELETE", "/service-linked-roles/{role_name}"),
    errors=(NoSuchEntity, LimitExceeded),
)
def delete_service_linked_role(call: Call, *, role_name: RoleName) -> DeleteServiceLinkedRoleResult:
    """Delete a service-linked role with its policies, at once: no service is kept here that could still use it."""
    role = roles.lock(call.account_id, role_name)
    if not role.is_service_linked:
        raise NoSuchEntity(f"The role with name {role_name} is not a service-linked role.")
    Attachment.objects.filter(role=role).delete()
    InlinePolicy.objects.filter(role=role).delete()
    task = RoleDeletion.objects.create(
        id=f"task{role.path}{role.name}/{uuid.uuid4()}",
        account_id=call.account_id,
        role_arn=role.arn,
        created=call.time,
    )
    role.delete()
    call.emit("role", role.unique_id, "deleted", revokes=True)
    return DeleteServiceLinkedRoleResult(deletion_task_id=task.id)


@operation(
    Access.READ,
    on=DELETED_ROLE,
    rest=Rest("GET", "/service-linked-roles/deletions/{deletion_task_id}"),
    errors=(NoSuchEntity, InvalidInput),
)
def get_service_linked_role_deletion_status(
    call: Call, *, deletion_task_id: DeletionTaskId
) -> GetServiceLinkedRoleDeletionStatusResult:
    """Tell how a deletion went; it went well, or there would be no task."""
    if not RoleDeletion.objects.filter(account_id=call.account_id, pk=deletion_task_id).exists():
        raise NoSuchEntity(f"Deletion task {deletion_task_id} cannot be found.")
    return GetServiceLinkedRoleDeletionStatusResult(status="SUCCEEDED")
