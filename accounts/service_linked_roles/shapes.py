"""Service-linked roles as AWS shows them."""

from __future__ import annotations

from typing import Annotated

from iamconsole.kernel.shapes import Arn, OneOf, Shape, Text

ServiceName = Annotated[str, Text(1, 128, r"[\w+=,.@-]+")]
CustomSuffix = Annotated[str, Text(1, 64, r"[\w+=,.@-]+")]
DeletionTaskId = Annotated[str, Text(1, 1000)]
DeletionTaskStatus = Annotated[str, OneOf(("SUCCEEDED", "IN_PROGRESS", "FAILED", "NOT_STARTED"))]


class DeleteServiceLinkedRoleResult(Shape):
    deletion_task_id: DeletionTaskId


class RoleUsage(Shape):
    """Where a role is still used."""

    region: str | None = None
    resources: list[Arn] | None = None


class DeletionTaskFailureReason(Shape):
    """Why a deletion failed."""

    reason: str | None = None
    role_usage_list: list[RoleUsage] | None = None


class GetServiceLinkedRoleDeletionStatusResult(Shape):
    status: DeletionTaskStatus
    reason: DeletionTaskFailureReason | None = None
