"""Choices of form fields: whoever may not list gets an empty choice."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from iamconsole.interfaces.console.visit import Visit
from policies.documents import console

SERVICE_ROLE_PATH = "/aws-service-role/"
Choices = list[tuple[Any, Any]]


def groups(visit: Visit) -> Choices:
    """The account's groups by name."""
    return [(group.group_name, group.group_name) for group in _all(visit, "iam:ListGroups")]


def roles(visit: Visit) -> Choices:
    """The account's roles by name, but for those that belong to a service."""
    found = _all(visit, "iam:ListRoles")
    return [(role.role_name, role.role_name) for role in found if not role.path.startswith(SERVICE_ROLE_PATH)]


def policies(visit: Visit) -> Choices:
    """Managed policies by ARN: the account's own first."""
    found = [] if visit.refusal("iam:ListPolicies") else console.names(visit.call.account_id)
    own = [each for each in found if ":aws:policy/" not in each[0]]
    aws = [each for each in found if ":aws:policy/" in each[0]]
    grouped = ((_("Customer managed"), own), (_("AWS managed"), aws))
    return [(label, entries) for label, entries in grouped if entries]


def _all(visit: Visit, action: str) -> list[Any]:
    return [] if visit.refusal(action) else visit.all(action)
