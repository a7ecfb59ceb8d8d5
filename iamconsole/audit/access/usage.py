"""What of it was used: the access history by principal or, for a group, by its members."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.db.models import Max, Sum

from accounts.groups.models import Membership
from iamconsole.audit.access.grants import Grant
from iamconsole.audit.history.models import AccessHistory, LastAccess
from policies.engine import Context

RECENTLY: Final = timedelta(days=1)
NO_FACTS: Final = Context()


@dataclass(frozen=True, slots=True)
class Used:
    """When an action was last allowed and last tried, and on what it was last allowed; empty where that is unknown."""

    action: str
    allowed: datetime | None
    attempted: datetime
    resource: str = ""
    region: str = ""


@dataclass(frozen=True, slots=True)
class Use:
    """What was made of a grant: when last, by which action, all actions in use, and how often it denied lately."""

    last: datetime | None = None
    action: str = ""
    actions: tuple[str, ...] = ()
    denied: int = 0


@dataclass(frozen=True, slots=True)
class Owners:
    """Whose rows of the history are meant, as a filter; `several` where they are those of a group's members."""

    account_id: str
    principals: Mapping[str, Any]
    several: bool


def whose(row: Any) -> Owners:
    """A user, a role, or the members of a group."""
    if row.arn_kind == "group":
        members = Membership.objects.filter(account_id=row.account_id, group=row).values("user__unique_id")
        return Owners(row.account_id, {"principal_id__in": members}, several=True)
    return Owners(row.account_id, {"principal_id": row.unique_id}, several=False)


def last_uses(owners: Owners) -> list[Used]:
    """The last use of each action, ordered by it; of several principals the latest of any, without its resource."""
    rows = LastAccess.objects.filter(account_id=owners.account_id, **owners.principals)
    if owners.several:
        latest = rows.values("action").annotate(last=Max("allowed"), tried=Max("attempted")).order_by("action")
        return [Used(each["action"], each["last"], each["tried"]) for each in latest]
    return [Used(row.action, row.allowed, row.attempted, row.resource, row.region) for row in rows.order_by("action")]


def denials(owners: Owners, now: datetime) -> dict[str, int]:
    """How often statements denied each action lately."""
    lately = {"verdict": "EXPLICIT_DENY", "last_time__gte": now - RECENTLY}
    rows = AccessHistory.objects.filter(account_id=owners.account_id, **owners.principals, **lately)
    return dict(rows.values("action").annotate(n=Sum("times")).order_by().values_list("action", "n"))


def uses(grants: Collection[Grant], used: Iterable[Used], denied: Mapping[str, int]) -> list[Use]:
    """The use of each grant, in their order.

    An action counts for every Allow that names it and, where it is known on what it was done, covers that.
    """
    by_service: dict[str, list[Used]] = {}
    for each in used:
        if each.allowed:
            by_service.setdefault(each.action.partition(":")[0].lower(), []).append(each)
    everything = [each for some in by_service.values() for each in some]
    return [
        _use(grant, everything if grant.service == "*" else by_service.get(grant.service, []), denied)
        for grant in grants
    ]


def _use(grant: Grant, used: Iterable[Used], denied: Mapping[str, int]) -> Use:
    if grant.is_deny:
        return Use(denied=sum(times for action, times in denied.items() if grant.names(action)))
    mine = [each for each in used if grant.names(each.action) and _covers(grant, each.resource)]
    last = max(mine, key=lambda each: each.allowed or each.attempted, default=None)
    if last is None:
        return Use()
    return Use(last.allowed, last.action, tuple(sorted({each.action for each in mine})))


def _covers(grant: Grant, resource: str) -> bool:
    if not resource:
        return True
    rule = grant.granted.bound.compiled.rules[grant.statement.index]
    # A variable without value matches nothing; who asked is known, with which values he asked is not.
    has_variables = any(pattern.tokens is None for pattern in (*rule.resources, *rule.not_resources))
    return has_variables or rule.covers(resource, NO_FACTS)
