"""Principals as the projection has them, ready to be decided: identity, policies and condition keys of their own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from iamconsole.kernel.services import ServicePrincipal
from iamconsole.kernel.sessions import Session, SessionKind
from iamconsole.replication import freshness
from iamconsole.replication.projection import policy_sets, session_policies
from iamconsole.replication.projection.bodies import within
from iamconsole.replication.projection.policy_sets import PolicySet
from iamconsole.replication.projection.source import Key, Row, Source
from iamconsole.runtime.authentication import temporary
from iamconsole.runtime.decisions.names import PrincipalName, principal_name
from policies.engine import Policies, Principal, PrincipalType

KEPT: Final = 8_192  # principals a process remembers
NONE: Final = Policies()  # what can be attached to a service
UNNAMED: Final = "-"  # the session of a role that is asked about as such; too short to be the name of a real one


@dataclass(frozen=True, slots=True)
class Subject:
    """A principal: `facts` are the condition keys of its own, `described` those of a request about it.

    `depends`: the rows of the projection that it was made of.
    """

    principal: Principal
    policies: Policies
    name: str
    facts: Mapping[str, str | tuple[str, ...]]
    described: Mapping[str, str]
    depends: frozenset[Key] = frozenset()


_kept: freshness.Kept[str, Subject] = freshness.Kept(KEPT)
_arns: freshness.Kept[str, str] = freshness.Kept(KEPT)


def named(name: PrincipalName, view: freshness.View) -> Subject | None:
    """The principal of this name, None where there is none."""
    found = _kept.get(name.arn, view)
    if found is None:
        stamp = view.stamp(name.account_id)
        row = _row(name, view.source)
        found = _subject(name, row, view) if row else None
        if found is not None:
            _kept.keep(name.arn, found, account_id=name.account_id, stamp=stamp, depends=found.depends)
    return found


def user_of_key(ident: str, account_id: str, view: freshness.View) -> Subject | None:
    """The user, or root user, whom an access key belongs to."""
    row = policy_sets.of("user", ident, account_id, view=view).row
    name = principal_name(row.arn) if row else None
    return named(name, view) if name else None


def service_of_key(prefix: str, account_id: str, view: freshness.View) -> Subject | None:
    """The registered service that an access key belongs to."""
    name = principal_name(ServicePrincipal(account_id, prefix).arn)
    return named(name, view) if name else None


def of_session(session: Session, view: freshness.View, *, now: datetime) -> Subject | None:
    """Whoever acts in a session, None where role, user or MFA device is gone; not kept: its facts grow older."""
    kind = "role" if session.kind is SessionKind.ROLE else "user"
    held = policy_sets.of(kind, session.principal_id, session.account_id, view=view)
    row = held.row
    if row is None or session.outlives_mfa(row.body.get("mfa_generation", 0)):
        return None
    principal = _acting(session, row)
    tags = temporary.tags_of(session, row.body["tags"])
    facts = _facts(principal, row.arn if principal.role_arn else principal.arn, row.body["name"], tags)
    policies = session_policies.over(held, session, view=view)
    name = session.name or row.body["name"]
    depends = held.depends | {("policy", ident) for ident in session.policy_ids}
    described = _described(session.account_id, tags)
    return Subject(principal, policies, name, facts | session.facts(now), described, depends)


def _acting(session: Session, row: Row) -> Principal:
    account_id = session.account_id
    match session.kind:
        case SessionKind.ROLE:
            arn = temporary.role_session_arn(session, row.body["name"])
            ident = f"{row.id}:{session.name}"
            return Principal(PrincipalType.ROLE_SESSION, account_id, arn, ident, row.id, role_arn=row.arn)
        case SessionKind.FEDERATED_USER:
            arn, ident = temporary.federated_user_arn(session), f"{account_id}:{session.name}"
            return Principal(PrincipalType.FEDERATED_USER, account_id, arn, ident, row.id, issuer_arn=row.arn)
    if row.body["root"]:
        return Principal(PrincipalType.ROOT, account_id, row.arn, account_id, row.id)
    return Principal(PrincipalType.USER, account_id, row.arn, row.id, row.id)


def arn_of(kind: str, name: str, account_id: str, view: freshness.View) -> str:
    """The ARN of a user or role by its name alone; where there is none, the ARN that it would have without a path."""
    key = f"{account_id}/{kind}/{name}"
    found = _arns.get(key, view)
    if found is None:
        stamp = view.stamp(account_id)
        row = view.source.by_name(kind, name, account_id=account_id)
        found = row.arn if row else f"arn:aws:iam::{account_id}:{kind}/{name}"
        _arns.keep(key, found, account_id=account_id, stamp=stamp)
    return found


def _row(name: PrincipalName, source: Source) -> Row | None:
    if name.kind == "service":
        return source.by_id("service", within(name.account_id, name.name))
    if name.session:
        return source.by_name("role", name.name, account_id=name.account_id)
    return source.by_arn("role" if name.kind == "role" else "user", name.arn, account_id=name.account_id)


def _subject(name: PrincipalName, found: Row, view: freshness.View) -> Subject | None:
    if name.kind == "service":
        return _service(ServicePrincipal(name.account_id, name.name), found)
    held = policy_sets.of(found.kind, found.id, name.account_id, view=view)
    if held.row is None or held.row.body["name"] != found.body["name"]:
        return None  # deleted or renamed since it was found
    return _held(name, held.row, held)


def of_set(held: PolicySet) -> Subject | None:
    """The user, root user or role that a set of policies binds, if it is there."""
    name = principal_name(held.row.arn) if held.row else None
    return _held(name, held.row, held) if name and held.row else None


def _held(name: PrincipalName, row: Row, held: PolicySet) -> Subject:
    principal = _principal(name, row)
    tags: dict[str, Any] = row.body["tags"]
    facts = _facts(principal, row.arn, row.body["name"], tags)
    if name.kind == "role" and not name.session:
        del facts["aws:userid"]  # a session has it, and none was named
    described = _described(name.account_id, tags)
    return Subject(principal, held.policies, row.body["name"], facts, described, held.depends)


def _service(service: ServicePrincipal, row: Row) -> Subject:
    principal = Principal(PrincipalType.SERVICE, service.account_id, service.arn, service.name, service.name)
    facts: dict[str, str | tuple[str, ...]] = {
        **_facts(principal, service.arn, service.name, {}),
        "aws:PrincipalServiceName": service.name,
        "aws:PrincipalServiceNamesList": (service.name,),
    }
    depends = frozenset({(row.kind, row.id)})
    return Subject(principal, NONE, service.name, facts, _described(service.account_id, {}), depends)


def _principal(name: PrincipalName, row: Row) -> Principal:
    account_id = name.account_id
    if name.kind == "root":
        return Principal(PrincipalType.ROOT, account_id, row.arn, account_id, row.id)
    if name.kind == "user":
        return Principal(PrincipalType.USER, account_id, row.arn, row.id, row.id)
    session = name.session or UNNAMED
    arn = f"arn:aws:sts::{account_id}:assumed-role/{row.body['name']}/{session}"
    return Principal(PrincipalType.ROLE_SESSION, account_id, arn, f"{row.id}:{session}", row.id, role_arn=row.arn)


def _facts(principal: Principal, principal_arn: str, name: str, tags: Mapping[str, str]) -> dict[str, str]:
    facts = {
        "aws:PrincipalArn": principal_arn,
        "aws:PrincipalAccount": principal.account or "",
        "aws:PrincipalType": principal.type.value,
        "aws:PrincipalIsAWSService": "false",
        "aws:userid": principal.id,
    }
    if principal.type is PrincipalType.USER:
        facts["aws:username"] = name
    return facts | {f"aws:PrincipalTag/{key}": value for key, value in tags.items()}


def _described(account_id: str, tags: Mapping[str, str]) -> dict[str, str]:
    owner = {"aws:ResourceAccount": account_id}
    return owner | {f"{space}:ResourceTag/{key}": value for space in ("aws", "iam") for key, value in tags.items()}
