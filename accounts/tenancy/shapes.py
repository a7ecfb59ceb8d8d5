"""The account as AWS shows it."""

from __future__ import annotations

from typing import Annotated

from accounts.attachments.shapes import AttachedPolicy
from accounts.inline_policies.shapes import PolicyDetail
from accounts.instance_profiles.shapes import InstanceProfile
from accounts.roles.shapes import RoleLastUsed
from accounts.users.shapes import AttachedPermissionsBoundary
from iamconsole.kernel.shapes import (
    Arn,
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
from policies.documents.shapes import PolicyVersion

AccountAlias = Annotated[str, Text(3, 63, r"^[a-z0-9]([a-z0-9]|-(?!-)){1,61}[a-z0-9]$")]
EntityType = Annotated[str, OneOf(("User", "Role", "Group", "LocalManagedPolicy", "AWSManagedPolicy"))]

GlobalEndpointTokenVersion = Annotated[str, OneOf(("v1Token", "v2Token"))]


class ListAccountAliasesResult(Paged):
    account_aliases: list[AccountAlias]


class GetAccountSummaryResult(Shape):
    summary_map: dict[str, int]


class UserDetail(Shape):
    """A user with everything that grants him something."""

    path: Path
    user_name: str
    user_id: UniqueId
    arn: Arn
    create_date: Timestamp
    user_policy_list: list[PolicyDetail]
    group_list: list[str]
    attached_managed_policies: list[AttachedPolicy]
    permissions_boundary: AttachedPermissionsBoundary | None = None
    tags: list[Tag]


class GroupDetail(Shape):
    """A group with its policies."""

    path: Path
    group_name: str
    group_id: UniqueId
    arn: Arn
    create_date: Timestamp
    group_policy_list: list[PolicyDetail]
    attached_managed_policies: list[AttachedPolicy]


class RoleDetail(Shape):
    """A role with its trust policy, policies and instance profiles."""

    path: Path
    role_name: str
    role_id: UniqueId
    arn: Arn
    create_date: Timestamp
    assume_role_policy_document: StoredDocument
    instance_profile_list: list[InstanceProfile]
    role_policy_list: list[PolicyDetail]
    attached_managed_policies: list[AttachedPolicy]
    permissions_boundary: AttachedPermissionsBoundary | None = None
    tags: list[Tag]
    role_last_used: RoleLastUsed


class ManagedPolicyDetail(Shape):
    """A managed policy with all of its versions."""

    policy_name: str
    policy_id: UniqueId
    arn: Arn
    path: Path
    default_version_id: VersionId
    attachment_count: int
    permissions_boundary_usage_count: int
    is_attachable: bool = True
    description: str | None = None
    create_date: Timestamp
    update_date: Timestamp
    policy_version_list: list[PolicyVersion]


class GetAccountAuthorizationDetailsResult(Paged):
    user_detail_list: list[UserDetail]
    group_detail_list: list[GroupDetail]
    role_detail_list: list[RoleDetail]
    policies: list[ManagedPolicyDetail]


PropertyName = Annotated[str, Text(1, 50, r"^[A-Za-z][A-Za-z0-9/_-]*$")]
PropertyValue = Annotated[str, Text(1, 1024)]
Properties = dict[PropertyName, PropertyValue]


class GetAccountPropertiesResult(Shape):
    properties: dict[str, str]


class PutAccountPropertiesResult(Shape):
    """Nothing: AWS answers with an empty structure."""
