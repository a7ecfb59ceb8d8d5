"""Tags on users, roles, instance profiles and server certificates."""

from __future__ import annotations

from accounts.instance_profiles import queries as profiles
from accounts.instance_profiles.resources import INSTANCE_PROFILE
from accounts.roles import queries as roles
from accounts.roles.resources import ROLE
from accounts.server_certificates import queries as certificates
from accounts.server_certificates.resources import SERVER_CERTIFICATE
from accounts.server_certificates.shapes import ServerCertificateName
from accounts.users import queries as users
from accounts.users.resources import USER
from iamconsole.kernel.call import Call
from iamconsole.kernel.errors import (
    ConcurrentModification,
    InvalidInput,
    LimitExceeded,
    NoSuchEntity,
)
from iamconsole.kernel.operation import Access, Rest, operation
from iamconsole.kernel.shapes import ExistingUserName, InstanceProfileName, Marker, MaxItems, RoleName, TagKeys, Tags
from iamconsole.storage import tags as tagging
from policies.documents.shapes import ListTagsResult


@operation(
    Access.TAGGING,
    on=USER,
    rest=Rest("POST", "/users/{user_name}/tags", status=204),
    errors=(NoSuchEntity, LimitExceeded, InvalidInput, ConcurrentModification),
)
def tag_user(call: Call, *, user_name: ExistingUserName, tags: Tags) -> None:
    """Set tags on a user; keys are the same whatever their case."""
    row = users.lock(call.account_id, user_name)
    tagging.set_on(call, row, tags, ignore_case=True)


@operation(
    Access.TAGGING,
    on=USER,
    rest=Rest("DELETE", "/users/{user_name}/tags", status=204),
    errors=(NoSuchEntity, ConcurrentModification),
)
def untag_user(call: Call, *, user_name: ExistingUserName, tag_keys: TagKeys) -> None:
    """Remove tags from a user; a key that is not there is no fault."""
    row = users.lock(call.account_id, user_name)
    tagging.remove_from(call, row, tag_keys, ignore_case=True)


@operation(
    Access.LIST,
    on=USER,
    pages="tags",
    rest=Rest("GET", "/users/{user_name}/tags"),
    errors=(NoSuchEntity,),
)
def list_user_tags(
    call: Call, *, user_name: ExistingUserName, marker: Marker | None = None, max_items: MaxItems | None = None
) -> ListTagsResult:
    """List the tags of a user, sorted by key."""
    row = users.find(call.account_id, user_name)
    return ListTagsResult(**tagging.page_on(row, marker=marker, max_items=max_items))


@operation(
    Access.TAGGING,
    on=ROLE,
    rest=Rest("POST", "/roles/{role_name}/tags", status=204),
    errors=(NoSuchEntity, LimitExceeded, InvalidInput, ConcurrentModification),
)
def tag_role(call: Call, *, role_name: RoleName, tags: Tags) -> None:
    """Set tags on a role; keys are the same whatever their case."""
    row = roles.lock(call.account_id, role_name)
    tagging.set_on(call, row, tags, ignore_case=True)


@operation(
    Access.TAGGING,
    on=ROLE,
    rest=Rest("DELETE", "/roles/{role_name}/tags", status=204),
    errors=(NoSuchEntity, ConcurrentModification),
)
def untag_role(call: Call, *, role_name: RoleName, tag_keys: TagKeys) -> None:
    """Remove tags from a role; a key that is not there is no fault."""
    row = roles.lock(call.account_id, role_name)
    tagging.remove_from(call, row, tag_keys, ignore_case=True)


@operation(
    Access.LIST,
    on=ROLE,
    pages="tags",
    rest=Rest("GET", "/roles/{role_name}/tags"),
    errors=(NoSuchEntity,),
)
def list_role_tags(
    call: Call, *, role_name: RoleName, marker: Marker | None = None, max_items: MaxItems | None = None
) -> ListTagsResult:
    """List the tags of a role, sorted by key."""
    row = roles.find(call.account_id, role_name)
    return ListTagsResult(**tagging.page_on(row, marker=marker, max_items=max_items))


