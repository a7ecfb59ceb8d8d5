"""Signing in to the console without a user: with temporary credentials, or by the word of an identity provider."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.utils.crypto import constant_time_compare

from accounts.sts import signin_tokens, tokens
from accounts.sts.signin_tokens import SigninToken
from iamconsole.kernel import clock
from iamconsole.kernel.call import Origin, Principal
from iamconsole.kernel.errors import AuthenticationFault, InvalidClientTokenId, SignInFailed
from iamconsole.kernel.operation import REGISTRY
from iamconsole.runtime import calls, dispatch
from iamconsole.runtime.authentication import delegates, sessions, unsigned

DOOR = "console"


@dataclass(frozen=True, slots=True)
class Admission:
    """A sign-in token that was not used yet, and whom it lets in."""

    token: SigninToken
    principal: Principal


def holder(access_key_id: str, secret: str, token: str) -> Principal:
    """Who holds these temporary credentials, all three of them; an AuthenticationFault for any others."""
    principal = delegates.principal_of(access_key_id, token, clock.now())
    if not constant_time_compare(tokens.secret_of(access_key_id, token), secret):
        raise InvalidClientTokenId
    return principal


def signin_token(principal: Principal, *, session_duration: int | None, origin: Origin) -> str:
    """A sign-in token for whoever this is, on record; faults as `signin:GetSigninToken` has them."""
    given = {} if session_duration is None else {"session_duration": session_duration}
    found: Any = _run(principal, "signin:GetSigninToken", given, origin)
    return str(found.signin_token)


def admitted(text: str) -> Admission:
    """Whom a sign-in token lets in, which stays good for its one use; SignInFailed where it lets nobody in."""
    token = signin_tokens.opened(text, now=clock.now())
    try:
        return Admission(token, delegates.principal_of(token.access_key_id, token.session_token, clock.now()))
    except AuthenticationFault:
        raise SignInFailed("The session has ended: its role, its key or its time is over.") from None


def enter(request: HttpRequest, admission: Admission, *, origin: Origin) -> None:
    """Use the sign-in token up, and sign its holder in."""
    signin_tokens.spend(admission.token)
    token = admission.token
    _sign_in(request, token.access_key_id, token.session_token, admission.principal, origin)


def enter_vouched_for(request: HttpRequest, action: str, members: dict[str, Any], *, origin: Origin) -> None:
    """Sign in whoever an identity provider vouches for, as the role that the unsigned operation gives a session of."""
    principal = unsigned.authenticate(REGISTRY[action], members, now=clock.now())
    given: Any = _run(principal, action, members, origin)
    key_id, token = given.credentials.access_key_id, given.credentials.session_token
    _sign_in(request, key_id, token, delegates.principal_of(key_id, token, clock.now()), origin)


def _sign_in(request: HttpRequest, access_key_id: str, token: str, principal: Principal, origin: Origin) -> None:
    _run(principal, "signin:ConsoleLogin", {"signing_in_as": principal.arn[-254:], "verified": True}, origin)
    sessions.begin_with(request, access_key_id, token, principal=principal, origin=origin)


def _run(principal: Principal, action: str, members: dict[str, Any], origin: Origin) -> object:
    return dispatch.execute(calls.call_for(principal, door=DOOR, origin=origin), REGISTRY[action], members)
