"""Roles for the authorizer."""

from __future__ import annotations

from accounts.roles.models import Role
from accounts.users.queries import boundary_fact
from iamconsole.kernel.resources import ResourceType, account_wide
from iamconsole.storage.resources import by_name

ROLE = by_name(Role, "role_name")
BOUNDED_ROLE = by_name(Role, "role_name", facts=boundary_fact, related=("boundary",))
"""For actions that tell a policy which boundary the role has."""
ROLES = ResourceType("iam", "role", account_wide("role/"))
