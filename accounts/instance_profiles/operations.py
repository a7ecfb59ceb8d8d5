"""What can be done with instance profiles."""

from __future__ import annotations

from accounts.instance_profiles import queries as profiles
from accounts.instance_profiles.models import InstanceProfile
from accounts.instance_profiles.resources import INSTANCE_PROFILE, INSTANCE_PROFILES
from accounts.instance_profiles.shapes import InstanceProfileResult, ListInstanceProfilesResult
from accounts.roles import queries as roles
from accounts.roles.resources import ROLE
from accounts.tenancy import queries as tenancy
from iamconsole.kernel.call import Call
from iamconsole.kernel.errors import (
    ConcurrentModification,
    DeleteConflict,
    EntityAlreadyExists,
    InvalidInput,
    LimitExceeded,
    NoSuchEntity,
    UnmodifiableEntity,
)
from iamconsole.kernel.operation import Access, Implied, Rest, operation
from iamconsole.kernel.paging import page
from iamconsole.kernel.shapes import InstanceProfileName, Marker, MaxItems, Path, PathPrefix, RoleName, Tags
from iamconsole.storage import tags as tagging
from iamconsole.storage.identifiers import Prefix, unique_id
from iamconsole.storage.named import under


@operation(
    Access.WRITE,
    on=INSTANCE_PROFILE,
    implies=(Implied("iam:TagInstanceProfile", INSTANCE_PROFILE, when="tags"),),
    rest=Rest("POST", "/instance-profiles", status=201),
    errors=(EntityAlreadyExists, InvalidInput, LimitExceeded, ConcurrentModification),
)
def create_instance_profile(
    call: Call,
    *,
    instance_profile_name: InstanceProfileName,
    path: Path = "/",
    tags: Tags = [],  # noqa: B006
) -> InstanceProfileResult:
    """Create an instance profile: a container through which a host is given a role."""
    tenancy.lock(call.account_id)
    InstanceProfile.refuse_taken(call.account_id, instance_profile_name)
    present = InstanceProfile.objects.filter(account_id=call.account_id).count()
    call.quota("InstanceProfilesPerAccount").check(present)
    profile = InstanceProfile(
        account_id=call.account_id,
        unique_id=unique_id(Prefix.INSTANCE_PROFILE),
        name=instance_profile_name,
        path=path,
        created=call.time,
        tags=tagging.merged(call, {}, tags, ignore_case=False),
    )
    profile.save(force_insert=True)
    call.emit("instance-profile", profile.unique_id, "created")
    return InstanceProfileResult(instance_profile=profiles.shown(profile))


@operation(
    Access.READ,
    on=INSTANCE_PROFILE,
    rest=Rest("GET", "/instance-profiles/{instance_profile_name}"),
    errors=(NoSuchEntity,),
)
def get_instance_profile(call: Call, *, instance_profile_name: InstanceProfileName) -> InstanceProfileResult:
    """Show an instance profile and its role."""
    return InstanceProfileResult(instance_profile=profiles.shown(profiles.find(call.account_id, instance_profile_name)))


@operation(Access.LIST, on=INSTANCE_PROFILES, pages="instance_profiles", rest=Rest("GET", "/instance-profiles"))
def list_instance_profiles(
    call: Call, *, path_prefix: PathPrefix = "/", marker: Marker | None = None, max_items: MaxItems | None = None
) -> ListInstanceProfilesResult:
    """List the instance profiles whose path begins with a prefix."""
    rows = under(InstanceProfile.objects.filter(account_id=call.account_id), path_prefix)
    found, rest = page(rows.select_related("role"), by="name_key", marker=marker, max_items=max_items)
    return ListInstanceProfilesResult(
        instance_profiles=[profiles.shown(profile, whole=False) for profile in found], **rest
    )


@operation(
    Access.LIST,
    on=ROLE,
    pages="instance_profiles",
    rest=Rest("GET", "/roles/{role_name}/instance-profiles"),
    errors=(NoSuchEntity,),
)
def list_instance_profiles_for_role(
    call: Call, *, role_name: RoleName, marker: Marker | None = None, max_items: MaxItems | None = None
) -> ListInstanceProfilesResult:
    """List the instance profiles that hold a role."""
    rows = InstanceProfile.objects.filter(role=roles.find(call.account_id, role_name)).select_related("role")
    found, rest = page(rows, by="name_key", marker=marker, max_items=max_items)
    return ListInstanceProfilesResult(
        instance_profiles=[profiles.shown(profile, whole=False) for profile in found], **rest
    )


@operation(
    Access.WRITE,
    on=INSTANCE_PROFILE,
    implies=(Implied("iam:PassRole", ROLE, facts={"iam:PassedToService": "ec2.amazonaws.com"}),),
    rest=Rest("PUT", "/instance-profiles/{instance_profile_name}/roles/{role_name}", status=204),
    errors=(NoSuchEntity, EntityAlreadyExists, LimitExceeded, UnmodifiableEntity),
)
def add_role_to_instance_profile(
    call: Call, *, instance_profile_name: InstanceProfileName, role_name: RoleName
) -> None:
    """Put a role into an instance profile, which holds one; the caller must be allowed to pass the role."""
    profile = profiles.lock(call.account_id, instance_profile_name)
    role = roles.modifiable(call.account_id, role_name)
    call.quota("InstanceSessionsPerInstanceProfile").check(1 if profile.role_id else 0)
    profile.role = role
    profile.save(update_fields=["role"])
    call.emit("instance-profile", profile.unique_id, "updated", concerns=[role.arn])


@operation(
    Access.WRITE,
    on=INSTANCE_PROFILE,
    rest=Rest("DELETE", "/instance-profiles/{instance_profile_name}/roles/{role_name}", status=204),
    errors=(NoSuchEntity, LimitExceeded, UnmodifiableEntity),
)
def remove_role_from_instance_profile(
    call: Call, *, instance_profile_name: InstanceProfileName, role_name: RoleName
) -> None:
    """Take the role out of an instance profile: hosts that use it lose it."""
    profile = profiles.lock(call.account_id, instance_profile_name)
    role = roles.modifiable(call.account_id, role_name)
    if profile.role_id != role.pk:
        raise NoSuchEntity(f"The role with name {role_name} cannot be found in instance profile {profile.name}.")
    profile.role = None
    profile.save(update_fields=["role"])
    call.emit("instance-profile", profile.unique_id, "updated", revokes=True, concerns=[role.arn])


@operation(
    Access.WRITE,
    on=INSTANCE_PROFILE,
    rest=Rest("DELETE", "/instance-profiles/{instance_profile_name}", status=204),
    errors=(NoSuchEntity, DeleteConflict, LimitExceeded),
)
def delete_instance_profile(call: Call, *, instance_profile_name: InstanceProfileName) -> None:
    """Delete an instance profile that holds no role."""
    profile = profiles.lock(call.account_id, instance_profile_name)
    if profile.role_id:
        raise DeleteConflict("Cannot delete entity, must remove roles from instance profile first.")
    profile.delete()
    call.emit("instance-profile", profile.unique_id, "deleted", revokes=True)
