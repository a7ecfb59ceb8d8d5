"""What can be done with roles."""

from __future__ import annotations

from accounts.attachments.models import Attachment
from accounts.inline_policies.models import InlinePolicy
from accounts.instance_profiles.models import InstanceProfile
from accounts.roles import queries as roles
from accounts.roles import trust
from accounts.roles.models import SERVICE_ROLE_PATH, Role
from accounts.roles.resources import BOUNDED_ROLE, ROLE, ROLES
from accounts.roles.shapes import (
    ListRolesResult,
    MaxSessionDuration,
    RoleDescription,
    RoleResult,
    UpdateRoleResult,
)
from accounts.saved_views import queries as saved_views
from accounts.tenancy import queries as tenancy
from iamconsole.kernel.call import Call
from iamconsole.kernel.errors import (
    ConcurrentModification,
    DeleteConflict,
    EntityAlreadyExists,
    InvalidInput,
    LimitExceeded,
    MalformedPolicyDocument,
    NoSuchEntity,
    UnmodifiableEntity,
)
from iamconsole.kernel.operation import Access, Implied, Rest, operation
from iamconsole.kernel.paging import page
from iamconsole.kernel.preconditions import tag_of
from iamconsole.kernel.shapes import Arn, Marker, MaxItems, Path, PathPrefix, PolicyDocument, RoleName, Tags
from iamconsole.storage import tags as tagging
from iamconsole.storage.identifiers import Prefix, unique_id
from iamconsole.storage.named import under
from policies.documents import queries as documents


@operation(
    Access.WRITE,
    on=ROLE,
    conditions={"iam:PermissionsBoundary": "permissions_boundary"},
    implies=(Implied("iam:TagRole", ROLE, when="tags"),),
    rest=Rest("POST", "/roles", status=201),
    errors=(
        LimitExceeded,
        InvalidInput,
        EntityAlreadyExists,
        MalformedPolicyDocument,
        ConcurrentModification,
        NoSuchEntity,
    ),
)
def create_role(
    call: Call,
    *,
    path: Path = "/",
    role_name: RoleName,
    assume_role_policy_document: PolicyDocument,
    description: RoleDescription = "",
    max_session_duration: MaxSessionDuration = 3600,
    permissions_boundary: Arn | None = None,
    tags: Tags = [],  # noqa: B006
) -> RoleResult:
    """Create a role; its trust policy says who may assume it."""
    if path.startswith(SERVICE_ROLE_PATH):
        raise InvalidInput(f"The path {SERVICE_ROLE_PATH} is kept for roles that services own.")
    tenancy.lock(call.account_id)
    Role.refuse_taken(call.account_id, role_name)
    bindings = trust.checked(call, assume_role_policy_document)
    call.quota("RolesPerAccount").check(Role.objects.filter(account_id=call.account_id).count())
    role = Role(
        account_id=call.account_id,
        unique_id=unique_id(Prefix.ROLE),
        name=role_name,
        path=path,
        created=call.time,
        trust_policy=assume_role_policy_document,
        trust_bindings=bindings,
        description=description,
        max_session_duration=max_session_duration,
        tags=tagging.merged(call, {}, tags, ignore_case=True),
        boundary=documents.boundary(call, permissions_boundary) if permissions_boundary else None,
    )
    role.save(force_insert=True)
    call.emit("role", role.unique_id, "created")
    return RoleResult(role=roles.shown(role))


@operation(Access.READ, on=BOUNDED_ROLE, rest=Rest("GET", "/roles/{role_name}"), errors=(NoSuchEntity,))
def get_role(call: Call, *, role_name: RoleName) -> RoleResult:
    """Show a role: trust policy, session length, boundary, tags and last use."""
    return RoleResult(role=roles.shown(roles.find(call.account_id, role_name)))


@operation(Access.LIST, on=ROLES, pages="roles", rest=Rest("GET", "/roles"))
def list_roles(
    call: Call, *, path_prefix: PathPrefix = "/", marker: Marker | None = None, max_items: MaxItems | None = None
) -> ListRolesResult:
    """List the roles whose path begins with a prefix."""
    rows = under(Role.objects.filter(account_id=call.account_id), path_prefix)
    found, rest = page(rows, by="name_key", marker=marker, max_items=max_items)
    return ListRolesResult(roles=[roles.shown(role, whole=False) for role in found], **rest)


@operation(
    Access.WRITE,
    on=BOUNDED_ROLE,
    rest=Rest("PATCH", "/roles/{role_name}"),
    errors=(UnmodifiableEntity, NoSuchEntity),
)
def update_role(
    call: Call,
    *,
    role_name: RoleName,
    description: RoleDescription | None = None,
    max_session_duration: MaxSessionDuration | None = None,
) -> UpdateRoleResult:
    """Change a role's description or the longest session that may be asked for."""
    role = roles.modifiable(call.account_id, role_name)
    if description is not None:
        role.description = description
    role.max_session_duration = max_session_duration or role.max_session_duration
    role.save(update_fields=["description", "max_session_duration"])
    call.emit("role", role.unique_id, "updated")
    return UpdateRoleResult()


@operation(
    Access.WRITE,
    on=BOUNDED_ROLE,
    rest=Rest("PUT", "/roles/{role_name}/description"),
    errors=(NoSuchEntity, UnmodifiableEntity),
)
def update_role_description(call: Call, *, role_name: RoleName, description: RoleDescription) -> RoleResult:
    """Change a role's description; UpdateRole does the same and more."""
    role = roles.modifiable(call.account_id, role_name)
    role.description = description
    role.save(update_fields=["description"])
    call.emit("role", role.unique_id, "updated")
    return RoleResult(role=roles.shown(role))


@operation(
    Access.WRITE,
    on=BOUNDED_ROLE,
    rest=Rest("DELETE", "/roles/{role_name}", status=204),
    errors=(NoSuchEntity, DeleteConflict, LimitExceeded, UnmodifiableEntity, ConcurrentModification),
)
def delete_role(call: Call, *, role_name: RoleName) -> None:
    """Delete a role that has no policies and no instance profile left."""
    role = roles.modifiable(call.account_id, role_name)
    if InstanceProfile.objects.filter(role=role).exists():
        raise DeleteConflict("Cannot delete entity, must remove roles from instance profile first.")
    if Attachment.objects.filter(role=role).exists():
        raise DeleteConflict("Cannot delete entity, must detach all policies first.")
    if InlinePolicy.objects.filter(role=role).exists():
        raise DeleteConflict("Cannot delete entity, must delete policies first.")
    saved_views.forget(call.account_id, role.unique_id)
    role.delete()
    call.emit("role", role.unique_id, "deleted", revokes=True)


@operation(
    Access.PERMISSIONS,
    on=BOUNDED_ROLE,
    rest=Rest("PUT", "/roles/{role_name}/trust-policy", status=204),
    errors=(NoSuchEntity, MalformedPolicyDocument, LimitExceeded, UnmodifiableEntity),
)
def update_assume_role_policy(call: Call, *, role_name: RoleName, policy_document: PolicyDocument) -> None:
    """Replace a role's trust policy."""
    role = roles.modifiable(call.account_id, role_name)
    call.demand_match(tag_of(role.trust_policy))
    role.trust_bindings = trust.checked(call, policy_document)
    role.trust_policy = policy_document
    role.save(update_fields=["trust_policy", "trust_bindings"])
    call.emit("role", role.unique_id, "updated", revokes=True)
