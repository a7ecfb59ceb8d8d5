"""Managed policies as AWS shows them."""

from __future__ import annotations

from typing import Annotated

from iamconsole.kernel.shapes import (
    Arn,
    Number,
    OneOf,
    Paged,
    Path,
    Shape,
    StoredDocument,
    Tag,
    Text,
    Timestamp,
    UniqueId,
    VersionId,
)

# AWS names no pattern; what neither XML nor PostgreSQL can carry is refused all the same.
PolicyDescription = Annotated[str, Text(None, 1000, r"[\u0009\u000A\u000D\u0020-\U0010FFFF]*")]
Scope = Annotated[str, OneOf(("All", "AWS", "Local"))]
PolicyUsage = Annotated[str, OneOf(("PermissionsPolicy", "PermissionsBoundary"))]
EntityFilter = Annotated[str, OneOf(("User", "Role", "Group", "LocalManagedPolicy", "AWSManagedPolicy"))]
Count = Annotated[int, Number(0)]


class Policy(Shape):
    """A managed policy; lists leave out description and tags."""

    policy_name: str
    policy_id: UniqueId
    arn: Arn
    path: Path
    default_version_id: VersionId
    attachment_count: Count
    permissions_boundary_usage_count: Count
    is_attachable: bool = True
    description: str | None = None
    create_date: Timestamp
    update_date: Timestamp
    tags: list[Tag] | None = None


class PolicyResult(Shape):
    policy: Policy


class ListPoliciesResult(Paged):
    policies: list[Policy]


class PolicyVersion(Shape):
    """One version; lists leave out the document."""

    document: StoredDocument | None = None
    version_id: VersionId
    is_default_version: bool
    create_date: Timestamp


class PolicyVersionResult(Shape):
    policy_version: PolicyVersion


class ListPolicyVersionsResult(Paged):
    versions: list[PolicyVersion]


class ListTagsResult(Paged):
    tags: list[Tag]
