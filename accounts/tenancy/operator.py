"""What only the local operator or a scheduled task may do, whatever an account's policies say."""

from __future__ import annotations

from iamconsole.kernel.call import Call, PrincipalType
from iamconsole.kernel.errors import AccessDenied


def demand_operator(call: Call) -> None:
    """Refuse everybody who holds no shell on this host: root and `iamconsole:*` do not reach here (AccessDenied)."""
    if call.principal.type not in (PrincipalType.OPERATOR, PrincipalType.WORKER):
        raise AccessDenied(f"{call.principal.arn} is not the local operator: run this with manage.py on the host.")


def demand_worker(call: Call) -> None:
    """Refuse everybody but scheduled work (AccessDenied)."""
    if call.principal.type is not PrincipalType.WORKER:
        raise AccessDenied(f"{call.principal.arn} is no scheduled task: only those ask for this.")
