"""Reading MFA devices."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from accounts.mfa.models import Kind, MFADevice, RecoveryCode
from accounts.mfa.shapes import GetMFADeviceResult, VirtualMFADevice
from accounts.mfa.shapes import MFADevice as MFADeviceShape
from accounts.users import queries as users
from accounts.users.models import User
from iamconsole.kernel.errors import InvalidInput, NoSuchEntity
from iamconsole.storage import tags
from iamconsole.storage.named import name_key


def of_user(user: User) -> QuerySet[Any]:
    """The devices that are enabled for a user."""
    rows: QuerySet[Any] = MFADevice.objects.filter(account_id=user.account_id, user=user)
    return rows


def protects(user: User) -> bool:
    """Whether the user must give a second factor to sign in."""
    return of_user(user).exists()


def find(account_id: str, serial_number: str, *, lock: bool = False) -> MFADevice:
    """The device of that serial number; NoSuchEntity where the account has none."""
    rows = MFADevice.objects.filter(account_id=account_id, serial_key=name_key(serial_number))
    found: MFADevice | None = (rows.select_for_update() if lock else rows).first()
    if found is None:
        raise NoSuchEntity(f"MFA device with serial number {serial_number} does not exist.")
    return found


def find_virtual(account_id: str, serial_number: str, *, lock: bool = False) -> MFADevice:
    """A virtual device: AWS gives pieces of hardware and security keys no tags."""
    device = find(account_id, serial_number, lock=lock)
    if device.kind != Kind.VIRTUAL:
        raise InvalidInput("Only virtual MFA devices can be tagged.")
    return device


def find_of_user(user: User, serial_number: str, *, lock: bool = False) -> MFADevice:
    """The same among those of one user."""
    device = find(user.account_id, serial_number, lock=lock)
    if device.user_id != user.pk:
        raise NoSuchEntity(f"MFA device with serial number {serial_number} does not exist for user {user}.")
    return device


def recovery_codes_left(user: User) -> int:
    return RecoveryCode.objects.filter(account_id=user.account_id, user=user, used=None).count()


def shown(device: MFADevice, user: User) -> MFADeviceShape:
    """A device as the list of a user's devices has it."""
    assert device.enabled
    return MFADeviceShape(user_name=user.shown_name, serial_number=device.serial_number, enable_date=device.enabled)


def shown_whole(device: MFADevice, user: User) -> GetMFADeviceResult:
    """A device as GetMFADevice has it."""
    return GetMFADeviceResult(user_name=user.shown_name, serial_number=device.serial_number, enable_date=device.enabled)


def shown_virtual(device: MFADevice) -> VirtualMFADevice:
    """A virtual device without its seed, which was shown when it was made."""
    return VirtualMFADevice(
        serial_number=device.serial_number,
        user=users.shown(device.user, whole=False) if device.user else None,
        enable_date=device.enabled,
        tags=tags.shown(device.tags),
    )
