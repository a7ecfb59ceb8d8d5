"""What can be done with groups."""

from __future__ import annotations

from accounts.attachments.models import Attachment
from accounts.groups import queries as groups
from accounts.groups.models import Group, Membership
from accounts.groups.resources import GROUP, GROUPS, NEW_GROUP
from accounts.groups.shapes import CreateGroupResult, GetGroupResult, ListGroupsResult
from accounts.inline_policies.models import InlinePolicy
from accounts.tenancy import queries as tenancy
from accounts.users import queries as users
from accounts.users.resources import USER
from iamconsole.kernel.call import Call
from iamconsole.kernel.errors import DeleteConflict, EntityAlreadyExists, LimitExceeded, NoSuchEntity
from iamconsole.kernel.operation import Access, Rest, operation
from iamconsole.kernel.paging import page
from iamconsole.kernel.shapes import ExistingUserName, GroupName, Marker, MaxItems, Path, PathPrefix
from iamconsole.storage.identifiers import Prefix, unique_id
from iamconsole.storage.named import under


@operation(
    Access.WRITE,
    on=GROUP,
    rest=Rest("POST", "/groups", status=201),
    errors=(LimitExceeded, EntityAlreadyExists, NoSuchEntity),
)
def create_group(call: Call, *, group_name: GroupName, path: Path = "/") -> CreateGroupResult:
    """Create a user group."""
    tenancy.lock(call.account_id)
    Group.refuse_taken(call.account_id, group_name)
    call.quota("GroupsPerAccount").check(Group.objects.filter(account_id=call.account_id).count())
    group = Group(
        account_id=call.account_id,
        unique_id=unique_id(Prefix.GROUP),
        name=group_name,
        path=path,
        created=call.time,
    )
    group.save(force_insert=True)
    call.emit("group", group.unique_id, "created")
    return CreateGroupResult(group=groups.shown(group))


@operation(Access.READ, on=GROUP, pages="users", rest=Rest("GET", "/groups/{group_name}"), errors=(NoSuchEntity,))
def get_group(
    call: Call, *, group_name: GroupName, marker: Marker | None = None, max_items: MaxItems | None = None
) -> GetGroupResult:
    """Show a group and, page by page, the users in it."""
    group = groups.find(call.account_id, group_name)
    members = Membership.objects.filter(group=group).select_related("user__login_profile")
    found, rest = page(members, by="user__name_key", marker=marker, max_items=max_items)
    return GetGroupResult(
        group=groups.shown(group), users=[users.shown(member.user, whole=False) for member in found], **rest
    )


@operation(Access.LIST, on=GROUPS, pages="groups", rest=Rest("GET", "/groups"))
def list_groups(
    call: Call, *, path_prefix: PathPrefix = "/", marker: Marker | None = None, max_items: MaxItems | None = None
) -> ListGroupsResult:
    """List the groups whose path begins with a prefix."""
    rows = under(Group.objects.filter(account_id=call.account_id), path_prefix)
    found, rest = page(rows, by="name_key", marker=marker, max_items=max_items)
    return ListGroupsResult(groups=[groups.shown(group) for group in found], **rest)


@operation(
    Access.LIST,
    on=USER,
    pages="groups",
    rest=Rest("GET", "/users/{user_name}/groups"),
    errors=(NoSuchEntity,),
)
def list_groups_for_user(
    call: Call, *, user_name: ExistingUserName, marker: Marker | None = None, max_items: MaxItems | None = None
) -> ListGroupsResult:
    """List the groups that a user is in."""
    user = users.find(call.account_id, user_name)
    rows = Membership.objects.filter(user=user).select_related("group")
    found, rest = page(rows, by="group__name_key", marker=marker, max_items=max_items)
    return ListGroupsResult(groups=[groups.shown(member.group) for member in found], **rest)


@operation(
    Access.WRITE,
    on=(GROUP, NEW_GROUP),
    rest=Rest("PATCH", "/groups/{group_name}", status=204),
    errors=(NoSuchEntity, EntityAlreadyExists, LimitExceeded),
)
def update_group(
    call: Call, *, group_name: GroupName, new_path: Path | None = None, new_group_name: GroupName | None = None
) -> None:
    """Rename a group or move it to another path; its id, members and policies stay."""
    group = groups.lock(call.account_id, group_name)
    if new_group_name and new_group_name.lower() != group.name_key:
        Group.refuse_taken(call.account_id, new_group_name)
    group.name = new_group_name or group.name
    group.path = new_path or group.path
    group.save(update_fields=["name", "name_key", "path"])
    call.emit("group", group.unique_id, "updated")


@operation(
    Access.WRITE,
    on=GROUP,
    rest=Rest("DELETE", "/groups/{group_name}", status=204),
    errors=(NoSuchEntity, DeleteConflict, LimitExceeded),
)
def delete_group(call: Call, *, group_name: GroupName) -> None:
    """Delete a group that has no users and no policies left."""
    group = groups.lock(call.account_id, group_name)
    if Membership.objects.filter(group=group).exists():
        raise DeleteConflict("Cannot delete entity, must remove users from group first.")
    if Attachment.objects.filter(group=group).exists():
        raise DeleteConflict("Cannot delete entity, must detach all policies first.")
    if InlinePolicy.objects.filter(group=group).exists():
        raise DeleteConflict("Cannot delete entity, must delete policies first.")
    group.delete()
    call.emit("group", group.unique_id, "deleted", revokes=True)


@operation(
    Access.WRITE,
    on=GROUP,
    rest=Rest("PUT", "/groups/{group_name}/users/{user_name}", status=204),
    errors=(NoSuchEntity, LimitExceeded),
)
def add_user_to_group(call: Call, *, group_name: GroupName, user_name: ExistingUserName) -> None:
    """Put a user into a group; one who is in it already stays in it."""
    group = groups.lock(call.account_id, group_name)
    user = users.lock(call.account_id, user_name)
    if Membership.objects.filter(user=user, group=group).exists():
        return
    call.quota("GroupsPerUser").check(Membership.objects.filter(user=user).count())
    Membership.objects.create(account_id=call.account_id, user=user, group=group, created=call.time)
    membership = f"{group.unique_id}/{user.unique_id}"
    call.emit("membership", membership, "created", revokes=True, concerns=[user.arn])


@operation(
    Access.WRITE,
    on=GROUP,
    rest=Rest("DELETE", "/groups/{group_name}/users/{user_name}", status=204),
    errors=(NoSuchEntity, LimitExceeded),
)
def remove_user_from_group(call: Call, *, group_name: GroupName, user_name: ExistingUserName) -> None:
    """Take a user out of a group."""
    group = groups.lock(call.account_id, group_name)
    user = users.lock(call.account_id, user_name)
    gone, _ = Membership.objects.filter(user=user, group=group).delete()
    if not gone:
        raise NoSuchEntity(f"User {user_name} not in group {group_name}")
    membership = f"{group.unique_id}/{user.unique_id}"
    call.emit("membership", membership, "deleted", revokes=True, concerns=[user.arn])
