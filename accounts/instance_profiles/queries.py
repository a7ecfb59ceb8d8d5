"""Reading instance profiles."""

from __future__ import annotations

from accounts.instance_profiles import shapes
from accounts.instance_profiles.models import InstanceProfile
from accounts.roles import queries as roles
from iamconsole.storage import tags


def find(account_id: str, name: str) -> InstanceProfile:
    return InstanceProfile.named(account_id, name)


def lock(account_id: str, name: str) -> InstanceProfile:
    """The profile, locked until the transaction ends."""
    return InstanceProfile.named(account_id, name, lock=True)


def shown(profile: InstanceProfile, *, whole: bool = True) -> shapes.InstanceProfile:
    """The profile as AWS shows it; lists leave out tags."""
    return shapes.InstanceProfile(
        path=profile.path,
        instance_profile_name=profile.name,
        instance_profile_id=profile.unique_id,
        arn=profile.arn,
        create_date=profile.created,
        roles=[roles.shown(profile.role, whole=False)] if profile.role else [],
        tags=tags.shown(profile.tags) if whole else None,
    )
