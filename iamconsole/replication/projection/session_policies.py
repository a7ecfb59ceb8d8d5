"""What a session may do: the policies of its role or user, limited by those that were passed with it."""

from __future__ import annotations

from typing import Final

from iamconsole.kernel.sessions import Session
from iamconsole.replication import freshness
from iamconsole.replication.models import ProjectedDocument, ProjectedRow
from iamconsole.replication.projection.combined import with_session
from iamconsole.replication.projection.policy_sets import PolicySet
from policies.engine import Bound, Policies, PolicyKind, Source, compiled

KEPT: Final = 1_024
INLINE: Final = Source(id="session", type="session", name="Session")
ROOTS: Final = Policies(
    identity=(
        Bound(
            Source(id="root", type="aws-managed", name="RootUser"),
            compiled('{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}'),
        ),
    )
)
"""What a federated user has of the root user who asked for his session."""

_managed: freshness.Kept[tuple[str, tuple[str, ...]], tuple[Bound, ...]] = freshness.Kept(KEPT)


def over(held: PolicySet, session: Session, *, view: freshness.View | None = None) -> Policies:
    """The policies of a session; `held` is what its role or user has."""
    own = ROOTS if held.row is not None and held.row.body.get("root") else held.policies
    if not session.limited:
        return own
    inline = (Bound(INLINE, compiled(session.policy, PolicyKind.IDENTITY)),) if session.policy else ()
    return with_session(own, _of_ids(session, view or freshness.view(), inline))


def _of_ids(session: Session, view: freshness.View, inline: tuple[Bound, ...]) -> tuple[Bound, ...]:
    """Session policies as they are now; none at all, which allows nothing, once one of them is deleted."""
    if not session.policy_ids:
        return inline
    key = (session.account_id, session.policy_ids)
    found = _managed.get(key, view)
    if found is None:
        stamp = view.stamp(session.account_id)
        with freshness.snapshot():
            found = _load(session.policy_ids)
        _managed.keep(key, found, account_id=session.account_id, stamp=stamp)
    return (*inline, *found) if found else ()


def _load(ids: tuple[str, ...]) -> tuple[Bound, ...]:
    rows = list(ProjectedRow.objects.filter(kind="policy", id__in=ids))
    if len(rows) != len(ids):
        return ()
    digests = {row.body["document"] for row in rows}
    texts = dict(ProjectedDocument.objects.filter(digest__in=digests).values_list("digest", "text"))
    return tuple(
        Bound(
            Source(id=row.id, type="session", arn=row.arn, name=row.body["name"], version=row.body["version"]),
            compiled(texts[row.body["document"]], PolicyKind.IDENTITY),
        )
        for row in sorted(rows, key=lambda row: row.id)
    )
