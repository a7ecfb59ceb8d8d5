"""Access keys for the authorizer: they belong to a user, and it is the user that policies name."""

from __future__ import annotations

from typing import Any

from accounts.access_keys.models import AccessKey
from iamconsole.kernel.call import Call
from iamconsole.kernel.resources import Resource, ResourceType
from iamconsole.storage.resources import resource_of


def _owner(call: Call, request: Any) -> Resource:
    key = AccessKey.objects.filter(account_id=call.account_id, pk=request.access_key_id).select_related("user").first()
    return resource_of(key.user) if key else Resource(arn="*", account_id=call.account_id)


OWNER_OF_KEY = ResourceType("iam", "user", _owner)
