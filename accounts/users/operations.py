"""What can be done with users."""

from __future__ import annotations

from accounts.access_keys.models import AccessKey
from accounts.attachments.models import Attachment
from accounts.groups.models import Membership
from accounts.inline_policies.models import InlinePolicy
from accounts.mfa.models import MFADevice
from accounts.passwords.models import LoginProfile
from accounts.roles import trust
from accounts.saved_views import queries as saved_views
from accounts.service_credentials.models import ServiceSpecificCredential
from accounts.signing_certificates.models import SigningCertificate
from accounts.ssh_keys.models import SSHPublicKey
from accounts.tenancy import queries as tenancy
from accounts.users import queries as users
from accounts.users.models import User
from accounts.users.resources import NEW_USER, USER, USER_OR_CALLER, USERS
from accounts.users.shapes import ListUsersResult, UserResult
from iamconsole.kernel.call import Call
from iamconsole.kernel.errors import (
    ConcurrentModification,
    DeleteConflict,
    EntityAlreadyExists,
    EntityTemporarilyUnmodifiable,
    InvalidInput,
    LimitExceeded,
    NoSuchEntity,
)
from iamconsole.kernel.operation import Access, Implied, Rest, operation
from iamconsole.kernel.paging import page
from iamconsole.kernel.shapes import Arn, ExistingUserName, Marker, MaxItems, Path, PathPrefix, Tags, UserName
from iamconsole.storage import tags as tagging
from iamconsole.storage import tallies
from iamconsole.storage.identifiers import Prefix, unique_id
from iamconsole.storage.named import under
from iamconsole.storage.tenant import TenantRow
from policies.documents import queries as documents

# What must be gone before a user can be deleted, and how AWS says that it is not.
DEPENDENTS: dict[type[TenantRow], str] = {
    LoginProfile: "Cannot delete entity, must delete login profile first.",
    AccessKey: "Cannot delete entity, must delete access keys first.",
    MFADevice: "Cannot delete entity, must delete MFA device first.",
    SigningCertificate: "Cannot delete entity, must delete signing certificates first.",
    SSHPublicKey: "Cannot delete entity, must delete SSH public keys first.",
    ServiceSpecificCredential: "Cannot delete entity, must delete service specific credentials first.",
    Membership: "Cannot delete entity, must remove users from group first.",
    Attachment: "Cannot delete entity, must detach all policies first.",
    InlinePolicy: "Cannot delete entity, must delete policies first.",
}


@operation(
    Access.WRITE,
    on=USER,
    conditions={"iam:PermissionsBoundary": "permissions_boundary"},
    implies=(Implied("iam:TagUser", USER, when="tags"),),
    rest=Rest("POST", "/users", status=201),
    errors=(LimitExceeded, EntityAlreadyExists, NoSuchEntity, InvalidInput, ConcurrentModification),
)
def create_user(
    call: Call,
    *,
    user_name: UserName,
    path: Path = "/",
    permissions_boundary: Arn | None = None,
    tags: Tags = [],  # noqa: B006  (a shape's default; pydantic copies it)
) -> UserResult:
    """Create an IAM user.

    The user can do nothing until policies say otherwise.
    """
    quota = call.quota("UsersPerAccount")
    tenancy.lock(call.account_id)
    User.refuse_taken(call.account_id, user_name)
    quota.check(tallies.at_most(User, call.account_id, limit=quota.limit, is_root=False))
    user = User(
        account_id=call.account_id,
        unique_id=unique_id(Prefix.USER),
        name=user_name,
        path=path,
        created=call.time,
        tags=tagging.merged(call, {}, tags, ignore_case=True),
        boundary=documents.boundary(call, permissions_boundary) if permissions_boundary else None,
    )
    user.set_unusable_password()
    user.save(force_insert=True)
    call.emit("user", user.unique_id, "created")
    return UserResult(user=users.shown(user, new=True))


@operation(Access.READ, on=USER_OR_CALLER, rest=Rest("GET", "/users/{user_name}"), errors=(NoSuchEntity,))
def get_user(call: Call, *, user_name: ExistingUserName | None = None) -> UserResult:
    """Show a user: path, unique id, ARN, boundary, tags and when the password was last used.

    Without a name the caller is meant.
    """
    return UserResult(user=users.shown(users.named_or_caller(call, user_name, shown=True)))


@operation(Access.LIST, on=USERS, pages="users", rest=Rest("GET", "/users"))
def list_users(
    call: Call, *, path_prefix: PathPrefix = "/", marker: Marker | None = None, max_items: MaxItems | None = None
) -> ListUsersResult:
    """List the users whose path begins with a prefix."""
    rows = under(User.objects.filter(account_id=call.account_id, is_root=False), path_prefix)
    found, rest = page(rows.select_related("login_profile"), by="name_key", marker=marker, max_items=max_items)
    return ListUsersResult(users=[users.shown(user, whole=False) for user in found], **rest)


@operation(
    Access.WRITE,
    on=(USER, NEW_USER),
    rest=Rest("PATCH", "/users/{user_name}", status=204),
    errors=(NoSuchEntity, LimitExceeded, EntityAlreadyExists, EntityTemporarilyUnmodifiable, ConcurrentModification),
)
def update_user(
    call: Call, *, user_name: ExistingUserName, new_path: Path | None = None, new_user_name: UserName | None = None
) -> None:
    """Rename a user or move it to another path; its id, groups, policies and keys stay.

    Trust policies that name the user follow; policies that name the user as a resource do not.
    """
    user = users.lock(call.account_id, user_name)
    if new_user_name and new_user_name.lower() != user.name_key:
        User.refuse_taken(call.account_id, new_user_name)
    old = user.arn
    user.name = new_user_name or user.name
    user.path = new_path or user.path
    user.save(update_fields=["name", "name_key", "path"])
    if user.arn != old:
        trust.follow(call, old, user.arn)
    call.emit("user", user.unique_id, "updated", revokes=user.arn != old)


@operation(
    Access.WRITE,
    on=USER,
    rest=Rest("DELETE", "/users/{user_name}", status=204),
    errors=(LimitExceeded, NoSuchEntity, DeleteConflict, ConcurrentModification),
)
def delete_user(call: Call, *, user_name: ExistingUserName) -> None:
    """Delete a user that has no password, MFA device, key, certificate, other credential, group or policy left."""
    user = users.lock(call.account_id, user_name)
    for model, text in DEPENDENTS.items():
        if model.objects.filter(user=user).exists():
            raise DeleteConflict(text)
    saved_views.forget(call.account_id, user.unique_id)
    user.delete()
    call.emit("user", user.unique_id, "deleted", revokes=True)
