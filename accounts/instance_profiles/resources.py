"""Instance profiles for the authorizer."""

from __future__ import annotations

from accounts.instance_profiles.models import InstanceProfile
from iamconsole.kernel.resources import ResourceType, account_wide
from iamconsole.storage.resources import by_name

INSTANCE_PROFILE = by_name(InstanceProfile, "instance_profile_name")
INSTANCE_PROFILES = ResourceType("iam", "instance-profile", account_wide("instance-profile/"))
