"""Users for the authorizer."""

from __future__ import annotations

from typing import Any

from accounts.users.models import User
from accounts.users.queries import boundary_fact
from iamconsole.kernel.call import Call
from iamconsole.kernel.resources import Resource, ResourceType, account_wide
from iamconsole.storage.resources import by_name, renamed, resource_of

USER = by_name(User, "user_name")
BOUNDED_USER = by_name(User, "user_name", facts=boundary_fact, related=("boundary",))
"""For actions that tell a policy which boundary the user has."""
NEW_USER = renamed(User, "user_name", "new_user_name")
USERS = ResourceType("iam", "user", account_wide("user/"))


def _named_or_caller(call: Call, request: Any) -> Resource:
    if request.user_name:
        return USER.locate(call, request)  # type: ignore[return-value]
    row = User.objects.filter(account_id=call.account_id, unique_id=call.principal.unique_id).first()
    return resource_of(row) if row else Resource(arn=call.principal.arn, account_id=call.account_id)


USER_OR_CALLER = ResourceType("iam", "user", _named_or_caller)
"""For operations whose UserName may be left out: the caller is meant then."""
