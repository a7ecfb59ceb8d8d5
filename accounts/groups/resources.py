"""Groups for the authorizer."""

from __future__ import annotations

from accounts.groups.models import Group
from iamconsole.kernel.resources import ResourceType, account_wide
from iamconsole.storage.resources import by_name, renamed

GROUP = by_name(Group, "group_name")
NEW_GROUP = renamed(Group, "group_name", "new_group_name")
GROUPS = ResourceType("iam", "group", account_wide("group/"))
