"""What a session may do: the policies of its role or user, limited by those that were passed with it."""

from __future__ import annotations

from typing import Final

from iamconsole.kernel.sessions import Session
from iamconsole.replication import freshness
from iamconsole.replication.projection.combined import with_session
from iamconsole.replication.projection.policy_sets import PolicySet
from iamconsole.replication.projection.source import Source
from policies.engine import Bound, Policies, PolicyKind, compiled
from policies.engine import Source as Origin

KEPT: Final = 1_024
INLINE: Final = Origin(id="session", type="session", name="Session")
ROOTS: Final = Policies(
    identity=(
        Bound(
            Origin(id="root", type="aws-managed", name="RootUser"),
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
        stamp, source = view.stamp(session.account_id), view.source
        found = source.consistent(lambda: _load(session.policy_ids, source), account_id=session.account_id)
        _managed.keep(key, found, account_id=session.account_id, stamp=stamp)
    return (*inline, *found) if found else ()


def _load(ids: tuple[str, ...], source: Source) -> tuple[Bound, ...]:
    rows = source.of_ids("policy", ids)
    if len(rows) != len(ids):
        return ()
    texts = source.documents({row.body["document"] for row in rows})
    return tuple(
        Bound(
            Origin(id=row.id, type="session", arn=row.arn, name=row.body["name"], version=row.body["version"]),
            compiled(texts[row.body["document"]], PolicyKind.IDENTITY),
        )
        for row in rows
    )
