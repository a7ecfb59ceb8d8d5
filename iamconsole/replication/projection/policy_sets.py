"""What binds a principal, read from the projection and compiled.

Sets are kept per process under the stamp of their account: any change of the account makes its sets be read anew, so a
right that was taken away is gone from the next request on, in every process.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from iamconsole.replication import freshness
from iamconsole.replication.projection.source import Key, Row, Source
from policies.engine import Bound, Policies, PolicyKind, compiled
from policies.engine import Source as Origin

KEPT = 4096  # principals a process remembers


@dataclass(frozen=True, slots=True)
class PolicySet:
    """A principal as the projection has it, and its policies; `row` is None where there is no such principal.

    `changes_password`: whether the account lets it change its own password, or an administrator demands it.
    `depends`: the rows that all of this was made of, by kind and id.
    """

    row: Row | None
    policies: Policies
    changes_password: bool = False
    depends: frozenset[Key] = frozenset()


NOBODY = PolicySet(None, Policies())

_sets: freshness.Kept[tuple[str, str, str], PolicySet] = freshness.Kept(KEPT)


def of(kind: str, ident: str, account_id: str, *, view: freshness.View | None = None) -> PolicySet:
    """The set of a user, root user or role, as of now or of a view taken earlier in the same request."""
    view, key = view or freshness.view(), (kind, ident, account_id)
    found = _sets.get(key, view)
    if found is None:
        stamp, source = view.stamp(account_id), view.source
        found = source.consistent(lambda: _load(source, kind, ident, account_id), account_id=account_id)
        _sets.keep(key, found, account_id=account_id, stamp=stamp)
    return found


def _load(source: Source, kind: str, ident: str, account_id: str) -> PolicySet:
    rules = ("password_policy", account_id)
    first = source.some((kind, ident), rules)
    row = first.get((kind, ident))
    if row is None or row.account_id != account_id:
        return NOBODY
    groups = source.of_ids("group", row.body.get("groups", ()))
    holders = [row, *groups]
    boundary = row.body.get("boundary")
    attached = {ident for holder in holders for ident in holder.body["attached"]}
    named = attached | ({boundary} if boundary else set())
    policies = {found.id: found for found in source.of_ids("policy", named)}
    digests = {digest for holder in holders for _name, digest in holder.body["inline"]}
    digests |= {found.body["document"] for found in policies.values()}
    texts = source.documents(digests)
    identity = [_inline(holder, name, texts[digest]) for holder in holders for name, digest in holder.body["inline"]]
    identity += [_managed(policies[ident], texts) for holder in holders for ident in holder.body["attached"]]
    return PolicySet(
        row,
        Policies(identity=tuple(identity), boundary=_managed(policies[boundary], texts) if boundary else None),
        bool(row.body.get("must_change_password") or (rules in first and first[rules].body["users_may_change"])),
        frozenset((found.kind, found.id) for found in (*holders, *policies.values())),
    )


def _inline(holder: Row, name: str, text: str) -> Bound:
    source = Origin(id=f"{holder.id}/{name}", type=holder.kind, name=name)
    return Bound(source, compiled(text, PolicyKind.IDENTITY))


def _managed(row: Row, texts: Mapping[str, str]) -> Bound:
    source = Origin(
        id=row.id,
        type="aws-managed" if row.account_id == "aws" else "user-managed",
        arn=row.arn,
        name=row.body["name"],
        version=row.body["version"],
    )
    return Bound(source, compiled(texts[row.body["document"]], PolicyKind.IDENTITY))
