"""Verifying a code that comes with a request: for STS, which takes SerialNumber and TokenCode."""

from __future__ import annotations

from datetime import datetime

from accounts.mfa import queries, totp
from accounts.users.models import User
from iamconsole.kernel.errors import AccessDenied

UNKNOWN = (
    "MultiFactorAuthentication failed, unable to validate MFA code. "
    "Please verify your MFA serial number is valid and associated with this user."
)
WRONG = "MultiFactorAuthentication failed with invalid MFA one time pass code. "


def verify_code(user: User, *, serial_number: str, code: str, now: datetime) -> None:
    """Demand a code of this user's device, good once (AccessDenied in AWS's words for every other).

    The device is one that shows codes; security keys have none to give (reference 6.7).
    """
    device = queries.of_user(user).filter(serial_key=serial_number.lower()).first()
    if device is None or not device.shows_codes:
        raise AccessDenied(UNKNOWN)
    if not totp.spend(device, code, now):
        raise AccessDenied(WRONG)
