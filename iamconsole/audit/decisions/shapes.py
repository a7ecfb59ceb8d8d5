"""What is told of a denial: as botocore's iam-toolbox model has it, and with near misses and fixes as we have it."""

from __future__ import annotations

from typing import Annotated, Any

from iamconsole.kernel.shapes import Paged, Sensitive, Shape, Text, Timestamp

AuthorizationId = Annotated[str, Text(0, 256, "[0123456789abcdefghijklmnopqrstuvwxyz]+")]
PolicyUri = Annotated[str, Text(1, 2048)]
EncodedMessage = Annotated[str, Text(1, 10240)]
Filter = Annotated[str, Text(1, 2048)]
Context = dict[str, Any]


# --- iam-toolbox ----------------------------------------------------------------------------------------------------


class MatchedStatement(Shape):
    sid: str
    evaluated_effect: str


class MatchedPolicy(Shape):
    uri: str
    matched_statements: list[MatchedStatement]


class Check(Shape):
    check_type: str
    evaluated_effect: str
    relevant_policy_types: list[str]
    matched_policies: list[MatchedPolicy]


class Evaluation(Shape):
    """`matched_policies` is what clients read before there were checks."""

    action: str
    resource: str
    context: Context
    evaluated_effect: str
    matched_policies: list[MatchedPolicy] | None = None
    checks: list[Check] | None = None


class AttachedTo(Shape):
    arn: str


class PolicyInfo(Shape):
    type: str
    inline: bool
    uri: str
    attached_to: list[AttachedTo]


class GetRequestAuthorizationDetailsResult(Shape):
    request_context: Context
    evaluations: list[Evaluation]
    policies: list[PolicyInfo]
    next_token: str | None = None


class GetRequestAuthorizationPolicyResult(Shape):
    policy_document: dict[str, Any]


# --- sts ------------------------------------------------------------------------------------------------------------


class DecodeAuthorizationMessageResult(Shape):
    """Who may decode may read it; it is none of the trail's business."""

    decoded_message: Annotated[str, Sensitive]


# --- our own --------------------------------------------------------------------------------------------------------


class DenialStatement(Shape):
    """A statement that matched; `Index` is its place in the policy, from 0."""

    policy_uri: str
    sid: str
    index: int
    effect: str


class DenialCheck(Shape):
    check_type: str
    evaluated_effect: str
    statements: list[DenialStatement]


class DenialNearMiss(Shape):
    """A statement that one condition kept from matching; no `Found` means that the key was absent."""

    policy_type: str
    policy_uri: str
    sid: str
    effect: str
    key: str
    operator: str
    wanted: list[str]
    found: list[str] | None = None


class DenialContextEntry(Shape):
    key: str
    values: list[str]


class DenialFixStep(Shape):
    """One change of a policy: a document whose statement is to be added, or the Sid of a Deny that must give way."""

    text: str
    policy_type: str
    policy_uri: str | None = None
    sid: str | None = None
    policy_document: str | None = None


class DenialFix(Shape):
    """A way out, tried on the engine: a context key that would have had to be other, or steps that are all needed."""

    text: str
    needs_policy_change: bool
    context: list[DenialContextEntry]
    steps: list[DenialFixStep]


class DenialPolicy(Shape):
    """A policy that was asked, with its text as of then; `Holder` is whose inline policy it is, if it still exists."""

    type: str
    uri: str
    name: str
    version: str | None = None
    holder: str | None = None
    policy_document: str


class ExplainDenialResult(Shape):
    authorization_id: str
    time: Timestamp
    principal: str
    action: str
    resource: str
    evaluated_effect: str
    context: list[DenialContextEntry]
    checks: list[DenialCheck]
    near_misses: list[DenialNearMiss]
    fixes: list[DenialFix]
    policies: list[DenialPolicy]


class DeniedRequest(Shape):
    """A denial in a list."""

    authorization_id: str
    time: Timestamp
    principal: str
    action: str
    resource: str
    evaluated_effect: str


class ListDenialsResult(Paged):
    denials: list[DeniedRequest]
