"""MFA devices as AWS shows them, and what our own operations take and give."""

from __future__ import annotations

from typing import Annotated

from accounts.users.shapes import User
from iamconsole.kernel.shapes import OneOf, Paged, Sensitive, Shape, Tag, Text, Timestamp

SerialNumber = Annotated[str, Text(9, 256, r"[\w+=/:,.@-]+")]
VirtualMFADeviceName = Annotated[str, Text(1, None, r"[\w+=,.@-]+")]
AuthenticationCode = Annotated[str, Text(6, 6, r"[\d]+"), Sensitive]
AssignmentStatus = Annotated[str, OneOf(("Assigned", "Unassigned", "Any"))]

SecurityKeyName = Annotated[str, Text(1, 64, r"[\w+=,.@-]+")]
Base32Seed = Annotated[str, Text(26, 256, r"[A-Za-z2-7 ]+=*"), Sensitive]
Credential = Annotated[str, Text(1, 65536), Sensitive]
Challenge = Annotated[str, Text(22, 256, r"[A-Za-z0-9_-]+"), Sensitive]
RecoveryCodeText = Annotated[str, Text(1, 64), Sensitive]


class VirtualMFADevice(Shape):
    """A virtual device; its seed and QR code are shown this once, when it is made."""

    serial_number: str
    base32_string_seed: Annotated[bytes | None, Sensitive] = None
    qr_code_png: Annotated[bytes | None, Sensitive] = None
    user: User | None = None
    enable_date: Timestamp | None = None
    tags: list[Tag] | None = None


class CreateVirtualMFADeviceResult(Shape):
    virtual_mfa_device: VirtualMFADevice


class ListVirtualMFADevicesResult(Paged):
    virtual_mfa_devices: list[VirtualMFADevice]


class MFADevice(Shape):
    """A device that is enabled for a user."""

    user_name: str | None = None
    serial_number: str
    enable_date: Timestamp


class ListMFADevicesResult(Paged):
    mfa_devices: list[MFADevice]


class GetMFADeviceResult(Shape):
    """A device, and for whom it is enabled; `certifications` are those of security keys, none of which is asked for."""

    user_name: str | None = None
    serial_number: str
    enable_date: Timestamp | None = None
    certifications: dict[str, str] | None = None


class SerialNumberResult(Shape):
    """The serial number under which a device is known from now on."""

    serial_number: str


class CreateRecoveryCodesResult(Shape):
    """New recovery codes, which are shown this once."""

    recovery_codes: Annotated[list[str], Sensitive]
