"""Managed policies on users, groups and roles, and permissions boundaries."""

from __future__ import annotations

from operator import attrgetter
from typing import Any

from django.db.models import Q

from accounts.attachments import lifecycle
from accounts.attachments.models import Attachment
from accounts.attachments.shapes import (
    ListAttachedPoliciesResult,
    ListEntitiesForPolicyResult,
    PolicyGroup,
    PolicyRole,
    PolicyUser,
)
from accounts.groups import queries as groups
from accounts.groups.models import Group
from accounts.groups.resources import GROUP
from accounts.roles import queries as roles
from accounts.roles.models import Role
from accounts.roles.resources import BOUNDED_ROLE, ROLE
from accounts.users import queries as users
from accounts.users.models import User
from accounts.users.resources import BOUNDED_USER, USER
from iamconsole.kernel.call import Call
from iamconsole.kernel.errors import InvalidInput, LimitExceeded, NoSuchEntity, PolicyNotAttachable, UnmodifiableEntity
from iamconsole.kernel.operation import Access, Rest, operation
from iamconsole.kernel.paging import DEFAULT_MAX_ITEMS, decode_marker, page_of_list
from iamconsole.kernel.shapes import (
    Arn,
    GroupName,
    Marker,
    MaxItems,
    Path,
    PolicyPathPrefix,
    RoleName,
    UserName,
)
from iamconsole.storage.named import under
from policies.documents import queries as documents
from policies.documents.resources import READABLE_POLICY
from policies.documents.shapes import EntityFilter, PolicyUsage

KINDS: dict[str, type[User | Group | Role]] = {"User": User, "Group": Group, "Role": Role}


@operation(
    Access.PERMISSIONS,
    on=BOUNDED_USER,
    conditions={"iam:PolicyARN": "policy_arn"},
    rest=Rest("POST", "/users/{user_name}/attached-policies", status=204),
    errors=(NoSuchEntity, LimitExceeded, InvalidInput, PolicyNotAttachable),
)
def attach_user_policy(call: Call, *, user_name: UserName, policy_arn: Arn) -> None:
    """Attach a managed policy to a user; one that is attached already changes nothing and succeeds."""
    lifecycle.attach(call, users.lock(call.account_id, user_name), policy_arn)


@operation(
    Access.PERMISSIONS,
    on=BOUNDED_USER,
    conditions={"iam:PolicyARN": "policy_arn"},
    rest=Rest("DELETE", "/users/{user_name}/attached-policies/{policy_arn}", status=204),
    errors=(NoSuchEntity, LimitExceeded, InvalidInput),
)
def detach_user_policy(call: Call, *, user_name: UserName, policy_arn: Arn) -> None:
    """Detach a managed policy from a user."""
    lifecycle.detach(call, users.lock(call.account_id, user_name), policy_arn)


@operation(
    Access.LIST,
    on=USER,
    pages="attached_policies",
    rest=Rest("GET", "/users/{user_name}/attached-policies"),
    errors=(NoSuchEntity, InvalidInput),
)
def list_attached_user_policies(
    call: Call,
    *,
    user_name: UserName,
    path_prefix: PolicyPathPrefix = "/",
    marker: Marker | None = None,
    max_items: MaxItems | None = None,
) -> ListAttachedPoliciesResult:
    """List the managed policies attached to a user."""
    owner = users.find(call.account_id, user_name)
    return lifecycle.attached(owner, path_prefix=path_prefix, marker=marker, max_items=max_items)


@operation(
    Access.PERMISSIONS,
    on=GROUP,
    conditions={"iam:PolicyARN": "policy_arn"},
    rest=Rest("POST", "/groups/{group_name}/attached-policies", status=204),
    errors=(NoSuchEntity, LimitExceeded, InvalidInput, PolicyNotAttachable),
)
def attach_group_policy(call: Call, *, group_name: GroupName, policy_arn: Arn) -> None:
    """Attach a managed policy to a group; one that is attached already changes nothing and succeeds."""
    lifecycle.attach(call, groups.lock(call.account_id, group_name), policy_arn)


