"""What temporary credentials and services may not do, whatever policies say (reference 6.6)."""

from __future__ import annotations

from typing import Final

from accounts.console_sessions.queries import SESSION_ID
from iamconsole.kernel.call import Principal, PrincipalType
from iamconsole.kernel.errors import AccessDenied, InvalidClientTokenId
from iamconsole.kernel.operation import Operation
from iamconsole.kernel.sessions import Session, SessionKind

IDENTITY: Final = "sts:GetCallerIdentity"
LONG_TERM: Final = frozenset({"sts:GetSessionToken", "sts:GetFederationToken"})
OF_A_SERVICE: Final = frozenset({IDENTITY, "sts:AssumeRole"})
OF_A_USERS_SESSION: Final = frozenset({IDENTITY, "sts:AssumeRole"})


def demand(principal: Principal, operation: Operation) -> None:
    """Refuse what this kind of credentials is not for: IAM does not know such a token, STS says so.

    AWS's limits for federated users hold for the API, not for the console; signing in is open to their sessions.
    """
    if (principal.vouched is not None) != bool(operation.unsigned):
        raise AccessDenied(f"{operation.name} takes {'a token, unsigned' if operation.unsigned else 'credentials'}.")
    registered = principal.type is PrincipalType.SERVICE and principal.vouched is None
    if registered and operation.action not in OF_A_SERVICE:
        raise AccessDenied(
            f"Service: {principal.name} is not authorized to perform: {operation.action}; "
            "a service assumes a role that trusts it, and acts by that."
        )
    if operation.action in LONG_TERM and (principal.is_temporary or not principal.access_key_id):
        raise AccessDenied(f"Cannot call {operation.name} with session credentials")
    session = principal.temporary
    if session is None or session.kind is SessionKind.ROLE:
        return
    if operation.service == "sts":
        usable = OF_A_USERS_SESSION if session.kind is SessionKind.USER else {IDENTITY}
        if operation.action not in usable:
            raise AccessDenied(f"Cannot call {operation.name} with session credentials")
    elif operation.service != "signin" and not is_for_iam(session) and not _in_the_console(principal, session):
        raise InvalidClientTokenId


def is_for_iam(session: Session | None) -> bool:
    """Whether these credentials are for IAM itself; a federated user's are not, nor a user's session without MFA."""
    return (
        session is None
        or session.kind is SessionKind.ROLE
        or (session.kind is SessionKind.USER and session.mfa is not None)
    )


def _in_the_console(principal: Principal, session: Session) -> bool:
    return session.kind is SessionKind.FEDERATED_USER and SESSION_ID in principal.session
