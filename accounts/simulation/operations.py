# ruff: noqa: B006  (defaults of shapes, which pydantic copies)
"""The policy simulator: what policies would decide, without doing anything."""

from __future__ import annotations

from accounts.simulation import answers, exclusions, scenarios, shapes
from accounts.simulation import queries as sources
from accounts.simulation.resources import SOURCES
from iamconsole.kernel.call import Call
from iamconsole.kernel.errors import InvalidInput, NoSuchEntity, PolicyEvaluation
from iamconsole.kernel.operation import Access, Rest, operation
from iamconsole.kernel.resources import ANYTHING
from iamconsole.kernel.shapes import Arn, Marker, MaxItems, PolicyDocument
from policies import simulator


@operation(
    Access.READ,
    on=ANYTHING,
    pages="evaluation_results",
    rest=Rest("POST", "/policy-simulator/custom-policy"),
    errors=(InvalidInput, PolicyEvaluation),
)
def simulate_custom_policy(
    call: Call,
    *,
    policy_input_list: shapes.PolicyInputs,
    permissions_boundary_policy_input_list: shapes.PolicyInputs = [],
    ordered_organization_policy_input_list: shapes.OrganizationPolicies = [],
    action_names: shapes.ActionNames,
    resource_arns: shapes.ResourceArns = [],
    resource_policy: PolicyDocument | None = None,
    resource_owner: shapes.ResourceName | None = None,
    caller_arn: shapes.ResourceName | None = None,
    context_entries: shapes.ContextEntries = [],
    resource_handling_option: shapes.ResourceHandlingOption | None = None,
    marker: Marker | None = None,
    max_items: MaxItems | None = None,
) -> shapes.SimulatePolicyResult:
    """Tell what given policies would decide about actions on resources.

    Nothing stored is looked at: of the caller only that is known which its ARN says.
    """
    with scenarios.checked():
        questions = simulator.Questions.of(action_names, resource_arns, handling=resource_handling_option)
        scenario = simulator.Scenario(
            identity=scenarios.given_policies(policy_input_list),
            boundary=simulator.boundary(permissions_boundary_policy_input_list),
            organization=scenarios.organization(ordered_organization_policy_input_list),
            caller=simulator.caller(caller_arn) if caller_arn else simulator.NOBODY,
            resource_policy=resource_policy,
            resource_owner=scenarios.owner(resource_owner),
            context=scenarios.context(context_entries),
        )
        return answers.page(scenario, questions, marker=marker, max_items=max_items)


@operation(
    Access.READ,
    on=SOURCES,
    pages="evaluation_results",
    rest=Rest("POST", "/policy-simulator/principal-policy"),
    errors=(NoSuchEntity, InvalidInput, PolicyEvaluation),
)
def simulate_principal_policy(
    call: Call,
    *,
    policy_source_arn: Arn,
    policy_input_list: shapes.PolicyInputs = [],
    permissions_boundary_policy_input_list: shapes.PolicyInputs = [],
    policy_exclusion_list: shapes.PolicyExclusions = [],
    action_names: shapes.ActionNames,
    resource_arns: shapes.ResourceArns = [],
    resource_policy: PolicyDocument | None = None,
    resource_owner: shapes.ResourceName | None = None,
    caller_arn: shapes.ResourceName | None = None,
    context_entries: shapes.ContextEntries = [],
    resource_handling_option: shapes.ResourceHandlingOption | None = None,
    marker: Marker | None = None,
    max_items: MaxItems | None = None,
) -> shapes.SimulatePolicyResult:
    """Tell what the policies of a user, group or role, and others beside them, would decide.

    A permissions boundary that is given takes the place of the attached one. A user's policies include those of his
    groups.
    """
    source = sources.find(call.account_id, sources.named_by(policy_source_arn))
    with scenarios.checked():
        exclusions.check(policy_exclusion_list)
        questions = simulator.Questions.of(action_names, resource_arns, handling=resource_handling_option)
        attached = exclusions.left(sources.attached_to(source), policy_exclusion_list)
        boundary = None if exclusions.leave_out_boundary(policy_exclusion_list) else sources.boundary_of(source)
        scenario = simulator.Scenario(
            identity=(*(policy.bound for policy in attached), *scenarios.given_policies(policy_input_list)),
            boundary=simulator.boundary(permissions_boundary_policy_input_list) or boundary,
            caller=simulator.caller(caller_arn or source.arn, stored=sources.known(source)),
            resource_policy=resource_policy,
            resource_owner=scenarios.owner(resource_owner),
            context=scenarios.context(context_entries),
        )
        return answers.page(scenario, questions, marker=marker, max_items=max_items)


@operation(
    Access.READ,
    on=ANYTHING,
    rest=Rest("POST", "/policy-simulator/custom-policy/context-keys"),
    errors=(InvalidInput,),
)
def get_context_keys_for_custom_policy(
    call: Call, *, policy_input_list: shapes.PolicyInputs
) -> shapes.GetContextKeysResult:
    """List the condition keys that given policies read."""
    with scenarios.checked():
        policies = scenarios.given_policies(policy_input_list)
    return shapes.GetContextKeysResult(context_key_names=simulator.keys_of(policies))


@operation(
    Access.READ,
    on=SOURCES,
    rest=Rest("POST", "/policy-simulator/principal-policy/context-keys"),
    errors=(NoSuchEntity, InvalidInput),
)
def get_context_keys_for_principal_policy(
    call: Call, *, policy_source_arn: Arn, policy_input_list: shapes.PolicyInputs = []
) -> shapes.GetContextKeysResult:
    """List the condition keys that the policies of a user, group or role, and others beside them, read."""
    source = sources.find(call.account_id, sources.named_by(policy_source_arn))
    with scenarios.checked():
        policies = scenarios.given_policies(policy_input_list)
    attached = (policy.bound for policy in sources.attached_to(source))
    return shapes.GetContextKeysResult(context_key_names=simulator.keys_of([*attached, *policies]))
