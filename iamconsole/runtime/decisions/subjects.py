"""Principals as the projection has them, ready to be decided: identity, policies and condition keys of their own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from iamconsole.replication import freshness
from iamconsole.replication.models import ProjectedRow
from iamconsole.replication.projection import policy_sets, rows
from iamconsole.runtime.decisions.names import PrincipalName, principal_name
from policies.engine import Policies, Principal, PrincipalType

KEPT: Final = 8_192  # principals a process remembers
UNNAMED: Final = "-"  # the session of a role that is asked about as such; too short to be the name of a real one


@dataclass(frozen=True, slots=True)
class Subject:
    """A principal: `facts` are the condition keys of its own, `described` those of a request about it."""

    principal: Principal
    policies: Policies
    name: str
    facts: Mapping[str, str]
    described: Mapping[str, str]


_kept: freshness.Kept[str, Subject] = freshness.Kept(KEPT)
_arns: freshness.Kept[str, str] = freshness.Kept(KEPT)


def named(name: PrincipalName, view: freshness.View) -> Subject | None:
    """The principal of this name, None where there is none."""
    found = _kept.get(name.arn, view)
    if found is None:
        stamp = view.stamp(name.account_id)
        row = _row(name)
        found = _subject(name, row, view) if row else None
        if found is not None:
            _kept.keep(name.arn, found, account_id=name.account_id, stamp=stamp)
    return found


def user_of_key(ident: str, account_id: str, view: freshness.View) -> Subject | None:
    """The user, or root user, whom an access key belongs to."""
    row = policy_sets.of("user", ident, account_id, view=view).row
    name = principal_name(row.arn) if row else None
    return named(name, view) if name else None


def arn_of(kind: str, name: str, account_id: str, view: freshness.View) -> str:
    """The ARN of a user or role by its name alone; where there is none, the ARN that it would have without a path."""
    key = f"{account_id}/{kind}/{name}"
    found = _arns.get(key, view)
    if found is None:
        stamp = view.stamp(account_id)
        row = rows.by_name(kind, name, account_id=account_id)
        found = row.arn if row else f"arn:aws:iam::{account_id}:{kind}/{name}"
        _arns.keep(key, found, account_id=account_id, stamp=stamp)
    return found


def _row(name: PrincipalName) -> ProjectedRow | None:
    if name.session:
        return rows.by_name("role", name.role, account_id=name.account_id)
    return rows.by_arn("role" if name.kind == "role" else "user", name.arn, account_id=name.account_id)


def _subject(name: PrincipalName, found: ProjectedRow, view: freshness.View) -> Subject | None:
    policies = policy_sets.of(found.kind, found.id, name.account_id, view=view)
    row = policies.row
    if row is None or row.body["name"] != found.body["name"]:
        return None  # deleted or renamed since it was found
    principal = _principal(name, row)
    tags: dict[str, Any] = row.body["tags"]
    owner = {"aws:ResourceAccount": name.account_id}
    described = owner | {f"{space}:ResourceTag/{key}": value for space in ("aws", "iam") for key, value in tags.items()}
    return Subject(principal, policies.policies, row.body["name"], _facts(name, row, principal), described)


def _principal(name: PrincipalName, row: ProjectedRow) -> Principal:
    account_id = name.account_id
    if name.kind == "root":
        return Principal(PrincipalType.ROOT, account_id, row.arn, account_id, row.id)
    if name.kind == "user":
        return Principal(PrincipalType.USER, account_id, row.arn, row.id, row.id)
    session = name.session or UNNAMED
    arn = f"arn:aws:sts::{account_id}:assumed-role/{row.body['name']}/{session}"
    return Principal(PrincipalType.ROLE_SESSION, account_id, arn, f"{row.id}:{session}", row.id, role_arn=row.arn)


def _facts(name: PrincipalName, row: ProjectedRow, principal: Principal) -> dict[str, str]:
    facts = {
        "aws:PrincipalArn": row.arn,
        "aws:PrincipalAccount": name.account_id,
        "aws:PrincipalType": principal.type.value,
        "aws:PrincipalIsAWSService": "false",
    }
    if name.kind != "role" or name.session:
        facts["aws:userid"] = principal.id
    if name.kind == "user":
        facts["aws:username"] = row.body["name"]
    return facts | {f"aws:PrincipalTag/{key}": value for key, value in row.body["tags"].items()}
