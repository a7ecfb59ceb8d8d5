"""What is told about access."""

from __future__ import annotations

from typing import Annotated

from iamconsole.audit.decisions.shapes import DenialCheck, DenialFix, DenialNearMiss, DenialPolicy
from iamconsole.kernel.shapes import OneOf, Paged, Shape, Text, Timestamp

PolicyUri = Annotated[str, Text(1, 2048)]
Verdict = Annotated[str, OneOf(("allowed", "conditional", "blocked"))]
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


class AccessStatement(Shape):
    """A statement that had a say; `Holder` is the principal or the group by which it applies, if it is attached."""

    policy_type: str
    policy_uri: str
    policy_name: str
    holder: str | None = None
    sid: str
    index: int


class PrincipalAccess(Shape):
    """A principal and how near it comes.

    `conditional` lacks the one condition that `NearMiss` tells; `blocked` is allowed by `Allows`, but denied by
    `Denies` or, where there are none, not allowed by policies of the type that `LackingPolicyType` names.
    """

    principal: str
    verdict: Verdict
    allows: list[AccessStatement]
    denies: list[AccessStatement]
    lacking_policy_type: str | None = None
    near_miss: DenialNearMiss | None = None


class RoleStep(Shape):
    """`Principal` may assume `Role`, or may under conditions; `IsOutside`: not of this account, by the trust alone."""

    principal: str
    role: str
    verdict: Verdict
    hops: int
    is_outside: bool


class ListPrincipalsWithAccessResult(Shape):
    """Who comes near, and who can assume the roles among them; no `Paged`, as its questions have a body.

    Of `Total` principals `Examined` were, with those of earlier pages: a page ends with the time that it may take, too.
    """

    principals: list[PrincipalAccess]
    role_steps: list[RoleStep]
    examined: int
    total: int
    is_truncated: bool
    marker: str | None = None


class ListAssumableRolesResult(Shape):
    """The roles that a principal can become; `IsComplete` is false where there was no time to try every one.

    `Elsewhere` are the roles of other accounts that its policies let it ask for: theirs is the last word.
    """

    role_steps: list[RoleStep]
    elsewhere: list[str]
    is_complete: bool
