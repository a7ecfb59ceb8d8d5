"""What binds a principal, read from the projection and compiled.

Sets are kept per process under the stamp of their account: any change of the account makes its sets be read anew, so a
right that was taken away is gone from the next request on, in every process.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from iamconsole.replication import freshness
from iamconsole.replication.models import ProjectedDocument, ProjectedRow
from policies.engine import Bound, Policies, PolicyKind, Source, compiled

KEPT = 4096  # principals a process remembers


@dataclass(frozen=True, slots=True)
class PolicySet:
    """A principal as the projection has it, and its policies; `row` is None where there is no such principal.

    `changes_password`: whether the account lets it change its own password, or an administrator demands it.
    """

    row: ProjectedRow | None
    policies: Policies
    changes_password: bool = False


NOBODY = PolicySet(None, Policies())

_sets: freshness.Kept[tuple[str, str, str], PolicySet] = freshness.Kept(KEPT)


def of(kind: str, ident: str, account_id: str, *, view: freshness.View | None = None) -> PolicySet:
    """The set of a user, root user or role, as of now or of a view taken earlier in the same request."""
    view, key = view or freshness.view(), (kind, ident, account_id)
    found = _sets.get(key, view)
    if found is None:
        stamp = view.stamp(account_id)
        with freshness.snapshot():
            found = _load(kind, ident, account_id)
        _sets.keep(key, found, account_id=account_id, stamp=stamp)
    return found


def several(idents: Iterable[str], account_id: str) -> list[PolicySet]:
    """The sets of users and roles by their unique ids, in four queries however many; who is gone is left out."""
    with freshness.snapshot():
        wanted = Q(kind__in=("user", "role"), id__in=list(idents), account_id=account_id)
        rows = list(ProjectedRow.objects.filter(wanted).order_by("id"))
        return [PolicySet(row, policies) for row, policies in zip(rows, _bound(rows), strict=True)]


def _load(kind: str, ident: str, account_id: str) -> PolicySet:
    wanted = Q(kind=kind, id=ident, account_id=account_id) | Q(kind="password_policy", id=account_id)
    found = {row.kind: row for row in ProjectedRow.objects.filter(wanted)}
    row, rules = found.get(kind), found.get("password_policy")
    if row is None:
        return NOBODY
    (policies,) = _bound([row])
    return PolicySet(
        row, policies, bool(row.body.get("must_change_password") or (rules and rules.body["users_may_change"]))
    )


def _bound(rows: Sequence[ProjectedRow]) -> list[Policies]:
    """What binds each of some users and roles, in at most three queries."""
    groups = _by_id("group", {ident for row in rows for ident in row.body.get("groups", ())})
    holders = [*rows, *groups.values()]
    named = {ident for holder in holders for ident in holder.body["attached"]}
    named |= {row.body["boundary"] for row in rows if row.body.get("boundary")}
    policies = _by_id("policy", named)
    digests = {digest for holder in holders for _name, digest in holder.body["inline"]}
    digests |= {found.body["document"] for found in policies.values()}
    texts = dict(ProjectedDocument.objects.filter(digest__in=digests).values_list("digest", "text")) if digests else {}
    return [_policies(row, groups, policies, texts) for row in rows]


def _policies(
    row: ProjectedRow, groups: Mapping[str, ProjectedRow], policies: Mapping[str, ProjectedRow], texts: dict[str, Any]
) -> Policies:
    holders = [row, *(groups[ident] for ident in sorted(row.body.get("groups", ())) if ident in groups)]
    identity = [_inline(holder, name, texts[digest]) for holder in holders for name, digest in holder.body["inline"]]
    identity += [_managed(policies[ident], texts) for holder in holders for ident in holder.body["attached"]]
    boundary = row.body.get("boundary")
    return Policies(identity=tuple(identity), boundary=_managed(policies[boundary], texts) if boundary else None)


def _by_id(kind: str, idents: Iterable[str]) -> dict[str, ProjectedRow]:
    wanted = list(idents)
    return {row.id: row for row in ProjectedRow.objects.filter(kind=kind, id__in=wanted)} if wanted else {}


def _inline(holder: ProjectedRow, name: str, text: str) -> Bound:
    source = Source(id=f"{holder.id}/{name}", type=holder.kind, name=name)
    return Bound(source, compiled(text, PolicyKind.IDENTITY))


def _managed(row: ProjectedRow, texts: dict[str, Any]) -> Bound:
    source = Source(
        id=row.id,
        type="aws-managed" if row.account_id == "aws" else "user-managed",
        arn=row.arn,
        name=row.body["name"],
        version=row.body["version"],
    )
    return Bound(source, compiled(texts[row.body["document"]], PolicyKind.IDENTITY))
