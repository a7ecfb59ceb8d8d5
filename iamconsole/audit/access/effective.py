"""Effective access as it is told: grants, which stand as long as the account does not change, and their use."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from iamconsole.audit.access import holdings, shapes, usage
from iamconsole.audit.access.grants import Grant, grants
from iamconsole.audit.access.holdings import Holding
from iamconsole.audit.access.usage import Use
from iamconsole.audit.decisions.explanation import sid_of, uri_of
from iamconsole.replication import freshness
from policies import catalog
from policies.engine import Condition
from policies.services.queries import catalogue_of

KEPT: Final = 512  # principals whose grants a process remembers
MOST_USED: Final = 100

Worked = tuple[Holding, tuple[Grant, ...]]
_kept: freshness.Kept[str, Worked] = freshness.Kept(KEPT)


def effective(row: Any, now: datetime) -> tuple[list[shapes.EffectiveGrant], str | None]:
    """The grants of a user, group or role and the ARN of its boundary."""
    held, found = _worked_out(row)
    owners = usage.whose(row)
    used = usage.uses(found, usage.last_uses(owners), usage.denials(owners, now))
    boundary = held.policies.boundary
    return [_shown(grant, use) for grant, use in zip(found, used, strict=True)], boundary and boundary.source.arn


def _worked_out(row: Any) -> Worked:
    view = freshness.view()
    found = _kept.get(row.unique_id, view)
    if found is None:
        stamp = view.stamp(row.account_id)
        (held,) = holdings.of(row.account_id, row.arn_kind, [row.unique_id])
        with catalog.extended(catalogue_of(row.account_id)):
            found = held, grants(held)
        _kept.keep(row.unique_id, found, account_id=row.account_id, stamp=stamp)
    return found


def _shown(grant: Grant, use: Use) -> shapes.EffectiveGrant:
    statement, source = grant.statement, grant.granted.bound.source
    return shapes.EffectiveGrant(
        service=grant.service,
        service_name=grant.service_name,
        effect=statement.effect.value,
        access_levels=[level.value for level in grant.levels],
        is_full=grant.is_full,
        holder=grant.granted.holder.arn,
        policy_uri=uri_of(source),
        policy_name=source.name,
        policy_version=source.version or None,
        sid=sid_of(statement.sid, statement.index),
        index=statement.index,
        actions=list(grant.actions),
        all_but=list(grant.all_but),
        resources=list(statement.resources),
        all_but_resources=list(statement.not_resources),
        conditions=[_said(condition) for condition in statement.conditions],
        known_actions=grant.known,
        withheld_actions=grant.withheld,
        last_accessed=use.last,
        last_action=use.action or None,
        used_actions=list(use.actions[:MOST_USED]),
        recent_denials=use.denied,
    )


def _said(condition: Condition) -> str:
    return f"{condition.operator} {condition.key}: {', '.join(condition.values)}"
