"""Signing in and out of the console: operations, so that the trail has them; AWS's trail calls the first ConsoleLogin.

The password itself is verified before, outside of any transaction: a hash takes long enough to hold up every writer.
"""

from __future__ import annotations

from typing import Annotated

from accounts.passwords.models import LoginProfile
from iamconsole.kernel.call import Call
from iamconsole.kernel.errors import SignInFailed
from iamconsole.kernel.operation import Access, operation
from iamconsole.kernel.resources import ANYTHING
from iamconsole.kernel.shapes import Text

SignInName = Annotated[str, Text(1, 254)]


@operation(Access.WRITE, on=ANYTHING, service="signin", unrestricted=True, rest=None, errors=(SignInFailed,))
def console_login(call: Call, *, signing_in_as: SignInName, verified: bool, mfa_used: bool = False) -> None:
    """Put a sign-in on record: who tried, from where, and whether the proof held (SignInFailed where it did not)."""
    if not verified:
        raise SignInFailed
    profile = LoginProfile.objects.filter(account_id=call.account_id, user__unique_id=call.principal.unique_id)
    profile.update(last_used=call.time)


@operation(Access.WRITE, on=ANYTHING, service="signin", unrestricted=True, rest=None)
def console_logout(call: Call) -> None:
    """Put a sign-out on record."""
