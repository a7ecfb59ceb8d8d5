"""Console sessions: where one begins and ends, and whose it is, asked anew on every request.

Django's session is a cookie and a bag; whether it still counts, the row of `accounts.console_sessions` says. Whoever
deletes that row, or changes the password, ends the session at its next request. A role that was switched to is a layer
above it: when the role's session is over, so is the layer, and nothing is done before the person was told.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY, login, logout
from django.contrib.auth.backends import BaseBackend
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.middleware.csrf import rotate_token
from django.utils.crypto import constant_time_compare
from django.utils.functional import SimpleLazyObject

from accounts.console_sessions.models import ConsoleSession
from accounts.console_sessions.queries import SESSION_ID
from accounts.passwords import standing
from accounts.users.models import User
from iamconsole.kernel import clock
from iamconsole.kernel.call import Origin, Principal
from iamconsole.runtime.authentication import delegates, second_factor
from iamconsole.runtime.authentication.delegates import Delegate
from iamconsole.runtime.authentication.identities import of_user

BACKEND = "iamconsole.runtime.authentication.sessions.ConsoleBackend"
ABSOLUTE = timedelta(seconds=settings.SESSION_COOKIE_AGE)  # twelve hours, as AWS's console: a working day
IDLE = timedelta(hours=1)  # what an unattended browser is good for (ASVS 7.3.1)
ROLE_OVER = "role_over"  # in Django's session: a role's session ended, and nobody was told yet
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
        _rows(request).delete()
        request.session.flush()


def _note(request: HttpRequest, account_id: str, origin: Origin, **who: Any) -> None:
    now = clock.now()
    ConsoleSession.objects.create(
        account_id=account_id,
        digest=_digest(request),
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
    base = signed_in_as(request)
    _move(request, switched_key_id="", switched_token="", acting_as="" if base.temporary is None else base.arn)
    rotate_token(request)


def _move(request: HttpRequest, **changes: Any) -> None:
    session: ConsoleSession = request.user.console_session  # type: ignore[union-attr]
    request.session.cycle_key()
    ConsoleSession.objects.filter(account_id=session.account_id, pk=session.pk).update(
        digest=_digest(request), **changes
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
    """The principal of a console session, with the session's id and what it knows of a second factor."""
    return _principal(request, request.user)  # type: ignore[arg-type]


def signed_in_as(request: HttpRequest) -> Principal:
    """The same of whoever signed in, whichever role was switched to."""
    return _principal(request, _base(request))


def person_of(request: HttpRequest) -> User | None:
    """The user who signed in, if it was one: whose password and devices there may be."""
    base = _base(request)
    return None if isinstance(base, Delegate) else base


def has_switched(request: HttpRequest) -> bool:
    """Whether a role acts that somebody switched to."""
    visitor: object = request.user
    return isinstance(visitor, Delegate) and visitor.base is not None


def has_ended_role(request: HttpRequest) -> bool:
    """Whether the session of a role that was switched to has ended and nobody was told (`tell_ended_role`)."""
    return bool(request.user.is_authenticated and ROLE_OVER in request.session)


def tell_ended_role(request: HttpRequest) -> None:
    """The person is told now."""
    request.session.pop(ROLE_OVER, None)


def must_change_password(user: User | Delegate) -> bool:
    """Whether this session is good for choosing a new password and nothing else."""
    return not isinstance(user, Delegate) and standing.of(user, clock.now()) in standing.MUST_CHANGE


def _base(request: HttpRequest) -> User | Delegate:
    visitor: User | Delegate = request.user  # type: ignore[assignment]
    return visitor.base if isinstance(visitor, Delegate) and visitor.base is not None else visitor


def _principal(request: HttpRequest, visitor: User | Delegate) -> Principal:
    named = {SESSION_ID: visitor.console_session.session_id}  # type: ignore[union-attr]
    if isinstance(visitor, Delegate):
        return replace(visitor.principal, session={**visitor.principal.session, **named})
    return of_user(visitor, session=named | second_factor.facts(request.session, clock.now()))


def _user_of(request: HttpRequest) -> User | Delegate | AnonymousUser:
    if SESSION_KEY not in request.session:
        return AnonymousUser()
    now = clock.now()
    found = _rows(request).select_related("user", *(f"user__{part}" for part in standing.PARTS)).first()
    base = _signed_in(request, found, now) if found is not None else None
    if base is None:
        _rows(request).delete()
        request.session.flush()
        return AnonymousUser()
    if now - found.last_seen >= NOTED:
        ConsoleSession.objects.filter(account_id=found.account_id, pk=found.pk).update(last_seen=now)
    return _switched(request, found, base, now) if found.switched_key_id else base


def _signed_in(request: HttpRequest, session: ConsoleSession, now: datetime) -> User | Delegate | None:
    """Whoever signed in, unless the session is over for one reason or another."""
    if now - session.started >= ABSOLUTE or now - session.last_seen >= IDLE:
        return None
    if session.user is None:
        mine = constant_time_compare(session.access_key_id, str(request.session[SESSION_KEY]))
        return delegates.signed_in(session, now) if mine else None
    user: User = session.user
    user.console_session = session  # type: ignore[attr-defined]
    return user if _good(request, user, now) else None


def _good(request: HttpRequest, user: User, now: datetime) -> bool:
    return (
        str(user.pk) == request.session[SESSION_KEY]
        and constant_time_compare(request.session.get(HASH_SESSION_KEY, ""), user.get_session_auth_hash())
        and (user.is_root or hasattr(user, "login_profile"))
        and standing.of(user, now) is not standing.Standing.LOCKED
    )


def _switched(request: HttpRequest, session: ConsoleSession, base: User | Delegate, now: datetime) -> User | Delegate:
    """The role that was switched to; whoever signed in, and a note, once its session is over."""
    role = None if must_change_password(base) else delegates.switched(session, base, now)
    if role is not None:
        return role
    before = base.principal.arn if isinstance(base, Delegate) else ""
    rows = ConsoleSession.objects.filter(account_id=session.account_id, pk=session.pk)
    rows.update(switched_key_id="", switched_token="", acting_as=before)
    request.session[ROLE_OVER] = True
    rotate_token(request)
    return base


def _rows(request: HttpRequest) -> Any:
    everywhere = ConsoleSession.objects.across_accounts("a cookie names its session by key alone")
    return everywhere.filter(digest=_digest(request))


def _digest(request: HttpRequest) -> str:
    return hashlib.sha256((request.session.session_key or "").encode()).hexdigest()
