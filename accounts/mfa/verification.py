"""Verifying the code of an MFA device."""

from __future__ import annotations

from datetime import datetime

from accounts.users.models import User
from iamconsole.kernel.errors import AccessDenied


def verify_code(user: User, *, serial_number: str, code: str, now: datetime) -> None:
    """AccessDenied unless the device is the user's and this is its code; a code counts once."""
    raise AccessDenied(f"MultiFactorAuthentication failed, unable to validate MFA code of {serial_number}.")
