"""What binds a principal, read from the projection and compiled.

Sets are kept per process and keyed by the log's position: any change makes every set be read anew, so a right that was
taken away is gone from the next request on.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass
from threading import Lock
from typing import Any

from iamconsole.replication.log import position_of
from iamconsole.replication.models import ProjectedDocument, ProjectedRow
from policies.engine import Bound, Policies, PolicyKind, Source, compiled

KEPT = 4096  # principals a process remembers


@dataclass(frozen=True, slots=True)
class PolicySet:
    """A principal as the projection has it, and its policies; `row` is None where there is no such principal."""

    row: ProjectedRow | None
    policies: Policies


NOBODY = PolicySet(None, Policies())

_sets: OrderedDict[tuple[str, str], tuple[int, PolicySet]] = OrderedDict()
_lock = Lock()


def of(kind: str, ident: str, account_id: str) -> PolicySet:
    """The set of a user, root user or role, as of now."""
    position, key = position_of(account_id), (kind, ident)
    with _lock:
        kept = _sets.get(key)
        if kept and kept[0] == position:
            _sets.move_to_end(key)
            return kept[1]
    found = _load(kind, ident, account_id)
    with _lock:
        _sets[key] = (position, found)
        while len(_sets) > KEPT:
            _sets.popitem(last=False)
    return found


def _load(kind: str, ident: str, account_id: str) -> PolicySet:
    row = ProjectedRow.objects.filter(kind=kind, id=ident, account_id=account_id).first()
    if row is None:
        return NOBODY
    groups = _rows("group", row.body.get("groups", ()))
    holders = [row, *groups]
    boundary = row.body.get("boundary")
    attached = {ident for holder in holders for ident in holder.body["attached"]}
    policies = {found.id: found for found in _rows("policy", attached | ({boundary} if boundary else set()))}
    digests = {digest for holder in holders for _name, digest in holder.body["inline"]}
    digests |= {found.body["document"] for found in policies.values()}
    texts = dict(ProjectedDocument.objects.filter(digest__in=digests).values_list("digest", "text")) if digests else {}
    identity = [_inline(holder, name, texts[digest]) for holder in holders for name, digest in holder.body["inline"]]
    identity += [_managed(policies[ident], texts) for holder in holders for ident in holder.body["attached"]]
    return PolicySet(
        row,
        Policies(identity=tuple(identity), boundary=_managed(policies[boundary], texts) if boundary else None),
    )


def _rows(kind: str, ids: Iterable[str]) -> list[ProjectedRow]:
    wanted = list(ids)
    return list(ProjectedRow.objects.filter(kind=kind, id__in=wanted).order_by("id")) if wanted else []


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
