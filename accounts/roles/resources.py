"""Roles for the authorizer."""

from __future__ import annotations

from accounts.roles.models import Role
from iamconsole.kernel.resources import ResourceType, account_wide
from iamconsole.storage.resources import by_name

ROLE = by_name(Role, "role_name")
ROLES = ResourceType("iam", "role", account_wide("role/"))
