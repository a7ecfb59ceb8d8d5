# ruff: noqa: B006  (defaults of shapes, which pydantic copies)
"""What would be decided, who can do it, and what of it is used."""

from __future__ import annotations

from accounts.simulation import answers, exclusions, scenarios
from accounts.simulation import queries as sources
from accounts.simulation.resources import SOURCES_IF_GIVEN
from accounts.simulation.shapes import (
    ActionNames,
    ContextEntries,
    PolicyExclusions,
    PolicyInputs,
    ResourceArns,
    ResourceName,
)
from iamconsole.audit.access import shapes
from iamconsole.audit.access.attached import attached
from iamconsole.audit.access.tracing import Traces, actions_named
from iamconsole.kernel.call import Call
from iamconsole.kernel.errors import InvalidInput, NoSuchEntity, PolicyEvaluation
from iamconsole.kernel.operation import Access, Rest, operation
from iamconsole.kernel.paging import encode_marker
from iamconsole.kernel.shapes import Arn, Marker, MaxItems, PolicyDocument
from policies import simulator
from policies.engine import EngineFault
from policies.services.queries import catalogue_of

MOST_TRACES = 100
"""Traces of one page: each has its fixes tried on the engine."""


@operation(
    Access.READ,
    on=SOURCES_IF_GIVEN,
    service="iamconsole",
    pages="traces",
    rest=Rest("POST", "/access/explanation"),
    errors=(NoSuchEntity, InvalidInput, PolicyEvaluation),
)
def explain_access(
    call: Call,
    *,
    action_names: ActionNames,
    resource_arns: ResourceArns = [],
    policy_source_arn: Arn | None = None,
    policy_input_list: PolicyInputs = [],
    policy_exclusion_list: PolicyExclusions = [],
    permissions_boundary_policy_input_list: PolicyInputs = [],
    resource_policy: PolicyDocument | None = None,
    resource_owner: ResourceName | None = None,
    caller_arn: ResourceName | None = None,
    context_entries: ContextEntries = [],
    marker: Marker | None = None,
    max_items: MaxItems | None = None,
) -> shapes.ExplainAccessResult:
    """Tell what would be decided about requests, with every check, what nearly matched and the smallest fixes.

    Asks the engine that decides real requests. `policy_source_arn` names a user, group or role, whose policies count
    but for those excluded; without it only the given policies do. Trust policies and resource policies that are stored
    count, unless `resource_policy` takes their place. Actions may have wildcards, which stand for all that are known.
    """
    row = sources.find(call.account_id, sources.named_by(policy_source_arn)) if policy_source_arn else None
    with scenarios.checked():
        exclusions.check(policy_exclusion_list)
        actions = actions_named(action_names, catalogue_of(call.account_id))
        questions = simulator.Questions.of(actions, resource_arns)
        held = exclusions.left(sources.attached_to(row), policy_exclusion_list) if row else []
        unbounded = row is None or exclusions.leave_out_boundary(policy_exclusion_list)
        asker = caller_arn or (row.arn if row else None)
        scenario = simulator.Scenario(
            identity=(*(policy.bound for policy in held), *scenarios.given_policies(policy_input_list)),
            boundary=simulator.boundary(permissions_boundary_policy_input_list)
            or (None if unbounded else sources.boundary_of(row)),
            caller=simulator.caller(asker, stored=sources.known(row) if row else None) if asker else simulator.NOBODY,
            resource_policy=resource_policy,
            resource_owner=scenarios.owner(resource_owner),
            attached=attached(call.account_id, questions.resources),
            context=scenarios.context(context_entries),
        )
        traces = Traces(simulator.Simulation(scenario), {each.source.id: each.owner_arn for each in held})
        start = answers.number_of(marker)
        stop = start + min(max_items or MOST_TRACES, MOST_TRACES)
        try:
            found = [traces.of(*question) for question in questions.some(start, stop)]
        except EngineFault as fault:
            raise PolicyEvaluation(str(fault)) from fault
    more = stop < len(questions)
    return shapes.ExplainAccessResult(
        traces=found,
        policies=traces.policies,
        is_truncated=more,
        marker=encode_marker(str(stop)) if more else None,
    )
