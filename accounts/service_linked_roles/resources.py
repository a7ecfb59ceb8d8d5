"""Service-linked roles for the authorizer."""

from __future__ import annotations

from typing import Any

from accounts.roles.models import Role
from accounts.service_linked_roles.models import RoleDeletion
from accounts.service_linked_roles.naming import name_of, path_of
from iamconsole.kernel.call import Call
from iamconsole.kernel.resources import Resource, ResourceType
from iamconsole.storage.named import arn


def _to_be(call: Call, request: Any) -> Resource:
    service = request.aws_service_name
    name = name_of(service, request.custom_suffix)
    return Resource(arn(call.account_id, Role.arn_kind, path_of(service), name), call.account_id)


def _deleted(call: Call, request: Any) -> Resource:
    task = RoleDeletion.objects.filter(account_id=call.account_id, pk=request.deletion_task_id).first()
    return Resource(task.role_arn if task else f"arn:aws:iam::{call.account_id}:role/*", call.account_id)


SERVICE_LINKED_ROLE = ResourceType("iam", "role", _to_be)
DELETED_ROLE = ResourceType("iam", "role", _deleted)
