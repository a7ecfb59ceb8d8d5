"""What a result tells beside the decision."""

from __future__ import annotations

from typing import Any

import pytest

from tests.query.aws import refused
from tests.simulator.asking import ANYTHING, OBJECT, allow, custom, deny, entry, policy, sources

PRETTY = """{
  "Version": "2012-10-17",
  "Statement": [
    {"Effect": "Allow", "Action": "ec2:*", "Resource": "*"},
    {
      "Effect": "Allow",
      "Action": "s3:*",
      "Resource": "*"
    }
  ]
}"""


def test_the_statements_that_decided_and_where_they_stand(iam: Any) -> None:
    result = custom(iam, policy(allow("ec2:*")), PRETTY)
    assert result["MatchedStatements"] == [
        {
            "SourcePolicyId": "PolicyInputList.2",
            "SourcePolicyType": "none",
            "StartPosition": {"Line": 5, "Column": 5},
            "EndPosition": {"Line": 9, "Column": 6},
        }
    ]


def test_a_denial_names_the_denies_alone(iam: Any) -> None:
    result = custom(iam, ANYTHING, policy(allow("s3:*"), deny("s3:Get*")))
    assert sources(result) == [("PolicyInputList.2", "none")]
    assert sources(custom(iam, policy(allow("ec2:*")))) == []


def test_a_denying_boundary_is_named(iam: Any) -> None:
    result = custom(iam, ANYTHING, PermissionsBoundaryPolicyInputList=[policy(deny())])
    assert sources(result) == [("PermissionsBoundaryPolicyInputList.1", "none")]


def test_what_is_asked_comes_back(iam: Any) -> None:
    result = custom(iam, ANYTHING, action="s3:getobject")
    assert (result["EvalActionName"], result["EvalResourceName"]) == ("s3:getobject", OBJECT)
    (specific,) = result["ResourceSpecificResults"]
    assert (specific["EvalResourceName"], specific["EvalResourceDecision"]) == (OBJECT, "allowed")
    assert specific["MatchedStatements"] == result["MatchedStatements"]
    assert result["EvalDecisionDetails"] == {}
    assert "PermissionsBoundaryDecisionDetail" not in result
    assert "OrganizationsDecisionDetail" not in result


@pytest.mark.parametrize("resources", [{}, {"ResourceArns": ["*"]}, {"ResourceArns": []}])
def test_any_resource_has_no_specific_results(iam: Any, resources: dict[str, Any]) -> None:
    answer = iam.simulate_custom_policy(PolicyInputList=[ANYTHING], ActionNames=["s3:GetObject"], **resources)
    (result,) = answer["EvaluationResults"]
    assert (result["EvalResourceName"], result["EvalDecision"]) == ("*", "allowed")
    assert result["ResourceSpecificResults"] == []
    assert "EvalDecisionDetails" not in result


@pytest.mark.parametrize(
    ("boundary", "allowed"),
    [(allow("s3:*"), True), (allow("ec2:*"), False), (deny(), False)],
)
def test_whether_the_boundary_allows(iam: Any, boundary: dict[str, Any], allowed: bool) -> None:
    result = custom(iam, policy(allow("ec2:*")), PermissionsBoundaryPolicyInputList=[policy(boundary)])
    detail = {"AllowedByPermissionsBoundary": allowed}
    assert result["PermissionsBoundaryDecisionDetail"] == detail
    assert result["ResourceSpecificResults"][0]["PermissionsBoundaryDecisionDetail"] == detail


LEVELS = {
    "allowed at every level": ([[ANYTHING], [policy(allow("s3:*"))]], "allowed", True),
    "nothing at one level": ([[ANYTHING], [policy(allow("ec2:*"))]], "implicitDeny", False),
    "a level without policies": ([[ANYTHING], []], "implicitDeny", False),
    "denied at one level": ([[ANYTHING], [ANYTHING, policy(deny("s3:*"))]], "explicitDeny", False),
    "a condition": (
        [[policy(allow("*", StringEquals={"aws:RequestedRegion": "eu-west-1"}))]],
        "allowed",
        True,
    ),
}


@pytest.mark.parametrize("name", LEVELS)
def test_an_organization_allows_at_every_level_or_not(iam: Any, name: str) -> None:
    levels, decision, allowed = LEVELS[name]
    result = custom(
        iam,
        ANYTHING,
        OrderedOrganizationPolicyInputList=[{"ServiceControlPolicyInputList": level} for level in levels],
        ContextEntries=[entry("aws:RequestedRegion", "eu-west-1")],
    )
    assert result["EvalDecision"] == decision
    assert result["OrganizationsDecisionDetail"] == {"AllowedByOrganizations": allowed}
    assert {name for name, _ in sources(result)} <= {"PolicyInputList.1"}


def test_keys_of_an_organization_are_not_told(iam: Any) -> None:
    scp = policy(allow(), deny("*", StringNotEquals={"aws:RequestedRegion": "eu-west-1"}))
    levels = [{"ServiceControlPolicyInputList": [scp]}]
    result = custom(iam, ANYTHING, OrderedOrganizationPolicyInputList=levels)
    assert (result["EvalDecision"], result["MissingContextValues"]) == ("explicitDeny", [])