@operation(
    Access.PERMISSIONS,
    on=GROUP,
    conditions={"iam:PolicyARN": "policy_arn"},
    rest=Rest("DELETE", "/groups/{group_name}/attached-policies/{policy_arn}", status=204),
    errors=(NoSuchEntity, LimitExceeded, InvalidInput),
)
def detach_group_policy(call: Call, *, group_name: GroupName, policy_arn: Arn) -> None:
    """Detach a managed policy from a group."""
    lifecycle.detach(call, groups.lock(call.account_id, group_name), policy_arn)


@operation(
    Access.LIST,
    on=GROUP,
    pages="attached_policies",
    rest=Rest("GET", "/groups/{group_name}/attached-policies"),
    errors=(NoSuchEntity, InvalidInput),
)
def list_attached_group_policies(
    call: Call,
    *,
    group_name: GroupName,
    path_prefix: PolicyPathPrefix = "/",
    marker: Marker | None = None,
    max_items: MaxItems | None = None,
) -> ListAttachedPoliciesResult:
    """List the managed policies attached to a group."""
    owner = groups.find(call.account_id, group_name)
    return lifecycle.attached(owner, path_prefix=path_prefix, marker=marker, max_items=max_items)


@operation(
    Access.PERMISSIONS,
    on=BOUNDED_ROLE,
    conditions={"iam:PolicyARN": "policy_arn"},
    rest=Rest("POST", "/roles/{role_name}/attached-policies", status=204),
    errors=(NoSuchEntity, LimitExceeded, InvalidInput, PolicyNotAttachable, UnmodifiableEntity),
)
def attach_role_policy(call: Call, *, role_name: RoleName, policy_arn: Arn) -> None:
    """Attach a managed policy to a role; one that is attached already changes nothing and succeeds."""
    lifecycle.attach(call, roles.modifiable(call.account_id, role_name), policy_arn)


@operation(
    Access.PERMISSIONS,
    on=BOUNDED_ROLE,
    conditions={"iam:PolicyARN": "policy_arn"},
    rest=Rest("DELETE", "/roles/{role_name}/attached-policies/{policy_arn}", status=204),
    errors=(NoSuchEntity, LimitExceeded, InvalidInput, UnmodifiableEntity),
)
def detach_role_policy(call: Call, *, role_name: RoleName, policy_arn: Arn) -> None:
    """Detach a managed policy from a role."""
    lifecycle.detach(call, roles.modifiable(call.account_id, role_name), policy_arn)


@operation(
    Access.LIST,
    on=ROLE,
    pages="attached_policies",
    rest=Rest("GET", "/roles/{role_name}/attached-policies"),
    errors=(NoSuchEntity, InvalidInput),
)
def list_attached_role_policies(
    call: Call,
    *,
    role_name: RoleName,
    path_prefix: PolicyPathPrefix = "/",
    marker: Marker | None = None,
    max_items: MaxItems | None = None,
) -> ListAttachedPoliciesResult:
    """List the managed policies attached to a role."""
    owner = roles.find(call.account_id, role_name)
    return lifecycle.attached(owner, path_prefix=path_prefix, marker=marker, max_items=max_items)


@operation(
    Access.PERMISSIONS,
    on=USER,
    conditions={"iam:PermissionsBoundary": "permissions_boundary"},
    rest=Rest("PUT", "/users/{user_name}/permissions-boundary", status=204),
    errors=(NoSuchEntity, InvalidInput, PolicyNotAttachable),
)
def put_user_permissions_boundary(call: Call, *, user_name: UserName, permissions_boundary: Arn) -> None:
    """Set the managed policy that limits what a user's other policies can grant."""
    lifecycle.bound(call, users.lock(call.account_id, user_name), permissions_boundary)


