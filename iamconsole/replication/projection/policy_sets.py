"""What binds a principal, read from the projection and compiled.

Sets are kept per process under the stamp of their account: any change of the account makes its sets be read anew, so a
right that was taken away is gone from the next request on, in every process.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, replace

from iamconsole.replication import freshness
from iamconsole.replication.projection.rows import HOME
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
        depends = found.depends | {(kind, ident), ("password_policy", account_id)}
        _sets.keep(key, found, account_id=account_id, stamp=stamp, depends=depends)
    return found


def several(idents: Iterable[str], account_id: str) -> list[PolicySet]:
    """The sets of users and roles by their unique ids, as the home region has them; who is gone is left out.

    Five queries however many. Nothing is kept, and `changes_password` is not looked up.
    """
    wanted = list(idents)

    def load() -> list[PolicySet]:
        found = [*HOME.of_ids("user", wanted), *HOME.of_ids("role", wanted)]
        return _bound([row for row in found if row.account_id == account_id], HOME)

    return HOME.consistent(load, account_id=account_id)


def _load(source: Source, kind: str, ident: str, account_id: str) -> PolicySet:
    rules = ("password_policy", account_id)
    first = source.some((kind, ident), rules)
    row = first.get((kind, ident))
    if row is None or row.account_id != account_id:
        return NOBODY
    (found,) = _bound([row], source)
    may = row.body.get("must_change_password") or (rules in first and first[rules].body["users_may_change"])
    return replace(found, changes_password=bool(may))


def _bound(rows: Sequence[Row], source: Source) -> list[PolicySet]:
    """What binds each of some users and roles, in at most three queries."""
    groups = _by_id(source, "group", {ident for row in rows for ident in row.body.get("groups", ())})
    holders = [*rows, *groups.values()]
    policies = _by_id(source, "policy", {ident for holder in holders for ident in _named(holder)})
    digests = {digest for holder in holders for _name, digest in holder.body["inline"]}
    digests |= {found.body["document"] for found in policies.values()}
    texts = source.documents(digests)
    return [_set(row, groups, policies, texts) for row in rows]


def _set(row: Row, groups: Mapping[str, Row], policies: Mapping[str, Row], texts: Mapping[str, str]) -> PolicySet:
    holders = [row, *(groups[ident] for ident in sorted(row.body.get("groups", ())) if ident in groups)]
    identity = [_inline(holder, name, texts[digest]) for holder in holders for name, digest in holder.body["inline"]]
    identity += [_managed(policies[ident], texts) for holder in holders for ident in holder.body["attached"]]
    boundary = row.body.get("boundary")
    named = {("policy", ident) for holder in holders for ident in _named(holder)}
    named |= {("group", ident) for ident in row.body.get("groups", ())}
    return PolicySet(
        row,
        Policies(identity=tuple(identity), boundary=_managed(policies[boundary], texts) if boundary else None),
        depends=frozenset({(row.kind, row.id), *named}),
    )


def _named(holder: Row) -> list[str]:
    """The managed policies that grant or bound, by id."""
    boundary = holder.body.get("boundary")
    return [*holder.body["attached"], *([boundary] if boundary else ())]


def _by_id(source: Source, kind: str, idents: Set[str]) -> dict[str, Row]:
    return {row.id: row for row in source.of_ids(kind, idents)}


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