MISSING = {
    "a condition": ([policy(allow("s3:*", Bool={"aws:SecureTransport": "true"}))], [], ["aws:SecureTransport"]),
    "of every statement that could decide": (
        [policy(allow("s3:*", Bool={"aws:b": "true"}), deny("s3:Get*", OBJECT, StringLike={"aws:a": "x"}))],
        [],
        ["aws:a", "aws:b"],
    ),
    "once, in whatever case": (
        [policy(allow("s3:*", StringLike={"aws:Key": "x"}), allow("*", StringLike={"AWS:kEY": "y"}))],
        [],
        ["aws:Key"],
    ),
    "given": (
        [policy(allow("s3:*", StringLike={"aws:Key": "x"}))],
        [entry("AWS:key", "x")],
        [],
    ),
    "given as nothing": (
        [policy(allow("s3:*", Null={"aws:TagKeys": "true"}))],
        [entry("aws:TagKeys", type="stringList")],
        [],
    ),
    "another action": ([policy(allow("ec2:*", StringLike={"aws:Key": "x"}))], [], []),
    "another action by exclusion": (
        [policy({"Effect": "Allow", "NotAction": "s3:*", "Resource": "*", "Condition": {"Null": {"aws:Key": "true"}}})],
        [],
        [],
    ),
    "another resource": ([policy(allow("s3:*", "arn:aws:s3:::c/*", StringLike={"aws:Key": "x"}))], [], []),
    "a variable in a resource": ([policy(allow("s3:*", "arn:aws:s3:::b/${aws:UserName}"))], [], ["aws:UserName"]),
    "a variable in another resource": ([policy(allow("s3:*", "arn:aws:s3:::c/${aws:username}"))], [], []),
    "a variable in a value": (
        [policy(allow("s3:*", StringLike={"s3:prefix": "${aws:username}/${*}"}))],
        [entry("s3:prefix", "x")],
        ["aws:username"],
    ),
    "a variable with a default": ([policy(allow("s3:*", "arn:aws:s3:::b/${aws:PrincipalTag/t, 'k'}"))], [], []),
    "no variable in 2008": (
        [policy(allow("s3:*", "arn:aws:s3:::b/${aws:username}"), version="2008-10-17")],
        [],
        [],
    ),
}


@pytest.mark.parametrize("name", MISSING)
def test_the_keys_that_were_needed_and_not_given(iam: Any, name: str) -> None:
    policies, entries, wanted = MISSING[name]
    result = custom(iam, *policies, ContextEntries=entries)
    assert result["MissingContextValues"] == wanted
    assert result["ResourceSpecificResults"][0]["MissingContextValues"] == wanted


def test_keys_that_the_caller_brings_are_not_missing(iam: Any) -> None:
    conditions = {"aws:PrincipalArn": "*", "aws:username": "ada", "aws:PrincipalAccount": "*", "aws:userid": "*"}
    text = policy(allow("s3:*", StringLike=conditions))
    result = custom(iam, text, CallerArn="arn:aws:iam::123456789012:user/ada")
    assert result["MissingContextValues"] == ["aws:userid"]


def test_one_result_an_action_and_resource_page_by_page(iam: Any) -> None:
    asked = {
        "PolicyInputList": [policy(allow("s3:Get*", "arn:aws:s3:::b/1"))],
        "ActionNames": ["s3:GetObject", "s3:PutObject"],
        "ResourceArns": ["arn:aws:s3:::b/1", "arn:aws:s3:::b/2", "*"],
    }
    whole = iam.simulate_custom_policy(**asked)
    assert whole["IsTruncated"] is False
    assert [
        (found["EvalActionName"], found["EvalResourceName"], found["EvalDecision"])
        for found in whole["EvaluationResults"]
    ] == [
        (action, resource, "allowed" if (action, resource) == ("s3:GetObject", "arn:aws:s3:::b/1") else "implicitDeny")
        for action in asked["ActionNames"]
        for resource in asked["ResourceArns"]
    ]
    pages = list(iam.get_paginator("simulate_custom_policy").paginate(**asked, PaginationConfig={"PageSize": 4}))
    assert [len(page["EvaluationResults"]) for page in pages] == [4, 2]
    assert [found for page in pages for found in page["EvaluationResults"]] == whole["EvaluationResults"]


def test_a_hundred_results_a_page(iam: Any) -> None:
    actions = [f"s3:Get{number}" for number in range(101)]
    answer = iam.simulate_custom_policy(PolicyInputList=[ANYTHING], ActionNames=actions)
    assert (len(answer["EvaluationResults"]), answer["IsTruncated"]) == (100, True)
    with refused("ValidationError", "Invalid Marker."):
        iam.simulate_custom_policy(PolicyInputList=[ANYTHING], ActionNames=actions, Marker="bm9uZQ")
