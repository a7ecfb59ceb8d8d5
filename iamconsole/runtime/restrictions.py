"""What temporary credentials may not do, whatever policies say (reference 6.6)."""

from __future__ import annotations

from typing import Final

from iamconsole.kernel.call import Principal
from iamconsole.kernel.errors import AccessDenied, InvalidClientTokenId
from iamconsole.kernel.operation import Operation
from iamconsole.kernel.sessions import Session, SessionKind

IDENTITY: Final = "sts:GetCallerIdentity"
LONG_TERM: Final = frozenset({"sts:GetSessionToken", "sts:GetFederationToken"})
OF_A_USERS_SESSION: Final = frozenset({IDENTITY, "sts:AssumeRole"})


def demand(principal: Principal, operation: Operation) -> None:
    """Refuse what this kind of credentials is not for: IAM does not know such a token, STS says so."""
    if principal.is_vouched_for != bool(operation.unsigned):
        raise AccessDenied(f"{operation.name} takes {'a token, unsigned' if operation.unsigned else 'credentials'}.")
    if operation.action in LONG_TERM and (principal.is_temporary or not principal.access_key_id):
        raise AccessDenied(f"Cannot call {operation.name} with session credentials")
    session = principal.temporary
    if session is None or session.kind is SessionKind.ROLE:
        return
    if operation.service == "sts":
        usable = OF_A_USERS_SESSION if session.kind is SessionKind.USER else {IDENTITY}
        if operation.action not in usable:
            raise AccessDenied(f"Cannot call {operation.name} with session credentials")
    elif not is_for_iam(session):
        raise InvalidClientTokenId


def is_for_iam(session: Session | None) -> bool:
    """Whether these credentials are for IAM itself; a federated user's are not, nor a user's session without MFA."""
    return (
        session is None
        or session.kind is SessionKind.ROLE
        or (session.kind is SessionKind.USER and session.mfa is not None)
    )
