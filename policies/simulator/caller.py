"""In whose name a simulation asks."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from policies.engine import Principal, PrincipalType
from policies.simulator.errors import UnusableInput

_ARN: Final = re.compile(r"arn:([a-z-]+):(iam|sts)::(\d{12}):([a-z-]+)/([^\s*?]+)", re.ASCII)
_ROLE_AND_SESSION: Final = 2


@dataclass(frozen=True, slots=True)
class Stored:
    """What is known of a stored user or role that its ARN does not tell."""

    arn: str
    unique_id: str
    tags: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Caller:
    """A principal and the condition keys that follow from who it is."""

    principal: Principal
    facts: Mapping[str, str]


def caller(arn: str, *, stored: Stored | None = None) -> Caller:
    """The caller of an ARN: a user, role, group, role session or federated user. Raises UnusableInput.

    `stored` adds what it knows where it is the same user or role. A role calls as a session without a name; a group
    as one of its users.
    """
    found = _ARN.fullmatch(arn)
    kind = found and f"{found[2]}:{found[4]}"
    if found is None or kind not in _KINDS or not found[5].rpartition("/")[2]:
        raise UnusableInput(
            f"CallerArn: {arn} is not the ARN of an IAM user, group or role, a role session or a federated user."
        )
    return _KINDS[kind](_Named(arn, found[1], found[3], found[5]), stored)


@dataclass(frozen=True, slots=True)
class _Named:
    arn: str
    partition: str
    account: str
    path: str

    @property
    def name(self) -> str:
        return self.path.rpartition("/")[2]


def _user(named: _Named, stored: Stored | None) -> Caller:
    known = stored if stored and stored.arn == named.arn else None
    unique_id = known.unique_id if known else ""
    principal = Principal(PrincipalType.USER, named.account, named.arn, unique_id, unique_id=unique_id)
    facts = _facts(principal, named.arn) | {"aws:username": named.name}
    return Caller(principal, facts | (_tags(known) if known else {}))


def _group(named: _Named, _stored: Stored | None) -> Caller:
    # A group is no principal: nobody can name it, and all that is sure of its users is their account.
    principal = Principal(PrincipalType.USER, named.account, "", "")
    return Caller(principal, _facts(principal, ""))


def _role(named: _Named, stored: Stored | None) -> Caller:
    return _session(named, stored if stored and stored.arn == named.arn else None, role_arn=named.arn, session="")


def _assumed_role(named: _Named, stored: Stored | None) -> Caller:
    parts = named.path.split("/")
    if len(parts) != _ROLE_AND_SESSION:
        raise UnusableInput(f"CallerArn: {named.arn} is not of the form assumed-role/role-name/session-name.")
    role, session = parts
    # The ARN of a session leaves out the path of its role.
    start = f"arn:{named.partition}:iam::{named.account}:role/"
    known = stored if stored and stored.arn.startswith(start) and stored.arn.rpartition("/")[2] == role else None
    return _session(named, known, role_arn=known.arn if known else start + role, session=session)


def _session(named: _Named, known: Stored | None, *, role_arn: str, session: str) -> Caller:
    role = role_arn.rpartition("/")[2]
    unique_id = known.unique_id if known else ""
    principal = Principal(
        PrincipalType.ROLE_SESSION,
        named.account,
        f"arn:{named.partition}:sts::{named.account}:assumed-role/{role}/{session}",
        f"{unique_id}:{session}" if unique_id and session else "",
        unique_id=unique_id,
        role_arn=role_arn,
    )
    return Caller(principal, _facts(principal, role_arn) | (_tags(known) if known else {}))


def _federated_user(named: _Named, _stored: Stored | None) -> Caller:
    principal = Principal(PrincipalType.FEDERATED_USER, named.account, named.arn, f"{named.account}:{named.name}")
    return Caller(principal, _facts(principal, named.arn))


def _facts(principal: Principal, arn: str) -> dict[str, str]:
    facts = {
        "aws:PrincipalAccount": principal.account or "",
        "aws:PrincipalType": principal.type.value,
        "aws:PrincipalIsAWSService": "false",
        "aws:PrincipalArn": arn,
        "aws:userid": principal.id,
    }
    return {key: value for key, value in facts.items() if value}


def _tags(known: Stored) -> dict[str, str]:
    return {f"aws:PrincipalTag/{key}": value for key, value in known.tags.items()}


_KINDS: Final = {
    "iam:user": _user,
    "iam:group": _group,
    "iam:role": _role,
    "sts:assumed-role": _assumed_role,
    "sts:federated-user": _federated_user,
}
