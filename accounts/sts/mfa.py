"""An MFA code that comes with a request counts before policies are asked: their conditions may demand it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from accounts.mfa.verification import verify_code
from accounts.users.models import User
from iamconsole.kernel.call import Call, Principal
from iamconsole.kernel.errors import AccessDenied
from iamconsole.kernel.sessions import mfa_facts

BOTH = "MultiFactorAuthentication failed, must provide both MFA serial number and one time pass code."
NOT_A_USER = "MultiFactorAuthentication failed, only IAM users and the root user have MFA devices."


def proven(call: Call, request: Any) -> Principal:
    """The caller; with a code that his device gave, as one who used MFA just now."""
    serial_number, code = request.serial_number, request.token_code
    if not serial_number and not code:
        return call.principal
    if not serial_number or not code:
        raise AccessDenied(BOTH)
    user = _callers(call).first()
    if user is None:
        raise AccessDenied(NOT_A_USER)
    verify_code(user, serial_number=serial_number, code=code, now=call.time)
    return replace(call.principal, session={**call.principal.session, **mfa_facts(call.time, call.time)})


def generation(call: Call) -> int:
    """How often a device was taken away from the caller, who just proved that he has one."""
    found: int = _callers(call).values_list("mfa_generation", flat=True).get()
    return found


def _callers(call: Call) -> Any:
    return User.objects.filter(account_id=call.account_id, unique_id=call.principal.unique_id)
