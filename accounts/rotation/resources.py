"""What policies name when keys are rotated: the user whose keys they are, or the schedule's target."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from accounts.access_keys.models import AccessKey
from accounts.groups.models import Group
from accounts.groups.resources import GROUP
from accounts.rotation.models import KeyRotation
from accounts.users.models import User
from accounts.users.resources import USER
from iamconsole.kernel.call import Call
from iamconsole.kernel.operation import Implied
from iamconsole.kernel.resources import Resource, ResourceType
from iamconsole.storage.named import arn
from iamconsole.storage.resources import resource_of
from policies.services.resources import OWN


def _schedule_arn(account_id: str, name: str) -> str:
    return f"arn:aws:{OWN}::{account_id}:rotation-schedule/{name}"


def _target(call: Call, request: Any) -> Resource:
    if request.access_key_id is not None:
        return _owner(call, request)
    if request.user_name is not None:
        return USER.locate(call, request)  # type: ignore[return-value]
    if request.group_name is not None:
        return GROUP.locate(call, request)  # type: ignore[return-value]
    return Resource(_schedule_arn(call.account_id, "default"), call.account_id)


def _owner(call: Call, request: Any) -> Resource:
    rows = AccessKey.objects.filter(account_id=call.account_id, pk=request.access_key_id).select_related("user")
    key = rows.first()
    return resource_of(key.user) if key else Resource("*", call.account_id)


def _owners(call: Call, request: Any) -> Sequence[Resource]:
    """Everybody whose keys a schedule is about; one for many is about whoever comes to be among them as well."""
    if request.access_key_id is not None or request.user_name is not None:
        return [_target(call, request)]
    rows = User.objects.filter(account_id=call.account_id, is_root=False)
    if request.group_name is not None:
        group = Group.seek(call.account_id, request.group_name)
        rows = rows.filter(memberships__group=group) if group else rows.none()
    anybody = Resource(f"arn:aws:iam::{call.account_id}:user/*", call.account_id, many=True)
    found = rows.values_list("path", "name", "tags")
    return [anybody, *(Resource(arn(call.account_id, "user", p, n), call.account_id, tags) for p, n, tags in found)]


def _all_schedules(call: Call, _request: Any) -> Resource:
    return Resource(_schedule_arn(call.account_id, ""), call.account_id)


def _rotated(call: Call, request: Any) -> Resource:
    rows = KeyRotation.objects.filter(account_id=call.account_id, pk=request.rotation_id).select_related("user")
    rotation = rows.first()
    return resource_of(rotation.user) if rotation else Resource("*", call.account_id)


def _named_or_all(call: Call, request: Any) -> Resource:
    if request.user_name:
        return USER.locate(call, request)  # type: ignore[return-value]
    return Resource(f"arn:aws:iam::{call.account_id}:user/", call.account_id)


TARGET = ResourceType(OWN, "rotation-schedule", _target)
OWNERS = ResourceType("iam", "user", _owners)
SCHEDULES = ResourceType(OWN, "rotation-schedule", _all_schedules)
KEY_OWNER = ResourceType("iam", "user", _owner)
ROTATED_USER = ResourceType("iam", "user", _rotated)
USER_OR_ALL = ResourceType("iam", "user", _named_or_all)


def managing_keys(on: ResourceType) -> tuple[Implied, ...]:
    """Whoever has keys rotated has them made, and given to where he says: that takes what doing it by hand takes."""
    return tuple(Implied(f"iam:{name}", on) for name in ("CreateAccessKey", "UpdateAccessKey", "DeleteAccessKey"))
