"""What the role of a registered service is allowed: its registration says so."""

from __future__ import annotations

from typing import Final

from iamconsole.kernel.errors import InvalidInput
from iamconsole.kernel.services import service_principal
from policies.services import queries as services

POLICY_NAME: Final = "ServiceRolePolicy"


def policy_for(account_id: str, service_name: str) -> str | None:
    """The inline policy of a new role; None for AWS's services, of which nothing is known here.

    InvalidInput for a service that another account registered, that does not exist or that declares no such role,
    without telling which of the first two.
    """
    service = service_principal(service_name)
    if service is None:
        return None
    row = services.seek(account_id, service.prefix, lock=True) if service.account_id == account_id else None
    if row is None:
        raise InvalidInput(f"{service_name} is not a service that this account registered.")
    policy = services.linked_role_policy(row)
    if policy is None:
        raise InvalidInput(f"{service_name} has no service-linked role: it was registered without its policy.")
    return policy
