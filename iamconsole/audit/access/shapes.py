"""What is told about access."""

from __future__ import annotations

from typing import Annotated

from iamconsole.audit.decisions.shapes import DenialCheck, DenialFix, DenialNearMiss, DenialPolicy
from iamconsole.kernel.shapes import OneOf, Paged, Shape, Text, Timestamp

PolicyUri = Annotated[str, Text(1, 2048)]
Decision = Annotated[str, OneOf(("allowed", "explicitDeny", "implicitDeny"))]


class AccessTrace(Shape):
    """What would be decided about one action on one resource, why, and what would change a denial."""

    action: str
    resource: str
    decision: Decision
    checks: list[DenialCheck]
    near_misses: list[DenialNearMiss]
    fixes: list[DenialFix]
    missing_context_values: list[str]


class ExplainAccessResult(Shape):
    """A page of traces, and the policies that they name; no `Paged`, whose links are for questions without a body."""

    traces: list[AccessTrace]
    policies: list[DenialPolicy]
    is_truncated: bool
    marker: str | None = None


class EffectiveGrant(Shape):
    """What one statement says about one service; `Service` is `*` for what crosses services.

    `Holder` is whose policy it is: the principal, or a group of its. `Actions` are the statement's patterns for this
    service, `AllBut` those of a NotAction. `IsFull`: every action of the service. Of `KnownActions` that are named,
    `WithheldActions` are of no use: a boundary or an unconditional deny takes them back. `UsedActions` are those in use
    (the first hundred), `RecentDenials` counts what a deny refused within a day.
    """

    service: str
    service_name: str
    effect: str
    access_levels: list[str]
    is_full: bool
    holder: str
    policy_uri: str
    policy_name: str
    policy_version: str | None = None
    sid: str
    index: int
    actions: list[str]
    all_but: list[str]
    resources: list[str]
    all_but_resources: list[str]
    conditions: list[str]
    known_actions: int
    withheld_actions: int
    last_accessed: Timestamp | None = None
    last_action: str | None = None
    used_actions: list[str]
    recent_denials: int


class GetEffectiveAccessResult(Paged):
    """The grants, and the boundary that limits them."""

    grants: list[EffectiveGrant]
    permissions_boundary: str | None = None


class ActionLastAccess(Shape):
    """When an action was last allowed and last tried; the resource is that of the last time it was allowed."""

    service: str
    action: str
    last_accessed: Timestamp | None = None
    last_attempted: Timestamp
    region: str | None = None
    resource: str | None = None


class ListLastAccessResult(Paged):
    actions: list[ActionLastAccess]


class AccessLoss(Shape):
    """An action that somebody used and that nothing else allows; not `IsSure` where something does under conditions."""

    principal: str
    action: str
    resource: str | None = None
    last_accessed: Timestamp
    is_sure: bool


class PreviewDetachmentResult(Shape):
    """What would be lost, the latest used first; `Examined` of all `Principals` were looked at."""

    losses: list[AccessLoss]
    principals: int
    examined: int
    denies_lifted: int
