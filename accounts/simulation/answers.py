"""Questions answered page by page, in AWS's shapes."""

from __future__ import annotations

from collections.abc import Sequence

from accounts.simulation import shapes
from iamconsole.kernel.errors import PolicyEvaluation
from iamconsole.kernel.paging import page_by_number
from policies.engine import EngineFault, Matched, Position
from policies.simulator import Questions, Result, Scenario, Simulation


def page(
    scenario: Scenario, questions: Questions, *, marker: str | None, max_items: int | None
) -> shapes.SimulatePolicyResult:
    """One answer a question, in their order. Raises UnusableInput and PolicyEvaluation."""
    span, rest = page_by_number(len(questions), marker=marker, max_items=max_items)
    simulation = Simulation(scenario)
    try:
        results = [simulation.result(*question) for question in questions.some(span.start, span.stop)]
    except EngineFault as fault:
        raise PolicyEvaluation(str(fault)) from fault
    return shapes.SimulatePolicyResult(evaluation_results=[_shown(result) for result in results], **rest)


def _shown(result: Result) -> shapes.EvaluationResult:
    specific = _specific(result)
    organizations = result.allowed_by_organizations
    return shapes.EvaluationResult(
        eval_action_name=result.action,
        eval_resource_name=result.resource,
        eval_decision=specific.eval_resource_decision,
        matched_statements=specific.matched_statements,
        missing_context_values=specific.missing_context_values,
        organizations_decision_detail=None
        if organizations is None
        else shapes.OrganizationsDecisionDetail(allowed_by_organizations=organizations),
        permissions_boundary_decision_detail=specific.permissions_boundary_decision_detail,
        eval_decision_details=specific.eval_decision_details,
        resource_specific_results=[] if result.resource == "*" else [specific],
    )


def _specific(result: Result) -> shapes.ResourceSpecificResult:
    boundary = result.allowed_by_boundary
    return shapes.ResourceSpecificResult(
        eval_resource_name=result.resource,
        eval_resource_decision=result.verdict.value,
        matched_statements=_statements(result.matched),
        missing_context_values=result.missing,
        eval_decision_details=None
        if result.details is None
        else {name: verdict.value for name, verdict in result.details.items()},
        permissions_boundary_decision_detail=None
        if boundary is None
        else shapes.PermissionsBoundaryDecisionDetail(allowed_by_permissions_boundary=boundary),
    )


def _statements(matched: Sequence[Matched]) -> list[shapes.Statement]:
    return [
        shapes.Statement(
            source_policy_id=found.source.id,
            source_policy_type=found.source.type,
            start_position=_position(found.span.start),
            end_position=_position(found.span.end),
        )
        for found in matched
    ]


def _position(place: Position) -> shapes.Position:
    return shapes.Position(line=place.line, column=place.column)
