"""Console sessions: where one begins and ends, and whose it is, asked anew on every request.

Django's session is a cookie and a bag; whether it still counts, the row of `accounts.console_sessions` says. Whoever
deletes that row, or changes the password, ends the session at its next request.
"""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY, login, logout
from django.contrib.auth.backends import BaseBackend
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.utils.crypto import constant_time_compare
from django.utils.functional import SimpleLazyObject

from accounts.console_sessions.models import ConsoleSession
from accounts.console_sessions.queries import SESSION_ID
from accounts.passwords import standing
from accounts.users.models import User
from iamconsole.kernel import clock
from iamconsole.kernel.call import Origin, Principal
from iamconsole.kernel.sessions import TOKEN_ISSUE_TIME, moment
from iamconsole.runtime.authentication import second_factor
from iamconsole.runtime.authentication.identities import of_user

BACKEND = "iamconsole.runtime.authentication.sessions.ConsoleBackend"
ABSOLUTE = timedelta(seconds=settings.SESSION_COOKIE_AGE)  # twelve hours, as AWS's console: a working day
IDLE = timedelta(hours=1)  # what an unattended browser is good for (ASVS 7.3.1)
NOTED = timedelta(minutes=1)  # how fine "last seen" is: no write on every request


class ConsoleBackend(BaseBackend):
    """Named by sessions; nobody signs in through Django: `runtime.authentication.passwords` is the only way."""

    def get_user(self, user_id: Any) -> None:
        return None


class ConsoleAuthentication(AuthenticationMiddleware):
    """Middleware: `request.user` is whoever the console session belongs to, or nobody."""

    def process_request(self, request: HttpRequest) -> None:
        request.user = SimpleLazyObject(lambda: _user_of(request))  # type: ignore[assignment]


# --- beginning and ending -------------------------------------------------------------------------


def begin(request: HttpRequest, user: User, *, origin: Origin) -> None:
    """Sign a user in whose proof was checked: a new session id, whatever the browser brought along."""
    if request.session.session_key:
        _rows(request).delete()
        request.session.flush()
    login(request, user, backend=BACKEND)
    now = clock.now()
    ConsoleSession.objects.create(
        account_id=user.account_id,
        digest=_digest(request),
        session_id=f"cs-{secrets.token_hex(8)}",
        user=user,
        started=now,
        last_seen=now,
        authenticated=now,
        source_ip=origin.source_ip or "",
        user_agent=origin.user_agent,
    )


def renew(request: HttpRequest) -> None:
    """Go on under a new session id after one's own change that ended all sessions; the old cookie is worth nothing."""
    session: ConsoleSession = request.user.console_session  # type: ignore[union-attr]
    user = User.objects.get(account_id=session.account_id, pk=session.user_id)
    request.session.cycle_key()
    request.session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    ConsoleSession.objects.filter(account_id=session.account_id, pk=session.pk).update(
        digest=_digest(request), authenticated=clock.now()
    )


def end(request: HttpRequest) -> None:
    """Sign out."""
    _rows(request).delete()
    logout(request)


def forget_expired(now: datetime) -> int:
    """Delete the rows of sessions that are over; gives how many."""
    everywhere = ConsoleSession.objects.across_accounts("upkeep of every account's sessions")
    gone, _ = (everywhere.filter(started__lte=now - ABSOLUTE) | everywhere.filter(last_seen__lte=now - IDLE)).delete()
    return int(gone)


# --- whose it is -----------------------------------------------------------------------------------


def principal_of(request: HttpRequest) -> Principal:
    """The principal of a console session, with the session's id, its age and what it knows of a second factor."""
    user: User = request.user  # type: ignore[assignment]
    session: ConsoleSession = user.console_session  # type: ignore[attr-defined]
    known = {SESSION_ID: session.session_id, TOKEN_ISSUE_TIME: moment(session.authenticated)}
    return of_user(user, session=known | second_factor.facts(request.session, clock.now()))


def must_change_password(user: User) -> bool:
    """Whether this session is good for choosing a new password and nothing else."""
    return standing.of(user, clock.now()) in standing.MUST_CHANGE


def _user_of(request: HttpRequest) -> User | AnonymousUser:
    if SESSION_KEY not in request.session:
        return AnonymousUser()
    now = clock.now()
    found = _rows(request).select_related("user", *(f"user__{part}" for part in standing.PARTS)).first()
    if found is None or not _good(request, found, now):
        _rows(request).delete()
        request.session.flush()
        return AnonymousUser()
    if now - found.last_seen >= NOTED:
        ConsoleSession.objects.filter(account_id=found.account_id, pk=found.pk).update(last_seen=now)
    user: User = found.user
    user.console_session = found  # type: ignore[attr-defined]
    return user


def _good(request: HttpRequest, session: ConsoleSession, now: datetime) -> bool:
    user = session.user
    return (
        now - session.started < ABSOLUTE
        and now - session.last_seen < IDLE
        and str(user.pk) == request.session[SESSION_KEY]
        and constant_time_compare(request.session.get(HASH_SESSION_KEY, ""), user.get_session_auth_hash())
        and (user.is_root or hasattr(user, "login_profile"))
        and standing.of(user, now) is not standing.Standing.LOCKED
    )


def _rows(request: HttpRequest) -> Any:
    everywhere = ConsoleSession.objects.across_accounts("a cookie names its session by key alone")
    return everywhere.filter(digest=_digest(request))


def _digest(request: HttpRequest) -> str:
    return hashlib.sha256((request.session.session_key or "").encode()).hexdigest()
