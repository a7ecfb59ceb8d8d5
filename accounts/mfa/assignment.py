"""Giving a device to a user and taking it away: what AWS's operations and our own share."""

from __future__ import annotations

from django.db.models import F

from accounts.mfa import queries, recovery, totp
from accounts.mfa.models import Kind, MFADevice
from accounts.users.models import User
from iamconsole.kernel.call import Call
from iamconsole.kernel.errors import EntityAlreadyExists, InvalidAuthenticationCode

WRONG = "Authentication code for device is not valid."
ENTITY = MFADevice.arn_kind


def check_quota(call: Call, user: User) -> None:
    """LimitExceeded where the user has as many devices as anybody may."""
    call.quota("MFADevicesPerUser").check(queries.of_user(user).count())


def enable(call: Call, user: User, serial_number: str, codes: tuple[str, str]) -> None:
    """Enable a device that shows codes, proved by two of them in a row."""
    device = queries.find(call.account_id, serial_number, lock=True)
    if device.user_id is not None:
        raise EntityAlreadyExists("MFA device is already in use.")
    check_quota(call, user)
    if not totp.synchronize(device, codes, call.time, window=totp.TOLERANCE):
        raise InvalidAuthenticationCode(WRONG)
    device.user, device.enabled = user, call.time
    device.save(update_fields=["user", "enabled"])
    call.emit(ENTITY, device.serial_number, "enabled")


def deactivate(call: Call, user: User, device: MFADevice) -> None:
    """Take a device away from its user, whose console sessions and sessions with MFA end; a security key is gone then.

    With the last device the recovery codes go, since there is nothing left to recover from.
    """
    if device.kind == Kind.SECURITY_KEY:
        device.delete()
    else:
        device.user = device.enabled = None
        device.save(update_fields=["user", "enabled"])
    if not queries.protects(user):
        recovery.withdraw(user)
    User.objects.filter(account_id=user.account_id, pk=user.pk).update(mfa_generation=F("mfa_generation") + 1)
    call.emit(ENTITY, device.serial_number, "deactivated", revokes=True)
    call.emit("user", user.unique_id, "updated", revokes=True)
