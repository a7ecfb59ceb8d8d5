"""What STS acts on: a role that is to be assumed, with its trust policy; a federated user to be."""

from __future__ import annotations

import re
from typing import Any, Final

from accounts.roles.models import Role
from accounts.tenancy.models import Account
from iamconsole.kernel.call import Call, PrincipalType
from iamconsole.kernel.errors import AccessDenied, ValidationError
from iamconsole.kernel.resources import Resource, ResourceType
from iamconsole.storage.named import name_key
from policies.documents.binding import bound_text

ROLE_ARN: Final = re.compile(r"arn:aws:iam::([0-9]{12}):role/(?:[!-~]+/)?([\w+=,.@-]{1,64})", re.ASCII)
TRUSTING_NOBODY: Final = (
    '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"nobody.invalid"},'
    '"Action":"sts:AssumeRole"}]}'
)
"""The trust policy of a role that does not exist: asking for it is answered as asking for one that trusts others."""


def account_of(role_arn: str) -> str:
    """The account of a role's ARN; ValidationError for any other text."""
    return _parts(role_arn)[0]


def role_of(role_arn: str) -> Role | None:
    """The role of this ARN, in whichever account it is; case and path count."""
    account_id, name = _parts(role_arn)
    found: Role | None = Role.objects.filter(account_id=account_id, name_key=name_key(name)).first()
    return found if found is not None and found.arn == role_arn else None


def _parts(role_arn: str) -> tuple[str, str]:
    found = ROLE_ARN.fullmatch(role_arn)
    if found is None:
        raise ValidationError(f"{role_arn} is invalid")
    return found[1], found[2]


def trusting_account_of(role_arn: str) -> str:
    """The account of a role's ARN, which must be one that is kept here; AccessDenied as for an unknown role."""
    account_id = account_of(role_arn)
    if not Account.objects.filter(pk=account_id).exists():
        raise AccessDenied(f"Not authorized to assume {role_arn}")
    return account_id


def _to_assume(call: Call, request: Any) -> Resource:
    if call.principal.type is PrincipalType.ROOT:
        raise AccessDenied("Roles may not be assumed by root accounts.")
    role = role_of(request.role_arn)
    return Resource(
        arn=request.role_arn,
        account_id=account_of(request.role_arn),
        tags=role.tags if role else {},
        trust_policy=bound_text(role.trust_policy, role.trust_bindings) if role else TRUSTING_NOBODY,
    )


def _federated(call: Call, request: Any) -> Resource:
    return Resource(f"arn:aws:sts::{call.account_id}:federated-user/{request.name}", call.account_id)


def _root(call: Call, request: Any) -> Resource:
    digits = request.target_principal.split(":")[4:5] if ":" in request.target_principal else [request.target_principal]
    account_id = digits[0] if digits and re.fullmatch("[0-9]{12}", digits[0]) else call.account_id
    return Resource(f"arn:aws:iam::{account_id}:root", account_id)


ROLE_TO_ASSUME = ResourceType("iam", "role", _to_assume)
FEDERATED_USER = ResourceType("sts", "federated-user", _federated)
ROOT_USER = ResourceType("iam", "root-user", _root)
