"""Who can do it and who can become whom, as it is told; within the time that a question may take."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice
from typing import Any, Final

from iamconsole.audit.access import holdings, shapes
from iamconsole.audit.access.attached import attached
from iamconsole.audit.access.holdings import Holding
from iamconsole.audit.access.reach import (
    Deadline,
    Question,
    Reached,
    Step,
    Through,
    Verdict,
    assumable_by,
    outsiders,
    who_assumes,
)
from iamconsole.audit.decisions import answers
from iamconsole.audit.decisions.explanation import POLICY_TYPES, near_miss, sid_of, uri_of
from policies.engine import NearMiss, matches
from policies.simulator import Facts

MOST_STEPS: Final = 500
MOST_OUTSIDERS: Final = 100


def with_access(
    account_id: str, action: str, resource: str, facts: Facts, *, start: int, size: int
) -> tuple[shapes.ListPrincipalsWithAccessResult, int]:
    """The principals from number `start` on that come near, and the number with which the next page begins."""
    everybody, deadline = holdings.of_account(account_id), Deadline()
    question = Question(action, resource, attached(account_id, [resource]), facts)
    found: list[Reached] = []
    at = start
    for at in range(start, len(everybody) + 1):
        if at == len(everybody) or len(found) == size or (deadline.is_over and at > start):
            break
        if (reached := question.asked_of(everybody[at])) is not None:
            found.append(reached)
    roles = [
        each.holding for each in found if each.holding.holder.kind == "role" and each.verdict is not Verdict.BLOCKED
    ]
    return shapes.ListPrincipalsWithAccessResult(
        principals=[_principal(each) for each in found],
        role_steps=[*_steps(islice(who_assumes(roles, everybody, deadline), MOST_STEPS)), *_outside(roles)],
        examined=at,
        total=len(everybody),
        is_truncated=at < len(everybody),
        marker=None,
    ), at


def assumable(row: Any) -> shapes.ListAssumableRolesResult:
    """The roles that a user or role can become."""
    everybody, deadline = holdings.of_account(row.account_id), Deadline()
    roles = [each for each in everybody if each.holder.kind == "role"]
    start = next(each for each in everybody if each.holder.id == row.unique_id)
    steps = list(islice(assumable_by(start, roles, deadline), MOST_STEPS))
    return shapes.ListAssumableRolesResult(
        role_steps=_steps(steps),
        elsewhere=_elsewhere(start, row.account_id),
        is_complete=not deadline.is_over and len(steps) < MOST_STEPS,
    )


def _principal(reached: Reached) -> shapes.PrincipalAccess:
    return shapes.PrincipalAccess(
        principal=reached.holding.holder.arn,
        verdict=reached.verdict.value,
        allows=[_statement(each) for each in reached.allows],
        denies=[_statement(each) for each in reached.denies],
        lacking_policy_type=POLICY_TYPES[reached.lacking] if reached.lacking else None,
        near_miss=_miss(reached.miss) if reached.miss else None,
    )


def _statement(through: Through) -> shapes.AccessStatement:
    source = through.source
    return shapes.AccessStatement(
        policy_type=POLICY_TYPES[through.layer],
        policy_uri=uri_of(source),
        policy_name=source.name,
        holder=through.holder.arn if through.holder else None,
        sid=sid_of(through.sid, through.index),
        index=through.index,
    )


def _miss(miss: NearMiss) -> Any:
    (said,) = answers.near_misses({"nearMisses": [near_miss(miss)]})
    return said


def _steps(steps: Iterable[Step]) -> list[shapes.RoleStep]:
    return [
        shapes.RoleStep(
            principal=step.principal, role=step.role, verdict=step.verdict.value, hops=step.hops, is_outside=False
        )
        for step in steps
    ]


def _outside(roles: Iterable[Holding]) -> list[shapes.RoleStep]:
    found = ((who, role.holder.arn) for role in roles for who in outsiders(role))
    return [
        shapes.RoleStep(principal=who, role=role, verdict=Verdict.CONDITIONAL.value, hops=1, is_outside=True)
        for who, role in islice(found, MOST_OUTSIDERS)
    ]


def _elsewhere(holding: Holding, account_id: str) -> list[str]:
    """The roles of other accounts, patterns among them, that Allow statements on sts:AssumeRole name."""
    named = (
        resource
        for bound in holding.policies.identity
        for rule in bound.compiled.rules
        if not rule.is_deny
        and any(matches(each, "sts:AssumeRole", ignore_case=True) for each in rule.statement.actions)
        for resource in rule.statement.resources
    )
    return [arn for arn in dict.fromkeys(named) if arn.startswith("arn:") and _account_of(arn) not in (account_id, "")]


def _account_of(arn: str) -> str:
    return (arn.split(":") + [""] * 5)[4]
