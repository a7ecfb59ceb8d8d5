"""Whoever acts in the console by temporary credentials: a user who switched to a role, or somebody without a user.

The credentials were checked when they came, and again on every request: they end with the role, the access key that
asked for them, and their time.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from accounts.console_sessions.models import ConsoleSession
from accounts.tenancy.models import Account
from accounts.users.models import User
from iamconsole.kernel.call import Principal
from iamconsole.kernel.errors import AuthenticationFault
from iamconsole.runtime.authentication import access_keys, temporary
from iamconsole.runtime.context import REGION


@dataclass(frozen=True, slots=True)
class Delegate:
    """`request.user` where no user acts: it has no password and no MFA devices. `base` is who switched to the role."""

    principal: Principal
    account: Account
    console_session: ConsoleSession
    base: User | Delegate | None = None

    is_authenticated: ClassVar[bool] = True
    is_anonymous: ClassVar[bool] = False


def signed_in(row: ConsoleSession, now: datetime) -> Delegate | None:
    """Whoever signed in with temporary credentials, while they last."""
    return _delegate(row, row.access_key_id, row.session_token, now)


def switched(row: ConsoleSession, base: User | Delegate, now: datetime) -> Delegate | None:
    """The role that was switched to, while its session lasts."""
    return _delegate(row, row.switched_key_id, row.switched_token, now, base)


def principal_of(access_key_id: str, token: str, now: datetime) -> Principal:
    """Whose session a token is, whoever holds it; an AuthenticationFault when it is over or not ours."""
    session = temporary.opened(access_key_id, token, now=now)
    return access_keys.of_session(session, access_key_id=access_key_id, region=REGION, now=now)


def _delegate(
    row: ConsoleSession, access_key_id: str, token: str, now: datetime, base: User | Delegate | None = None
) -> Delegate | None:
    try:
        principal = principal_of(access_key_id, token, now)
    except AuthenticationFault:
        return None
    return Delegate(principal, Account.objects.get(pk=principal.account_id), row, base)
