"""What planned operations name, for the authorizer: whoever previews a change sees into all of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from accounts.groups.resources import GROUP
from accounts.roles.resources import BOUNDED_ROLE
from accounts.users.resources import BOUNDED_USER
from iamconsole.kernel.call import Call
from iamconsole.kernel.resources import Resource, ResourceType
from iamconsole.storage.resources import looked_up_once
from policies.documents.resources import READABLE_POLICY


def _each(kind: ResourceType, member: str, *, through: str = "") -> ResourceType:
    """Everything of this kind that `member` of a change names, once each."""

    def locate(call: Call, request: Any) -> Sequence[Resource]:
        naming = {value: change for change in request.changes if (value := getattr(change, member))}
        with looked_up_once({}):
            if kind.foresee:
                kind.foresee(call.account_id, naming)
            found = [_located(kind, call, change, through, value) for value, change in naming.items()]
        return list({resource.arn: resource for resource in found}.values())

    return ResourceType(kind.service, kind.name, locate)


def _located(kind: ResourceType, call: Call, change: Any, through: str, value: str) -> Resource:
    named = change.model_copy(update={through: value}) if through else change
    located = kind.locate(call, named)
    return located if isinstance(located, Resource) else located[0]


CHANGED = (
    _each(BOUNDED_USER, "user_name"),
    _each(GROUP, "group_name"),
    _each(BOUNDED_ROLE, "role_name"),
    _each(READABLE_POLICY, "policy_arn"),
    _each(READABLE_POLICY, "permissions_boundary", through="policy_arn"),
)
