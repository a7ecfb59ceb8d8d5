"""From temporary credentials to the console, as an operation, so that the trail has it; AWS's endpoint is no API."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Annotated

from accounts.roles.models import Role
from accounts.sts import signin_tokens
from accounts.sts.sessions import BEYOND_CHAIN, BEYOND_ROLE
from accounts.sts.shapes import RoleDuration
from iamconsole.kernel.call import Call
from iamconsole.kernel.errors import AccessDenied, ValidationError
from iamconsole.kernel.operation import Access, operation
from iamconsole.kernel.resources import ANYTHING
from iamconsole.kernel.sessions import Session, SessionKind
from iamconsole.kernel.shapes import Sensitive, Shape, Text

NOT_ALLOWED = "Only sessions of roles and of federated users can open the console; yours is none of them."
NO_ROLE = "SessionDuration is for sessions of roles: leave it out."


class GetSigninTokenResult(Shape):
    signin_token: Annotated[str, Text(), Sensitive]


@operation(Access.WRITE, on=ANYTHING, service="signin", unrestricted=True, rest=None)
def get_signin_token(call: Call, *, session_duration: RoleDuration | None = None) -> GetSigninTokenResult:
    """Give the caller's session a way into the console, for a quarter of an hour and one use.

    The console session lasts as long as the credentials, or for the seconds that are asked for, at most the role's.
    """
    session = call.principal.temporary
    if session is None or session.kind is SessionKind.USER:
        raise AccessDenied(NOT_ALLOWED)
    if session_duration is not None:
        _demand_possible(session, session_duration)
        session = replace(session, expires=call.time + timedelta(seconds=session_duration))
    token = signin_tokens.issue(session, access_key_id=call.principal.access_key_id, now=call.time)
    return GetSigninTokenResult(signin_token=token)


def _demand_possible(session: Session, seconds: int) -> None:
    if session.kind is not SessionKind.ROLE:
        raise ValidationError(NO_ROLE)
    if session.chained:
        raise ValidationError(BEYOND_CHAIN)
    role = Role.objects.get(account_id=session.account_id, unique_id=session.principal_id)
    if seconds > role.max_session_duration:
        raise ValidationError(BEYOND_ROLE.replace("DurationSeconds", "SessionDuration"))
