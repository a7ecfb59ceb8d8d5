"""MFA devices for the authorizer."""

from __future__ import annotations

from typing import Any

from accounts.mfa.models import MFADevice
from iamconsole.kernel.call import Call
from iamconsole.kernel.resources import Resource, ResourceType, account_wide
from iamconsole.storage.named import arn, name_key


def virtual_arn(account_id: str, path: str, name: str) -> str:
    """`arn:aws:iam::123456789012:mfa/team/phone`: the serial number of a virtual device."""
    return arn(account_id, MFADevice.arn_kind, path, name)


def _new(call: Call, request: Any) -> Resource:
    return Resource(
        arn=virtual_arn(call.account_id, request.path, request.virtual_mfa_device_name), account_id=call.account_id
    )


def _stored(call: Call, request: Any) -> Resource:
    given = request.serial_number
    row = MFADevice.objects.filter(account_id=call.account_id, serial_key=name_key(given)).first()
    if row is not None:
        return Resource(arn=row.arn, account_id=call.account_id, tags=row.tags)
    own = given.startswith("arn:")
    return Resource(arn=given if own else virtual_arn(call.account_id, "/", given), account_id=call.account_id)


NEW_MFA_DEVICE = ResourceType("iam", "mfa", _new)
MFA_DEVICE = ResourceType("iam", "mfa", _stored)
MFA_DEVICES = ResourceType("iam", "mfa", account_wide("mfa/"))


def _registering(call: Call, _request: Any) -> Resource:
    return Resource(
        arn=call.principal.arn,
        account_id=call.account_id,
        tags=call.principal.tags,
        facts={"iam:RegisterSecurityKey": "Create"},
    )


REGISTERING_USER = ResourceType("iam", "user", _registering)
"""The caller who registers a security key: AWS lets policies tell that from enabling other devices."""
