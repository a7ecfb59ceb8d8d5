"""Instance profiles as AWS shows them."""

from __future__ import annotations

from accounts.roles.shapes import Role
from iamconsole.kernel.shapes import Arn, InstanceProfileName, Paged, Path, Shape, Tag, Timestamp, UniqueId


class InstanceProfile(Shape):
    """An instance profile and the one role in it; lists leave out tags."""

    path: Path
    instance_profile_name: InstanceProfileName
    instance_profile_id: UniqueId
    arn: Arn
    create_date: Timestamp
    roles: list[Role]
    tags: list[Tag] | None = None


class InstanceProfileResult(Shape):
    instance_profile: InstanceProfile


class ListInstanceProfilesResult(Paged):
    instance_profiles: list[InstanceProfile]
