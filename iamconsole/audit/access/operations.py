# ruff: noqa: B006  (defaults of shapes, which pydantic copies)
"""What would be decided, who can do it, and what of it is used."""

from __future__ import annotations

from accounts.simulation import exclusions, scenarios
from accounts.simulation import queries as sources
from accounts.simulation.resources import SOURCES, SOURCES_IF_GIVEN
from accounts.simulation.shapes import (
    ActionName,
    ActionNames,
    ContextEntries,
    PolicyExclusions,
    PolicyInputs,
    ResourceArns,
    ResourceName,
)
from iamconsole.audit.access import shapes
from iamconsole.audit.access.attached import attached
from iamconsole.audit.access.detaching import preview
from iamconsole.audit.access.effective import effective
from iamconsole.audit.access.mapping import assumable, with_access
from iamconsole.audit.access.tracing import Traces, actions_named
from iamconsole.audit.access.usage import last_uses, whose
from iamconsole.kernel.call import Call
from iamconsole.kernel.errors import InvalidInput, NoSuchEntity, PolicyEvaluation
from iamconsole.kernel.operation import Access, Rest, operation
from iamconsole.kernel.paging import DEFAULT_MAX_ITEMS, encode_marker, number_of, page_by_number, page_of_list
from iamconsole.kernel.resources import ANYTHING
from iamconsole.kernel.shapes import Arn, Marker, MaxItems, PolicyDocument, UserName
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
        size = min(max_items or MOST_TRACES, MOST_TRACES)
        span, rest = page_by_number(len(questions), marker=marker, max_items=size)
        try:
            found = [traces.of(*question) for question in questions.some(span.start, span.stop)]
        except EngineFault as fault:
            raise PolicyEvaluation(str(fault)) from fault
    return shapes.ExplainAccessResult(traces=found, policies=traces.policies, **rest)


@operation(
    Access.READ,
    on=SOURCES,
    service="iamconsole",
    pages="grants",
    rest=Rest("GET", "/access/effective"),
    errors=(NoSuchEntity, InvalidInput),
)
def get_effective_access(
    call: Call, *, policy_source_arn: Arn, marker: Marker | None = None, max_items: MaxItems | None = None
) -> shapes.GetEffectiveAccessResult:
    """Tell what a user, group or role can do, by service and statement, and when it was last used.

    A user's grants include those of his groups; the use of a group is that of its members.
    """
    row = sources.find(call.account_id, sources.named_by(policy_source_arn))
    found, boundary = effective(row, call.time)
    span, rest = page_by_number(len(found), marker=marker, max_items=max_items)
    return shapes.GetEffectiveAccessResult(grants=found[span], permissions_boundary=boundary, **rest)


@operation(
    Access.LIST,
    on=SOURCES,
    service="iamconsole",
    pages="actions",
    rest=Rest("GET", "/access/last-used"),
    errors=(NoSuchEntity, InvalidInput),
)
def list_last_access(
    call: Call, *, policy_source_arn: Arn, marker: Marker | None = None, max_items: MaxItems | None = None
) -> shapes.ListLastAccessResult:
    """List the actions that a user, the members of a group or the sessions of a role asked for, and when last."""
    row = sources.find(call.account_id, sources.named_by(policy_source_arn))
    found = [
        shapes.ActionLastAccess(
            service=each.action.partition(":")[0].lower(),
            action=each.action,
            last_accessed=each.allowed,
            last_attempted=each.attempted,
            region=each.region or None,
            resource=each.resource or None,
        )
        for each in last_uses(whose(row))
    ]
    page, rest = page_of_list(found, key=lambda each: each.action, marker=marker, max_items=max_items)
    return shapes.ListLastAccessResult(actions=page, **rest)


@operation(
    Access.READ,
    on=SOURCES,
    service="iamconsole",
    rest=Rest("GET", "/access/detachment"),
    errors=(NoSuchEntity, InvalidInput),
)
def preview_detachment(
    call: Call,
    *,
    policy_source_arn: Arn,
    policy_uri: shapes.PolicyUri | None = None,
    user_name: UserName | None = None,
) -> shapes.PreviewDetachmentResult:
    """Tell what somebody used and would lose if a policy were detached from a user, group or role, or deleted there.

    `policy_uri` is the ARN of a managed policy, or the name of an inline one; without it all that are attached there
    are meant, as when a group is deleted. Of a group its members are looked at, 500 at most, or the one that
    `user_name` names, as when he leaves it.
    """
    row = sources.find(call.account_id, sources.named_by(policy_source_arn))
    if user_name is not None and row.arn_kind != "group":
        raise InvalidInput("UserName names a member of a group: PolicySourceArn is not the ARN of one.")
    return preview(row, policy_uri, user_name)


@operation(
    Access.LIST,
    on=ANYTHING,
    service="iamconsole",
    pages="principals",
    rest=Rest("POST", "/access/principals"),
    errors=(InvalidInput,),
)
def list_principals_with_access(
    call: Call,
    *,
    action_name: ActionName,
    resource_arn: ResourceName = "*",
    context_entries: ContextEntries = [],
    marker: Marker | None = None,
    max_items: MaxItems | None = None,
) -> shapes.ListPrincipalsWithAccessResult:
    """List the users and roles of the account that can do an action on a resource, or nearly can.

    Asks the engine about each of them, with the policies that are stored for the resource, and tells who can assume
    the roles among them. A page takes two seconds at most.
    """
    with scenarios.checked():
        simulator.Questions.of([action_name], [resource_arn])
        facts = scenarios.context(context_entries)
    told, at = with_access(
        call.account_id,
        action_name,
        resource_arn,
        facts,
        start=number_of(marker),
        size=max_items or DEFAULT_MAX_ITEMS,
    )
    return told.model_copy(update={"marker": encode_marker(str(at))}) if told.is_truncated else told


@operation(
    Access.LIST,
    on=SOURCES,
    service="iamconsole",
    rest=Rest("GET", "/access/assumable-roles"),
    errors=(NoSuchEntity, InvalidInput),
)
def list_assumable_roles(call: Call, *, policy_source_arn: Arn) -> shapes.ListAssumableRolesResult:
    """List the roles that a user or role can become, directly and by way of other roles.

    Each step is what the engine says to sts:AssumeRole under the role's trust policy; at most two seconds are taken.
    """
    source = sources.named_by(policy_source_arn)
    row = sources.find(call.account_id, source)
    if source.kind == "group":
        raise InvalidInput(f"{policy_source_arn} is a group; its members assume roles, each in its own name.")
    return assumable(row)
