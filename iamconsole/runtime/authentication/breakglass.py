"""Signing in with a break-glass link."""

from __future__ import annotations

from accounts.breakglass import queries as breakglass
from accounts.users import queries as users
from accounts.users.models import User
from iamconsole.kernel.call import Origin
from iamconsole.kernel.errors import SignInFailed
from iamconsole.kernel.operation import REGISTRY
from iamconsole.runtime import calls, dispatch
from iamconsole.runtime.authentication.identities import of_operator


def redeem(token: str, *, origin: Origin, request_id: str = "") -> User:
    """The root user whom a link lets in, once and on record; SignInFailed for any other token.

    Call it for a POST only: mail scanners and chat previews follow every link they see.
    """
    account_id = breakglass.account_of(token)
    if account_id is None:
        raise SignInFailed("The sign-in link is not known here. Ask the operator for a new one.")
    holder = of_operator(account_id, name="breakglass")
    call = calls.call_for(holder, door="console", origin=origin, request_id=request_id)
    dispatch.execute(call, REGISTRY["iamconsole:RedeemBreakglassLink"], {"token": token})
    return users.root(account_id)
