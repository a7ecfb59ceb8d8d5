"""Who is visiting the console, asked anew on every request.

Django's session is a cookie and a bag; whether it still counts, the row of `accounts.console_sessions` says. Whoever
deletes that row, or changes the password, ends the session at its next request. A role that was switched to is a layer
above it: when the role's session is over, so is the layer, and nothing is done before the person was told.
"""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
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
from iamconsole.kernel.call import Principal
from iamconsole.kernel.sessions import TOKEN_ISSUE_TIME, moment
from iamconsole.runtime.authentication import delegates, second_factor
from iamconsole.runtime.authentication.delegates import Delegate
from iamconsole.runtime.authentication.identities import of_user

ABSOLUTE = timedelta(seconds=settings.SESSION_COOKIE_AGE)  # twelve hours, as AWS's console: a working day
IDLE = timedelta(hours=1)  # what an unattended browser is good for (ASVS 7.3.1)
NOTED = timedelta(minutes=1)  # how fine "last seen" is: no write on every request
ROLE_OVER = "role_over"  # in Django's session: a role's session ended, and nobody was told yet


class ConsoleAuthentication(AuthenticationMiddleware):
    """Middleware: `request.user` is whoever the console session belongs to, or nobody."""

    def process_request(self, request: HttpRequest) -> None:
        request.user = SimpleLazyObject(lambda: _user_of(request))  # type: ignore[assignment]


def principal_of(request: HttpRequest) -> Principal:
    """The principal of a console session, with the session's id, its age and what it knows of a second factor."""
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
    row: ConsoleSession = visitor.console_session  # type: ignore[union-attr]
    named = {SESSION_ID: row.session_id}
    if isinstance(visitor, Delegate):
        return replace(visitor.principal, session={**visitor.principal.session, **named})
    begun = {TOKEN_ISSUE_TIME: moment(row.authenticated)}
    return of_user(visitor, session=named | begun | second_factor.facts(request.session, clock.now()))


def _user_of(request: HttpRequest) -> User | Delegate | AnonymousUser:
    if SESSION_KEY not in request.session:
        return AnonymousUser()
    now = clock.now()
    found = rows_of(request).select_related("user", *(f"user__{part}" for part in standing.PARTS)).first()
    base = _signed_in(request, found, now) if found is not None else None
    if base is None:
        rows_of(request).delete()
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
        and user.is_session_auth_hash(request.session.get(HASH_SESSION_KEY, ""))
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


def rows_of(request: HttpRequest) -> Any:
    """The row of the browser's session, if it has one."""
    everywhere = ConsoleSession.objects.across_accounts("a cookie names its session by key alone")
    return everywhere.filter(digest=digest_of(request))


def digest_of(request: HttpRequest) -> str:
    """By which a row knows the key of Django's session."""
    return hashlib.sha256((request.session.session_key or "").encode()).hexdigest()
