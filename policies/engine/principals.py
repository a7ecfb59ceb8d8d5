"""Who asks, and whether a Principal element means them."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from typing import Final

from policies.engine.document import PrincipalEntry


class PrincipalType(StrEnum):
    """The kinds of principals; for those of accounts the value is that of `aws:PrincipalType`."""

    ROOT = "Account"
    USER = "User"
    ROLE_SESSION = "AssumedRole"
    FEDERATED_USER = "FederatedUser"
    SERVICE = "Service"
    WEB_IDENTITY = "WebIdentity"
    SAML = "SAML"
    ANONYMOUS = "Anonymous"


_FEDERATED: Final = frozenset({PrincipalType.WEB_IDENTITY, PrincipalType.SAML})
_WITHOUT_ACCOUNT: Final = _FEDERATED | {PrincipalType.SERVICE, PrincipalType.ANONYMOUS}


@dataclass(frozen=True, slots=True)
class Principal:
    """Who asks.

    `arn` is that of the user, of the session or of the account's root; of the identity provider for a token that is
    being exchanged. `id` is the value of `aws:userid`, or the name of the service. `unique_id` (AIDA..., AROA...) is
    what trust policies are bound to. `role_arn` belongs to role sessions, `issuer_arn` (the user who asked) to
    federated user sessions.
    """

    type: PrincipalType
    account: str | None
    arn: str
    id: str
    unique_id: str = ""
    role_arn: str | None = None
    issuer_arn: str | None = None
    has_boundary: bool = False

    @property
    def has_identity_policies(self) -> bool:
        """Whether policies can be attached to this kind of principal; root needs none."""
        return self.type not in _WITHOUT_ACCOUNT

    @property
    def is_token(self) -> bool:
        """Whether this is what an identity provider said, before any role is assumed with it."""
        return self.type in _FEDERATED


class Grant(IntEnum):
    """How far an Allow of a resource policy reaches within the account of the resource.

    ACCOUNT hands the question to the account's own policies; LIMITED does without an identity policy, but boundary and
    session policy still limit it; DIRECT is an Allow.
    """

    NONE = 0
    ACCOUNT = 1
    LIMITED = 2
    DIRECT = 3


def grant(entries: Iterable[PrincipalEntry], principal: Principal) -> Grant:
    """How strongly a Principal element means a principal."""
    return max((_entry_grant(kind, value, principal) for kind, value in entries), default=Grant.NONE)


def is_meant(entries: Iterable[PrincipalEntry], principal: Principal) -> bool:
    """Whether the Principal element of a Deny means a principal; `*` means tokens of identity providers too."""
    return any(value == "*" or _entry_grant(kind, value, principal) for kind, value in entries)


def is_exempt(entries: Iterable[PrincipalEntry], principal: Principal) -> bool:
    """Whether the NotPrincipal element of a Deny spares a principal.

    It must list the whole chain: a session with its role and its account, a user with its account. A principal that has
    a permissions boundary is never spared.
    """
    if principal.has_boundary:
        return False
    listed = {value for _, value in entries}
    if "*" in listed:
        return True
    return all(any(name in listed for name in names) for names in _chain(principal))


def _chain(principal: Principal) -> list[tuple[str | None, ...]]:
    """The names of each link; what a principal does not have is empty, and no policy lists that."""
    if principal.type in _WITHOUT_ACCOUNT:
        return [(principal.arn, principal.id)]
    chain: list[tuple[str | None, ...]] = [(principal.account, root_arn(principal))]
    if principal.type is PrincipalType.ROLE_SESSION:
        chain += [(principal.arn,), (principal.role_arn, principal.unique_id)]
    elif principal.type is not PrincipalType.ROOT:
        chain += [(principal.arn, principal.unique_id)]
    return chain


def root_arn(principal: Principal) -> str:
    """The ARN that means the whole account of a principal."""
    partition = principal.arn.split(":")[1] if principal.arn else "aws"
    return f"arn:{partition}:iam::{principal.account}:root"


def _entry_grant(kind: str, value: str, principal: Principal) -> Grant:
    federated = principal.is_token
    if kind == "Federated":
        return Grant.DIRECT if federated and value in (principal.arn, principal.id) else Grant.NONE
    if federated:
        return Grant.NONE
    if value == "*":
        return Grant.LIMITED
    if kind == "Service":
        return Grant.DIRECT if principal.type is PrincipalType.SERVICE and value == principal.id else Grant.NONE
    if kind == "AWS" and principal.has_identity_policies:
        return _aws_grant(value, principal)
    return Grant.NONE


def _aws_grant(value: str, principal: Principal) -> Grant:
    if value == principal.arn:
        return Grant.DIRECT
    if value in (principal.role_arn, principal.issuer_arn):
        return Grant.LIMITED
    if value == principal.unique_id and value:
        return Grant.DIRECT if principal.type is PrincipalType.USER else Grant.LIMITED
    if value in (principal.account, root_arn(principal)):
        return Grant.ACCOUNT
    return Grant.NONE
