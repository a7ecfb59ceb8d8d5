"""What the policy simulator takes and shows."""

from __future__ import annotations

from typing import Annotated

from iamconsole.kernel.shapes import Arn, Items, OneOf, PolicyDocument, PolicyName, Shape, Text
from policies.simulator import TYPES

NAME = r"[\w+=,.@-]+"

PolicyInputs = Annotated[list[PolicyDocument], Items()]
ActionName = Annotated[str, Text(3, 128)]
ActionNames = Annotated[list[ActionName], Items()]
ResourceName = Annotated[str, Text(1, 2048)]
ResourceArns = Annotated[list[ResourceName], Items()]
ContextKeyName = Annotated[str, Text(5, 256)]
ContextKeyValue = Annotated[str, Text()]
ContextKeyType = Annotated[str, OneOf(TYPES)]
ResourceHandlingOption = Annotated[str, Text(1, 64)]
Decision = Annotated[str, OneOf(("allowed", "explicitDeny", "implicitDeny"))]
SourceType = Annotated[str, OneOf(("user", "group", "role", "aws-managed", "user-managed", "resource", "none"))]
PolicyType = Annotated[str, OneOf(("inline", "aws-managed", "user-managed", "permission-boundary", "scp", "rcp"))]
AttachmentType = Annotated[str, OneOf(("user", "group", "role"))]
AttachmentName = Annotated[str, Text(1, 128, NAME)]


# --- in -------------------------------------------------------------------------------------------------------------


class ContextEntry(Shape):
    """A condition key with its values."""

    context_key_name: ContextKeyName | None = None
    context_key_values: Annotated[list[ContextKeyValue], Items()] = []
    context_key_type: ContextKeyType | None = None


class OrderedOrganizationPolicy(Shape):
    """The service control policies of one level of an organization."""

    service_control_policy_input_list: PolicyInputs = []


class InlinePolicyIdentifier(Shape):
    """An inline policy by its name and that of its owner."""

    policy_name: PolicyName
    attachment_type: AttachmentType
    attachment_name: AttachmentName


class PolicyIdentifier(Shape):
    """Attached policies by one of: their type, an ARN that may hold wildcards, an inline policy's name."""

    policy_type: PolicyType | None = None
    policy_arn: Arn | None = None
    inline_policy_identifier: InlinePolicyIdentifier | None = None


ContextEntries = Annotated[list[ContextEntry], Items()]
OrganizationPolicies = Annotated[list[OrderedOrganizationPolicy], Items(None, 7)]
PolicyExclusions = Annotated[list[PolicyIdentifier], Items(None, 256)]


# --- out ------------------------------------------------------------------------------------------------------------


class Position(Shape):
    """A place in a policy's text; both count from 1."""

    line: int
    column: int


class Statement(Shape):
    """A statement that decided; `end_position` is the first place after it."""

    source_policy_id: str
    source_policy_type: SourceType
    start_position: Position
    end_position: Position


class OrganizationsDecisionDetail(Shape):
    """Whether the organization's policies allow."""

    allowed_by_organizations: bool


class PermissionsBoundaryDecisionDetail(Shape):
    """Whether the permissions boundary allows."""

    allowed_by_permissions_boundary: bool


class ResourceSpecificResult(Shape):
    """The answer for one resource."""

    eval_resource_name: ResourceName
    eval_resource_decision: Decision
    matched_statements: list[Statement]
    missing_context_values: list[str]
    eval_decision_details: dict[str, Decision] | None = None
    permissions_boundary_decision_detail: PermissionsBoundaryDecisionDetail | None = None


class EvaluationResult(Shape):
    """The answer for one action on one resource."""

    eval_action_name: ActionName
    eval_resource_name: ResourceName
    eval_decision: Decision
    matched_statements: list[Statement]
    missing_context_values: list[str]
    organizations_decision_detail: OrganizationsDecisionDetail | None = None
    permissions_boundary_decision_detail: PermissionsBoundaryDecisionDetail | None = None
    eval_decision_details: dict[str, Decision] | None = None
    resource_specific_results: list[ResourceSpecificResult]


class SimulatePolicyResult(Shape):
    """A page of answers; no `Paged`, whose links to the next page are for questions without a body."""

    evaluation_results: list[EvaluationResult]
    is_truncated: bool
    marker: str | None = None


class GetContextKeysResult(Shape):
    """Keys as policies write them, which may be shorter or longer than those that can be given."""

    context_key_names: list[str]