@operation(
    Access.TAGGING,
    on=INSTANCE_PROFILE,
    rest=Rest("POST", "/instance-profiles/{instance_profile_name}/tags", status=204),
    errors=(NoSuchEntity, LimitExceeded, InvalidInput, ConcurrentModification),
)
def tag_instance_profile(call: Call, *, instance_profile_name: InstanceProfileName, tags: Tags) -> None:
    """Set tags on a instance profile; keys are told apart by case."""
    row = profiles.lock(call.account_id, instance_profile_name)
    tagging.set_on(call, row, tags, ignore_case=False)


@operation(
    Access.TAGGING,
    on=INSTANCE_PROFILE,
    rest=Rest("DELETE", "/instance-profiles/{instance_profile_name}/tags", status=204),
    errors=(NoSuchEntity, InvalidInput, ConcurrentModification),
)
def untag_instance_profile(call: Call, *, instance_profile_name: InstanceProfileName, tag_keys: TagKeys) -> None:
    """Remove tags from a instance profile; a key that is not there is no fault."""
    row = profiles.lock(call.account_id, instance_profile_name)
    tagging.remove_from(call, row, tag_keys, ignore_case=False)


@operation(
    Access.LIST,
    on=INSTANCE_PROFILE,
    pages="tags",
    rest=Rest("GET", "/instance-profiles/{instance_profile_name}/tags"),
    errors=(NoSuchEntity,),
)
def list_instance_profile_tags(
    call: Call,
    *,
    instance_profile_name: InstanceProfileName,
    marker: Marker | None = None,
    max_items: MaxItems | None = None,
) -> ListTagsResult:
    """List the tags of a instance profile, sorted by key."""
    row = profiles.find(call.account_id, instance_profile_name)
    return ListTagsResult(**tagging.page_on(row, marker=marker, max_items=max_items))


@operation(
    Access.TAGGING,
    on=SERVER_CERTIFICATE,
    rest=Rest("POST", "/server-certificates/{server_certificate_name}/tags", status=204),
    errors=(NoSuchEntity, LimitExceeded, InvalidInput, ConcurrentModification),
)
def tag_server_certificate(call: Call, *, server_certificate_name: ServerCertificateName, tags: Tags) -> None:
    """Set tags on a server certificate; keys are told apart by case."""
    row = certificates.lock(call.account_id, server_certificate_name)
    tagging.set_on(call, row, tags, ignore_case=False)


@operation(
    Access.TAGGING,
    on=SERVER_CERTIFICATE,
    rest=Rest("DELETE", "/server-certificates/{server_certificate_name}/tags", status=204),
    errors=(NoSuchEntity, InvalidInput, ConcurrentModification),
)
def untag_server_certificate(call: Call, *, server_certificate_name: ServerCertificateName, tag_keys: TagKeys) -> None:
    """Remove tags from a server certificate; a key that is not there is no fault."""
    row = certificates.lock(call.account_id, server_certificate_name)
    tagging.remove_from(call, row, tag_keys, ignore_case=False)


@operation(
    Access.LIST,
    on=SERVER_CERTIFICATE,
    pages="tags",
    rest=Rest("GET", "/server-certificates/{server_certificate_name}/tags"),
    errors=(NoSuchEntity,),
)
def list_server_certificate_tags(
    call: Call,
    *,
    server_certificate_name: ServerCertificateName,
    marker: Marker | None = None,
    max_items: MaxItems | None = None,
) -> ListTagsResult:
    """List the tags of a server certificate, sorted by key."""
    row = certificates.find(call.account_id, server_certificate_name)
    return ListTagsResult(**tagging.page_on(row, marker=marker, max_items=max_items))
