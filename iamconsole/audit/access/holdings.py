"""Principals with their policies and by whom they have them, for one or a whole account with the same few queries."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from django.db.models import QuerySet

from iamconsole.replication import freshness
from iamconsole.replication.models import ProjectedDocument, ProjectedRow
from policies.engine import Bound, Policies, PolicyKind, Source, compiled

KEPT: Final = 16  # accounts whose principals a process remembers as a whole
PRINCIPALS: Final = ("user", "role")
ROOT: Final = "root"


@dataclass(frozen=True, slots=True)
class Holder:
    """A user, group or role that policies are attached to."""

    kind: str
    id: str
    arn: str
    name: str


@dataclass(frozen=True, slots=True)
class Granted:
    """A policy, and whose it is: the principal's own or that of a group."""

    holder: Holder
    bound: Bound


@dataclass(frozen=True, slots=True)
class Holding:
    """A principal, or a group, with everything that binds it; `trust` is who may assume a role, as deciding needs it.

    `policies` are made of `granted` and the boundary: shared, so that they remember which statements matter.
    """

    holder: Holder
    tags: Mapping[str, str]
    is_root: bool
    granted: tuple[Granted, ...]
    policies: Policies
    trust: str = ""


_kept: freshness.Kept[str, tuple[Holding, ...]] = freshness.Kept(KEPT)


def of(account_id: str, kind: str, ids: Collection[str]) -> list[Holding]:
    """The holdings of users, groups or roles by unique id; at most four queries."""
    with freshness.snapshot():
        return _held(_read(ProjectedRow.objects.filter(account_id=account_id, kind=kind, id__in=ids).order_by("arn")))


def of_account(account_id: str) -> tuple[Holding, ...]:
    """Every user, root and role of an account, by ARN; remembered for as long as the account does not change."""
    view = freshness.view()
    found = _kept.get(account_id, view)
    if found is None:
        stamp = view.stamp(account_id)
        with freshness.snapshot():
            rows = ProjectedRow.objects.filter(account_id=account_id, kind__in=PRINCIPALS).order_by("arn")
            found = tuple(_held(_read(rows)))
        _kept.keep(account_id, found, account_id=account_id, stamp=stamp)
    return found


class _Row(NamedTuple):
    """What is read of a row of the projection: of 10,000 at a time, model instances take longer than all the rest."""

    kind: str
    id: str
    account_id: str
    arn: str
    body: dict[str, Any]


def _read(rows: QuerySet) -> list[_Row]:
    return [_Row(*row) for row in rows.values_list(*_Row._fields)]


def _held(rows: list[_Row]) -> list[Holding]:
    groups = {row.id: row for row in _rows("group", {ident for row in rows for ident in row.body.get("groups", ())})}
    holders = [*rows, *groups.values()]
    boundaries = {boundary for row in rows if (boundary := row.body.get("boundary"))}
    attached = {ident for holder in holders for ident in holder.body["attached"]}
    policies = {row.id: row for row in _rows("policy", attached | boundaries)}
    digests = {digest for holder in holders for _name, digest in holder.body["inline"]}
    digests |= {row.body["document"] for row in policies.values()}
    digests |= {row.body["trust_bound"] for row in rows if row.kind == "role"}
    texts = dict(ProjectedDocument.objects.filter(digest__in=digests).values_list("digest", "text")) if digests else {}
    managed = {ident: _managed(row, texts) for ident, row in policies.items()}
    own = {holder.id: _own(holder, managed, texts) for holder in holders}
    return [_holding(row, groups, managed, own, texts) for row in rows]


def _holding(
    row: _Row,
    groups: Mapping[str, _Row],
    managed: Mapping[str, Bound],
    own: Mapping[str, list[Granted]],
    texts: Mapping[str, str],
) -> Holding:
    through = [each for ident in row.body.get("groups", ()) if ident in groups for each in own[ident]]
    granted = (*own[row.id], *through)
    boundary = row.body.get("boundary")
    # A policy that comes twice counts once.
    identity = tuple({each.bound.source.id: each.bound for each in granted}.values())
    return Holding(
        holder=_holder(row),
        tags=row.body.get("tags", {}),
        is_root=bool(row.body.get(ROOT)),
        granted=granted,
        policies=Policies(identity=identity, boundary=managed[boundary] if boundary else None),
        trust=texts[row.body["trust_bound"]] if row.kind == "role" else "",
    )


def _own(row: _Row, managed: Mapping[str, Bound], texts: Mapping[str, str]) -> list[Granted]:
    holder = _holder(row)
    inline = [
        Bound(Source(id=f"{row.id}/{name}", type=row.kind, name=name), compiled(texts[digest], PolicyKind.IDENTITY))
        for name, digest in row.body["inline"]
    ]
    return [Granted(holder, bound) for bound in (*inline, *(managed[ident] for ident in row.body["attached"]))]


def _holder(row: _Row) -> Holder:
    return Holder(row.kind, row.id, row.arn, row.body["name"])


def _rows(kind: str, ids: Iterable[str]) -> list[_Row]:
    wanted = list(ids)
    return _read(ProjectedRow.objects.filter(kind=kind, id__in=wanted).order_by("id")) if wanted else []


def _managed(row: _Row, texts: Mapping[str, Any]) -> Bound:
    kind = "aws-managed" if row.account_id == "aws" else "user-managed"
    source = Source(id=row.id, type=kind, arn=row.arn, name=row.body["name"], version=row.body["version"])
    return Bound(source, compiled(texts[row.body["document"]], PolicyKind.IDENTITY))
