"""Roles as AWS shows them."""

from __future__ import annotations

from typing import Annotated

from accounts.users.shapes import AttachedPermissionsBoundary
from iamconsole.kernel.shapes import (
    Arn,
    Number,
    Paged,
    Path,
    RoleName,
    Shape,
    StoredDocument,
    Tag,
    Text,
    Timestamp,
    UniqueId,
)

RoleDescription = Annotated[str, Text(None, 1000, r"[\u0009\u000A\u000D\u0020-\u007E\u00A1-\u00FF]*")]
MaxSessionDuration = Annotated[int, Number(3600, 43200)]


class RoleLastUsed(Shape):
    """When and from which region a role was last used."""

    last_used_date: Timestamp | None = None
    region: str | None = None


class Role(Shape):
    """A role; lists leave out boundary, last use and tags."""

    path: Path
    role_name: RoleName
    role_id: UniqueId
    arn: Arn
    create_date: Timestamp
    assume_role_policy_document: StoredDocument | None = None
    description: RoleDescription | None = None
    max_session_duration: MaxSessionDuration | None = None
    permissions_boundary: AttachedPermissionsBoundary | None = None
    tags: list[Tag] | None = None
    role_last_used: RoleLastUsed | None = None


class RoleResult(Shape):
    role: Role


class UpdateRoleResult(Shape):
    """Nothing: AWS answers with an empty result."""


class ListRolesResult(Paged):
    roles: list[Role]
