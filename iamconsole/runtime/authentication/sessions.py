"""Console sessions: where one begins, moves on and ends. Whose one is, `visitors` asks on every request."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Any

from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY, login, logout
from django.contrib.auth.backends import BaseBackend
from django.http import HttpRequest
from django.middleware.csrf import rotate_token

from accounts.console_sessions.models import ConsoleSession
from accounts.users.models import User
from iamconsole.kernel import clock
from iamconsole.kernel.call import Origin, Principal
from iamconsole.runtime.authentication import visitors
from iamconsole.runtime.authentication.visitors import digest_of, rows_of

BACKEND = "iamconsole.runtime.authentication.sessions.ConsoleBackend"


class ConsoleBackend(BaseBackend):
    """Named by sessions; nobody signs in through Django: `runtime.authentication.passwords` is the only way."""

    def get_user(self, user_id: Any) -> None:
        return None


def begin(request: HttpRequest, user: User, *, origin: Origin) -> None:
    """Sign a user in whose proof was checked: a new session id, whatever the browser brought along."""
    _leave(request)
    login(request, user, backend=BACKEND)
    _note(request, user.account_id, origin, user=user)


def begin_with(request: HttpRequest, access_key_id: str, token: str, *, principal: Principal, origin: Origin) -> None:
    """Sign somebody in whose temporary credentials, these, were checked; the same way."""
    _leave(request)
    request.session.cycle_key()
    request.session[SESSION_KEY] = access_key_id
    rotate_token(request)
    held = {"access_key_id": access_key_id, "session_token": token, "acting_as": principal.arn}
    _note(request, principal.account_id, origin, **held)


def _leave(request: HttpRequest) -> None:
    if request.session.session_key:
        rows_of(request).delete()
        request.session.flush()


def _note(request: HttpRequest, account_id: str, origin: Origin, **who: Any) -> None:
    now = clock.now()
    ConsoleSession.objects.create(
        account_id=account_id,
        digest=digest_of(request),
        session_id=f"cs-{secrets.token_hex(8)}",
        started=now,
        last_seen=now,
        authenticated=now,
        source_ip=origin.source_ip or "",
        user_agent=origin.user_agent,
        **who,
    )


def renew(request: HttpRequest) -> None:
    """Go on under a new session id after one's own change that ended all sessions; the old cookie is worth nothing."""
    session: ConsoleSession = request.user.console_session  # type: ignore[union-attr]
    user = User.objects.get(account_id=session.account_id, pk=session.user_id)
    _move(request, authenticated=clock.now())
    request.session[HASH_SESSION_KEY] = user.get_session_auth_hash()


def switch(request: HttpRequest, access_key_id: str, token: str, *, arn: str) -> None:
    """Act as the role whose credentials these are, from the next request on, under a new session id."""
    _move(request, switched_key_id=access_key_id, switched_token=token, acting_as=arn)
    rotate_token(request)


def switch_back(request: HttpRequest) -> None:
    """Act as whoever signed in, from the next request on, under a new session id.

    The CSRF token is another, too: a form that was opened as the role cannot be sent as somebody else.
    """
    base = visitors.signed_in_as(request)
    _move(request, switched_key_id="", switched_token="", acting_as="" if base.temporary is None else base.arn)
    rotate_token(request)


def _move(request: HttpRequest, **changes: Any) -> None:
    session: ConsoleSession = request.user.console_session  # type: ignore[union-attr]
    request.session.cycle_key()
    ConsoleSession.objects.filter(account_id=session.account_id, pk=session.pk).update(
        digest=digest_of(request), **changes
    )


def end(request: HttpRequest) -> None:
    """Sign out."""
    rows_of(request).delete()
    logout(request)


def forget_expired(now: datetime) -> int:
    """Delete the rows of sessions that are over; gives how many."""
    everywhere = ConsoleSession.objects.across_accounts("upkeep of every account's sessions")
    gone, _ = (
        everywhere.filter(started__lte=now - visitors.ABSOLUTE) | everywhere.filter(last_seen__lte=now - visitors.IDLE)
    ).delete()
    return int(gone)
