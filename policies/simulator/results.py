"""A decision as the simulator tells it."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from policies.engine import CheckEffect, CheckType, Decision, Effect, Layer, Matched, Outcome


class Verdict(StrEnum):
    """AWS's PolicyEvaluationDecisionType."""

    ALLOWED = "allowed"
    EXPLICIT_DENY = "explicitDeny"
    IMPLICIT_DENY = "implicitDeny"


@dataclass(frozen=True, slots=True)
class Result:
    """The answer to one action on one resource; None stands for what AWS leaves out.

    `matched` are the statements that decided, those of an organization's policies apart. `details` tells across
    accounts what each kind of policy said; within one account it is empty.
    """

    action: str
    resource: str
    verdict: Verdict
    matched: tuple[Matched, ...]
    missing: list[str]
    allowed_by_organizations: bool | None
    allowed_by_boundary: bool | None
    details: Mapping[str, Verdict] | None


_VERDICTS: Final = {
    Outcome.ALLOW: Verdict.ALLOWED,
    Outcome.EXPLICIT_DENY: Verdict.EXPLICIT_DENY,
    Outcome.IMPLICIT_DENY: Verdict.IMPLICIT_DENY,
}
_EFFECTS: Final = {CheckEffect.ALLOW: Verdict.ALLOWED, CheckEffect.EXPLICIT_DENY: Verdict.EXPLICIT_DENY}
_NAMES: Final = {
    CheckType.PRINCIPAL: "IAM Policy",
    CheckType.RESOURCE: "Resource Policy",
    CheckType.PERMISSIONS_BOUNDARY: "Permissions Boundary",
}
_ORGANIZATION: Final = (Layer.SCP, Layer.RCP)


def result_of(decision: Decision, *, missing: list[str]) -> Result:
    """What AWS tells of a decision."""
    in_organization = _allowed_by_organizations(decision)
    return Result(
        action=decision.request.action,
        resource=decision.request.resource,
        verdict=_VERDICTS[decision.outcome],
        matched=tuple(found for found in decision.statements if found.layer not in _ORGANIZATION),
        missing=missing,
        allowed_by_organizations=in_organization,
        allowed_by_boundary=_allowed_by_boundary(decision),
        # Where an organization says no, AWS looks no further.
        details=None if in_organization is False else _details(decision),
    )


def _allowed_by_organizations(decision: Decision) -> bool | None:
    if not decision.policies.scps:
        return None
    check = next(check for check in decision.checks() if check.type is CheckType.SCP)
    return check.effect is CheckEffect.ALLOW


def _allowed_by_boundary(decision: Decision) -> bool | None:
    """Whether the boundary allows by itself, though a resource policy may have made that unimportant."""
    if decision.policies.boundary is None:
        return None
    effects = {found.effect for found in decision.matched() if found.layer is Layer.BOUNDARY}
    return effects == {Effect.ALLOW}


def _details(decision: Decision) -> dict[str, Verdict] | None:
    if not decision.request.crosses_accounts:
        return None if decision.request.resource == "*" else {}
    told = {*_NAMES} if decision.policies.boundary else {*_NAMES} - {CheckType.PERMISSIONS_BOUNDARY}
    return {
        _NAMES[check.type]: _EFFECTS.get(check.effect, Verdict.IMPLICIT_DENY)
        for check in decision.checks()
        if check.type in told
    }