@operation(
    Access.PERMISSIONS,
    on=BOUNDED_USER,
    rest=Rest("DELETE", "/users/{user_name}/permissions-boundary", status=204),
    errors=(NoSuchEntity,),
)
def delete_user_permissions_boundary(call: Call, *, user_name: UserName) -> None:
    """Take the permissions boundary off a user: its policies count in full again."""
    lifecycle.bound(call, users.lock(call.account_id, user_name), None)


@operation(
    Access.PERMISSIONS,
    on=ROLE,
    conditions={"iam:PermissionsBoundary": "permissions_boundary"},
    rest=Rest("PUT", "/roles/{role_name}/permissions-boundary", status=204),
    errors=(NoSuchEntity, InvalidInput, PolicyNotAttachable, UnmodifiableEntity),
)
def put_role_permissions_boundary(call: Call, *, role_name: RoleName, permissions_boundary: Arn) -> None:
    """Set the managed policy that limits what a role's other policies can grant."""
    lifecycle.bound(call, roles.modifiable(call.account_id, role_name), permissions_boundary)


@operation(
    Access.PERMISSIONS,
    on=BOUNDED_ROLE,
    rest=Rest("DELETE", "/roles/{role_name}/permissions-boundary", status=204),
    errors=(NoSuchEntity, UnmodifiableEntity),
)
def delete_role_permissions_boundary(call: Call, *, role_name: RoleName) -> None:
    """Take the permissions boundary off a role: its policies count in full again."""
    lifecycle.bound(call, roles.modifiable(call.account_id, role_name), None)


@operation(
    Access.LIST,
    on=READABLE_POLICY,
    pages="policy_users",
    rest=Rest("GET", "/policies/{policy_arn}/entities"),
    errors=(NoSuchEntity, InvalidInput),
)
def list_entities_for_policy(
    call: Call,
    *,
    policy_arn: Arn,
    entity_filter: EntityFilter | None = None,
    path_prefix: Path = "/",
    policy_usage_filter: PolicyUsage | None = None,
    marker: Marker | None = None,
    max_items: MaxItems | None = None,
) -> ListEntitiesForPolicyResult:
    """List the users, groups and roles that a managed policy is attached to or bounds."""
    policy = documents.managed(call.account_id, policy_arn)
    rows: list[Any] = []
    for kind, model in KINDS.items():
        if entity_filter in (None, kind):
            owners = under(model.objects.filter(account_id=call.account_id), path_prefix)
            used = owners.filter(_used_by(model, policy, policy_usage_filter))
            rows += _first(used, after=marker, count=(max_items or DEFAULT_MAX_ITEMS) + 1)
    found, rest = page_of_list(rows, key=attrgetter("unique_id"), marker=marker, max_items=max_items)
    return ListEntitiesForPolicyResult(
        policy_groups=[PolicyGroup(group_name=r.name, group_id=r.unique_id) for r in found if isinstance(r, Group)],
        policy_users=[PolicyUser(user_name=r.name, user_id=r.unique_id) for r in found if isinstance(r, User)],
        policy_roles=[PolicyRole(role_name=r.name, role_id=r.unique_id) for r in found if isinstance(r, Role)],
        **rest,
    )


def _first(rows: Any, *, after: str | None, count: int) -> list[Any]:
    """No more of one kind than a page can need."""
    if after:
        rows = rows.filter(unique_id__gt=decode_marker(after))
    return list(rows.order_by("unique_id")[:count])


def _used_by(model: type, policy: Any, usage: str | None) -> Q:
    attached = Q(pk__in=Attachment.objects.filter(policy=policy).values(model.arn_kind))  # type: ignore[attr-defined]
    if model is Group:
        return attached if usage != "PermissionsBoundary" else Q(pk__in=[])
    return {"PermissionsPolicy": attached, "PermissionsBoundary": Q(boundary=policy)}.get(
        usage or "", attached | Q(boundary=policy)
    )
