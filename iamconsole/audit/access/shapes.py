"""What is told about access."""

from __future__ import annotations

from typing import Annotated

from iamconsole.audit.decisions.shapes import DenialCheck, DenialFix, DenialNearMiss, DenialPolicy
from iamconsole.kernel.shapes import OneOf, Shape

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
