"""ARNs of principals, taken apart."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from iamconsole.kernel.services import service_principal

_ARN: Final = re.compile(
    r"arn:aws:iam::(?P<account>[0-9]{12}):(?:(?P<root>root)|(?P<kind>user|role)/(?P<path>[!-~]{1,576}))"
    r"|arn:aws:sts::(?P<owner>[0-9]{12}):assumed-role/(?P<role>[A-Za-z0-9_+=,.@-]{1,64})/"
    r"(?P<session>[A-Za-z0-9_+=,.@-]{2,64})"
)


@dataclass(frozen=True, slots=True)
class PrincipalName:
    """What an ARN says of a principal.

    `kind` is user, role, root or service, `name` that of a session's role or the prefix of a service, `session` the
    name of a role's session.
    """

    arn: str
    account_id: str
    kind: str
    name: str = ""
    session: str = ""


@lru_cache(maxsize=8192)
def principal_name(arn: str) -> PrincipalName | None:
    """The principal that an ARN, or the name of a registered service, names; None for any other text."""
    found = _ARN.fullmatch(arn)
    if found is None:
        service = service_principal(arn)
        return PrincipalName(service.arn, service.account_id, "service", service.prefix) if service else None
    if found["owner"]:
        return PrincipalName(arn, found["owner"], "role", found["role"], found["session"])
    return PrincipalName(arn, found["account"], "root" if found["root"] else found["kind"])
