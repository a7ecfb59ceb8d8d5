"""One case a rule of evaluation: what SimulateCustomPolicy answers."""

from __future__ import annotations

from typing import Any

import pytest

from tests.simulator.asking import OBJECT, admitting, allow, custom, deny, entry, policy

QUEUE = "arn:aws:sqs:eu:x:111111111111:q"

# name → policies, what they decide, and the other members where they matter
RULES: dict[str, tuple[list[str], str, dict[str, Any]]] = {
    "nothing allows": ([policy(allow("s3:GetObject"))], "implicitDeny", {"action": "s3:PutObject"}),
    "no policies at all": ([], "implicitDeny", {}),
    "a deny wins": ([policy(allow()), policy(deny("s3:Get*", OBJECT))], "explicitDeny", {}),
    "actions in any case": ([policy(allow("S3:getOBJECT"))], "allowed", {}),
    "question mark": ([policy(allow("s3:Get?bject", "arn:aws:s3:::?/k"))], "allowed", {}),
    "resources in their case": ([policy(allow("s3:*", "arn:aws:s3:::B/k"))], "implicitDeny", {}),
    "missing key, positive": (
        [policy(allow("s3:*", StringEquals={"aws:username": "ada"}))],
        "implicitDeny",
        {},
    ),
    "missing key, negated": ([policy(allow("s3:*", StringNotEquals={"ec2:x": "ada"}))], "allowed", {}),
    "IfExists": ([policy(allow("s3:*", StringEqualsIfExists={"ec2:x": "ada"}))], "allowed", {}),
    "negated values are a NOR": (
        [policy(allow("s3:*", StringNotEquals={"ec2:x": ["a", "b"]}))],
        "implicitDeny",
        {"ContextEntries": [entry("ec2:x", "b")]},
    ),
    "ForAllValues of nothing": (
        [policy(allow("s3:*", **{"ForAllValues:StringEquals": {"aws:TagKeys": ["a"]}}))],
        "allowed",
        {},
    ),
    "ForAllValues of an empty list": (
        [policy(allow("s3:*", **{"ForAllValues:StringEquals": {"aws:TagKeys": ["a"]}}))],
        "allowed",
        {"ContextEntries": [entry("aws:TagKeys", type="stringList")]},
    ),
    "ForAnyValue": (
        [policy(allow("s3:*", **{"ForAnyValue:StringLike": {"aws:TagKeys": ["a*"]}}))],
        "allowed",
        {"ContextEntries": [entry("aws:TagKeys", "z", "ab", type="stringList")]},
    ),
    "Null": ([policy(allow("s3:*", Null={"aws:MultiFactorAuthAge": "true"}))], "allowed", {}),
    "a variable's default": (
        [policy(allow("s3:*", "arn:aws:s3:::b/${aws:PrincipalTag/team, 'k'}"))],
        "allowed",
        {},
    ),
    "a star in a variable's value is a star": (
        [policy(allow("s3:*", "arn:aws:s3:::b/${aws:PrincipalTag/t}"))],
        "implicitDeny",
        {"ContextEntries": [entry("aws:PrincipalTag/t", "*")]},
    ),
    "no variables in 2008": (
        [policy(allow("s3:*", "arn:aws:s3:::b/${aws:username}"), version="2008-10-17")],
        "implicitDeny",
        {"resource": "arn:aws:s3:::b/ada", "ContextEntries": [entry("aws:username", "ada")]},
    ),
    "networks of both versions": (
        [policy(allow("s3:*", IpAddress={"aws:SourceIp": ["10.0.0.0/8", "2001:db8::/32"]}))],
        "allowed",
        {"ContextEntries": [entry("aws:SourceIp", "2001:db8::1", type="ip")]},
    ),
    "dates": (
        [policy(allow("s3:*", DateLessThan={"aws:CurrentTime": "2030-01-01T00:00:00Z"}))],
        "allowed",
        {"ContextEntries": [entry("aws:CurrentTime", "2026-01-01T00:00:00Z", type="date")]},
    ),
    "numbers": (
        [policy(allow("s3:*", NumericLessThanEquals={"s3:max-keys": "10"}))],
        "allowed",
        {
            "action": "s3:ListBucket",
            "resource": "arn:aws:s3:::b",
            "ContextEntries": [entry("s3:max-keys", "9.5", type="numeric")],
        },
    ),
    "ARNs compare part by part": (
        [policy(allow("s3:*", ArnLike={"aws:SourceArn": "arn:aws:sns:*:1*:t"}))],
        "implicitDeny",
        {"ContextEntries": [entry("aws:SourceArn", "arn:aws:sns:eu:x:123:t")]},
    ),
    "a star inside a field stays in it": (
        [policy(allow("sqs:*", "arn:aws:sqs:*x:111111111111:q"))],
        "implicitDeny",
        {"action": "sqs:SendMessage", "resource": QUEUE},
    ),
    "NotAction": ([policy({"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"})], "allowed", {}),
    "a deny of NotResource": (
        [policy(allow(), {"Effect": "Deny", "Action": "*", "NotResource": "arn:aws:s3:::b/*"})],
        "allowed",
        {},
    ),
    "a boundary limits": (
        [policy(allow())],
        "implicitDeny",
        {"PermissionsBoundaryPolicyInputList": [policy(allow("ec2:*"))]},
    ),
    "a boundary grants nothing": (
        [policy(allow("ec2:*"))],
        "implicitDeny",
        {"PermissionsBoundaryPolicyInputList": [policy(allow())]},
    ),
    "a boundary denies": (
        [policy(allow())],
        "explicitDeny",
        {"PermissionsBoundaryPolicyInputList": [policy(allow(), deny("s3:*"))]},
    ),
    "any resource is no resource in particular": ([policy(allow("s3:*", OBJECT))], "implicitDeny", {"resource": "*"}),
    "an action that nobody knows": ([policy(allow("made-up:*"))], "allowed", {"action": "made-up:Thing"}),
}


@pytest.mark.parametrize("name", RULES)
def test_a_rule(iam: Any, name: str) -> None:
    policies, wanted, members = RULES[name]
    assert custom(iam, *policies, **members)["EvalDecision"] == wanted


def test_a_resource_policy_for_somebody_else(iam: Any, tenant: Any) -> None:
    theirs = admitting("arn:aws:iam::999999999999:user/x")
    me = {
        "CallerArn": f"arn:aws:iam::{tenant.account_id}:user/admin",
        "ResourceOwner": f"arn:aws:iam::{tenant.account_id}:root",
    }
    assert custom(iam, policy(deny("ec2:*")), ResourcePolicy=theirs, **me)["EvalDecision"] == "implicitDeny"


def test_a_resource_policy_that_names_the_caller(iam: Any, tenant: Any) -> None:
    me = f"arn:aws:iam::{tenant.account_id}:user/admin"
    members = {"CallerArn": me, "ResourceOwner": f"arn:aws:iam::{tenant.account_id}:root"}
    result = custom(iam, policy(allow("ec2:*")), ResourcePolicy=admitting(me), **members)
    assert result["EvalDecision"] == "allowed"
