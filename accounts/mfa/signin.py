"""The second step of a sign-in as an operation, so that the trail has it; AWS's trail calls it CheckMfa."""

from __future__ import annotations

from accounts.mfa import queries, recovery, security_keys, totp
from accounts.mfa.shapes import AuthenticationCode, Challenge, Credential, RecoveryCodeText, SerialNumberResult
from accounts.users import queries as users
from accounts.users.models import User
from iamconsole.kernel.call import Call
from iamconsole.kernel.errors import SignInFailed
from iamconsole.kernel.operation import Access, operation
from iamconsole.kernel.resources import ANYTHING

RECOVERY_CODE = "recovery-code"


@operation(Access.WRITE, on=ANYTHING, service="signin", unrestricted=True, rest=None, errors=(SignInFailed,))
def check_mfa(
    call: Call,
    *,
    authentication_code: AuthenticationCode | None = None,
    recovery_code: RecoveryCodeText | None = None,
    assertion: Credential | None = None,
    challenge: Challenge | None = None,
    passwordless: bool = False,
) -> SerialNumberResult:
    """Check a second factor of the caller: a code of any of his devices, a recovery code or a security key.

    Tells which it was; SignInFailed for anything that is wrong, was used before or comes too soon after a failure.
    """
    user = users.named_or_caller(call, None)
    if authentication_code is not None:
        found = _by_code(call, user, authentication_code)
    elif recovery_code is not None:
        found = RECOVERY_CODE if recovery.spend(user, recovery_code, call.time) else None
    elif assertion is not None and challenge is not None:
        found = _by_key(user, assertion, challenge, passwordless=passwordless)
    else:
        found = None
    if found is None:
        raise SignInFailed
    return SerialNumberResult(serial_number=found)


def _by_code(call: Call, user: User, code: str) -> str | None:
    for device in queries.of_user(user).exclude(sealed_seed=""):
        if totp.spend(device, code, call.time):
            return str(device.serial_number)
    return None


def _by_key(user: User, assertion: str, challenge: str, *, passwordless: bool) -> str | None:
    if not security_keys.verify_assertion(user, assertion, challenge, user_verified=passwordless):
        return None
    return "security-key"
