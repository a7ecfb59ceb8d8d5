"""Reading and ending console sessions."""

from __future__ import annotations

from typing import Any

from accounts.console_sessions.models import ConsoleSession
from accounts.users.models import User
from iamconsole.kernel.call import Call

SESSION_ID = "iamconsole:SessionId"
"""Among a principal's session facts: the console session that the call came with."""


def of(user: User) -> Any:
    """The sessions of a user, the last used first."""
    return ConsoleSession.objects.filter(user=user).order_by("-last_seen", "-pk")


def end_others(call: Call, user: User) -> None:
    """End every session of the user but the one that the call came with; each is over from its next request on."""
    of(user).exclude(session_id=call.principal.session.get(SESSION_ID, "")).delete()
