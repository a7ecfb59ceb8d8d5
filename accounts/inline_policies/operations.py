"""Inline policies of users, groups and roles."""

from __future__ import annotations

from accounts.groups import queries as groups
from accounts.groups.resources import GROUP
from accounts.inline_policies import lifecycle
from accounts.inline_policies.shapes import (
    GetGroupPolicyResult,
    GetRolePolicyResult,
    GetUserPolicyResult,
    ListPolicyNamesResult,
)
from accounts.roles import queries as roles
from accounts.roles.resources import BOUNDED_ROLE, ROLE
from accounts.users import queries as users
from accounts.users.resources import BOUNDED_USER, USER
from iamconsole.kernel.call import Call
from iamconsole.kernel.errors import LimitExceeded, MalformedPolicyDocument, NoSuchEntity, UnmodifiableEntity
from iamconsole.kernel.operation import Access, Rest, operation
from iamconsole.kernel.shapes import (
    ExistingUserName,
    GroupName,
    Marker,
    MaxItems,
    PolicyDocument,
    PolicyName,
    RoleName,
)


@operation(
    Access.PERMISSIONS,
    on=BOUNDED_USER,
    rest=Rest("PUT", "/users/{user_name}/policies/{policy_name}", status=204),
    errors=(LimitExceeded, MalformedPolicyDocument, NoSuchEntity),
)
def put_user_policy(
    call: Call, *, user_name: ExistingUserName, policy_name: PolicyName, policy_document: PolicyDocument
) -> None:
    """Write an inline policy of a user; one of that name is replaced."""
    lifecycle.put(call, users.lock(call.account_id, user_name), policy_name, policy_document)


@operation(
    Access.READ,
    on=USER,
    rest=Rest("GET", "/users/{user_name}/policies/{policy_name}"),
    errors=(NoSuchEntity,),
)
def get_user_policy(call: Call, *, user_name: ExistingUserName, policy_name: PolicyName) -> GetUserPolicyResult:
    """Show an inline policy of a user."""
    row = lifecycle.find(users.find(call.account_id, user_name), policy_name)
    return GetUserPolicyResult(user_name=row.user.name, policy_name=row.name, policy_document=row.document)


@operation(
    Access.PERMISSIONS,
    on=BOUNDED_USER,
    rest=Rest("DELETE", "/users/{user_name}/policies/{policy_name}", status=204),
    errors=(NoSuchEntity, LimitExceeded),
)
def delete_user_policy(call: Call, *, user_name: ExistingUserName, policy_name: PolicyName) -> None:
    """Delete an inline policy of a user."""
    lifecycle.delete(call, users.lock(call.account_id, user_name), policy_name)


@operation(
    Access.LIST,
    on=USER,
    pages="policy_names",
    rest=Rest("GET", "/users/{user_name}/policies"),
    errors=(NoSuchEntity,),
)
def list_user_policies(
    call: Call, *, user_name: ExistingUserName, marker: Marker | None = None, max_items: MaxItems | None = None
) -> ListPolicyNamesResult:
    """List the names of a user's inline policies."""
    return lifecycle.names(users.find(call.account_id, user_name), marker=marker, max_items=max_items)


@operation(
    Access.PERMISSIONS,
    on=GROUP,
    rest=Rest("PUT", "/groups/{group_name}/policies/{policy_name}", status=204),
    errors=(LimitExceeded, MalformedPolicyDocument, NoSuchEntity),
)
def put_group_policy(
    call: Call, *, group_name: GroupName, policy_name: PolicyName, policy_document: PolicyDocument
) -> None:
    """Write an inline policy of a group; one of that name is replaced."""
    lifecycle.put(call, groups.lock(call.account_id, group_name), policy_name, policy_document)


@operation(
    Access.READ,
    on=GROUP,
    rest=Rest("GET", "/groups/{group_name}/policies/{policy_name}"),
    errors=(NoSuchEntity,),
)
def get_group_policy(call: Call, *, group_name: GroupName, policy_name: PolicyName) -> GetGroupPolicyResult:
    """Show an inline policy of a group."""
    row = lifecycle.find(groups.find(call.account_id, group_name), policy_name)
    return GetGroupPolicyResult(group_name=row.group.name, policy_name=row.name, policy_document=row.document)


@operation(
    Access.PERMISSIONS,
    on=GROUP,
    rest=Rest("DELETE", "/groups/{group_name}/policies/{policy_name}", status=204),
    errors=(NoSuchEntity, LimitExceeded),
)
def delete_group_policy(call: Call, *, group_name: GroupName, policy_name: PolicyName) -> None:
    """Delete an inline policy of a group."""
    lifecycle.delete(call, groups.lock(call.account_id, group_name), policy_name)


@operation(
    Access.LIST,
    on=GROUP,
    pages="policy_names",
    rest=Rest("GET", "/groups/{group_name}/policies"),
    errors=(NoSuchEntity,),
)
def list_group_policies(
    call: Call, *, group_name: GroupName, marker: Marker | None = None, max_items: MaxItems | None = None
) -> ListPolicyNamesResult:
    """List the names of a group's inline policies."""
    return lifecycle.names(groups.find(call.account_id, group_name), marker=marker, max_items=max_items)


@operation(
    Access.PERMISSIONS,
    on=BOUNDED_ROLE,
    rest=Rest("PUT", "/roles/{role_name}/policies/{policy_name}", status=204),
    errors=(LimitExceeded, MalformedPolicyDocument, NoSuchEntity, UnmodifiableEntity),
)
def put_role_policy(
    call: Call, *, role_name: RoleName, policy_name: PolicyName, policy_document: PolicyDocument
) -> None:
    """Write an inline policy of a role; one of that name is replaced."""
    lifecycle.put(call, roles.modifiable(call.account_id, role_name), policy_name, policy_document)


@operation(
    Access.READ,
    on=ROLE,
    rest=Rest("GET", "/roles/{role_name}/policies/{policy_name}"),
    errors=(NoSuchEntity,),
)
def get_role_policy(call: Call, *, role_name: RoleName, policy_name: PolicyName) -> GetRolePolicyResult:
    """Show an inline policy of a role."""
    row = lifecycle.find(roles.find(call.account_id, role_name), policy_name)
    return GetRolePolicyResult(role_name=row.role.name, policy_name=row.name, policy_document=row.document)


@operation(
    Access.PERMISSIONS,
    on=BOUNDED_ROLE,
    rest=Rest("DELETE", "/roles/{role_name}/policies/{policy_name}", status=204),
    errors=(NoSuchEntity, LimitExceeded, UnmodifiableEntity),
)
def delete_role_policy(call: Call, *, role_name: RoleName, policy_name: PolicyName) -> None:
    """Delete an inline policy of a role."""
    lifecycle.delete(call, roles.modifiable(call.account_id, role_name), policy_name)


@operation(
    Access.LIST,
    on=ROLE,
    pages="policy_names",
    rest=Rest("GET", "/roles/{role_name}/policies"),
    errors=(NoSuchEntity,),
)
def list_role_policies(
    call: Call, *, role_name: RoleName, marker: Marker | None = None, max_items: MaxItems | None = None
) -> ListPolicyNamesResult:
    """List the names of a role's inline policies."""
    return lifecycle.names(roles.find(call.account_id, role_name), marker=marker, max_items=max_items)
