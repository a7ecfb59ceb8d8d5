"""What detaching policies, or leaving a group, would take from those who have them, out of what they used."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import Any, Final

from accounts.groups.models import Membership
from iamconsole.audit.access import holdings, shapes
from iamconsole.audit.access.holdings import Granted, Holding
from iamconsole.audit.access.losses import losses
from iamconsole.audit.access.usage import Used
from iamconsole.audit.history.models import LastAccess
from iamconsole.kernel.errors import NoSuchEntity
from iamconsole.storage.named import name_key
from policies.engine import Bound

MOST_PRINCIPALS: Final = 500
MOST_USES: Final = 20_000
MOST_LOSSES: Final = 500


def preview(row: Any, policy: str | None, member: str | None) -> shapes.PreviewDetachmentResult:
    """`policy` is the ARN of a managed policy or the name of an inline one, None stands for all that `row` has.

    `member` is the one user of a group who is looked at. NoSuchEntity where `row` has no such policy or member.
    Constant queries; at most so many principals and uses are looked at.
    """
    (holder,) = holdings.of(row.account_id, row.arn_kind, [row.unique_id])
    gone = _policies(holder, policy)
    ids, total = _affected(row, member)
    kind = "user" if row.arn_kind == "group" else row.arn_kind
    used = _used(row.account_id, ids)
    found = [
        shapes.AccessLoss(
            principal=held.holder.arn,
            action=loss.action,
            resource=loss.resource or None,
            last_accessed=loss.last,
            is_sure=loss.sure,
        )
        for held in holdings.of(row.account_id, kind, ids)
        for loss in losses(gone, _without(held, gone, row.unique_id), used[held.holder.id])
    ]
    found.sort(key=lambda loss: loss.last_accessed, reverse=True)
    return shapes.PreviewDetachmentResult(
        losses=found[:MOST_LOSSES],
        principals=total,
        examined=len(ids),
        denies_lifted=sum(rule.is_deny for bound in gone for rule in bound.compiled.rules),
    )


def _policies(holder: Holding, policy: str | None) -> list[Bound]:
    own = [each.bound for each in holder.granted if each.holder.id == holder.holder.id]
    if policy is None:
        return own
    for bound in own:
        if policy == (bound.source.arn or bound.source.name):
            return [bound]
    raise NoSuchEntity(f"Policy {policy} is not attached to {holder.holder.name}.")


def _affected(row: Any, member: str | None) -> tuple[list[str], int]:
    if row.arn_kind != "group":
        return [row.unique_id], 1
    members = Membership.objects.filter(account_id=row.account_id, group=row)
    if member is not None:
        members = members.filter(user__name_key=name_key(member))
        if not members.exists():
            raise NoSuchEntity(f"User {member} is not in group {row.name}.")
    ids = members.order_by("user__unique_id").values_list("user__unique_id", flat=True)
    return list(ids[:MOST_PRINCIPALS]), members.count()


def _used(account_id: str, ids: list[str]) -> dict[str, list[Used]]:
    rows = LastAccess.objects.filter(account_id=account_id, principal_id__in=ids, allowed__isnull=False)
    found: defaultdict[str, list[Used]] = defaultdict(list)
    for row in rows.order_by("-allowed")[:MOST_USES]:
        found[row.principal_id].append(Used(row.action, row.allowed, row.attempted, row.resource, row.region))
    return found


def _without(held: Holding, gone: list[Bound], holder: str) -> Any:
    """What binds a principal when one holder of policies has them no more; another may still have them."""
    left = [each for each in held.granted if not _is_gone(each, gone, holder)]
    return replace(held.policies, identity=tuple(dict.fromkeys(each.bound for each in left)))


def _is_gone(each: Granted, gone: list[Bound], holder: str) -> bool:
    return each.holder.id == holder and any(each.bound.source == bound.source for bound in gone)
