"""Inputs that cannot be simulated are refused, by name and with the reason."""

from __future__ import annotations

from typing import Any

import pytest

from tests.query.aws import refused
from tests.simulator.asking import ANYTHING, OBJECT, admitting, allow, custom, entry, policy

ADA = "arn:aws:iam::123456789012:user/ada"
LEVEL = "ServiceControlPolicyInputList"

REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "no JSON": ({"PolicyInputList": [ANYTHING, "{"]}, "PolicyInputList.2: Syntax errors in policy. (line 1, column 2:"),
    "a resource policy among identity policies": (
        {"PolicyInputList": [admitting(ADA)]},
        "PolicyInputList.1: Policy document should not specify a principal.",
    ),
    "a malformed boundary": (
        {"PermissionsBoundaryPolicyInputList": ["[]"]},
        "PermissionsBoundaryPolicyInputList.1: Syntax errors in policy.",
    ),
    "two boundaries": (
        {"PermissionsBoundaryPolicyInputList": [ANYTHING, ANYTHING]},
        "PermissionsBoundaryPolicyInputList: give one permissions boundary, not 2.",
    ),
    "a malformed control policy": (
        {"OrderedOrganizationPolicyInputList": [{LEVEL: [ANYTHING]}, {LEVEL: [policy(allow("s3:*Object"))]}]},
        "OrderedOrganizationPolicyInputList.2.ServiceControlPolicyInputList.1: The provided policy document",
    ),
    "a malformed resource policy": ({"ResourcePolicy": ANYTHING, "CallerArn": ADA}, "ResourcePolicy: Missing required"),
    "no actions": ({"ActionNames": []}, "ActionNames: name at least one action"),
    "an action with a star": ({"ActionNames": ["s3:GetObject", "s3:*"]}, "ActionNames.2: s3:* has a wildcard"),
    "an action with a question mark": ({"ActionNames": ["s3:Ge?"]}, "ActionNames.1: s3:Ge? has a wildcard"),
    "an action of no service": ({"ActionNames": ["GetObject"]}, "ActionNames.1: GetObject is not of the form"),
    "an action with two colons": (
        {"ActionNames": ["s3:Get:Object"]},
        "ActionNames.1: s3:Get:Object is not of the form",
    ),
    "a resource that is no ARN": ({"ResourceArns": [OBJECT, "bucket"]}, "ResourceArns.2: bucket must be in ARN format"),
    "an owner that is no account": ({"ResourceOwner": "me"}, "ResourceOwner: me is no account id"),
    "a caller that is no ARN": ({"CallerArn": "ada"}, "CallerArn: ada is not the ARN of"),
    "root as the caller": ({"CallerArn": "arn:aws:iam::123456789012:root"}, "is not the ARN of an IAM user"),
    "a caller without a name": ({"CallerArn": "arn:aws:iam::123456789012:user/"}, "is not the ARN of an IAM user"),
    "a session without a name": (
        {"CallerArn": "arn:aws:sts::123456789012:assumed-role/app"},
        "is not of the form assumed-role/role-name/session-name.",
    ),
    "a handling option of ours": (
        {"ResourceHandlingOption": "EC2-Moon"},
        "ResourceHandlingOption: EC2-Moon is none of",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refused(iam: Any, name: str) -> None:
    members, sentence = REFUSED[name]
    asked = {"PolicyInputList": [ANYTHING], "ActionNames": ["s3:GetObject"], "ResourceArns": [OBJECT]}
    with refused("InvalidInput", sentence):
        iam.simulate_custom_policy(**asked | members)


WRONG = {
    "boolean": "yes",
    "booleanList": "1",
    "numeric": "many",
    "numericList": "1,5",
    "ip": "10.0.0.0/8",
    "ipList": "localhost",
    "binary": "*",
    "binaryList": "Q",
    "date": "yesterday",
    "dateList": "2026-02-30",
}
RIGHT = {
    "string": "",
    "stringList": "x",
    "boolean": "True",
    "booleanList": "false",
    "numeric": "-1.5",
    "numericList": "10",
    "ip": "2001:db8::1",
    "ipList": "10.0.0.1",
    "binary": "QQ==",
    "binaryList": "QUJD",
    "date": "2026-01-02",
    "dateList": "1767225600",
}


@pytest.mark.parametrize("type", WRONG)
def test_a_value_of_another_type(iam: Any, type: str) -> None:
    entries = [entry("aws:first", "x"), entry("aws:second", WRONG[type], type=type)]
    with refused("InvalidInput", f"ContextEntries.2: the value {WRONG[type]!r} of context key aws:second is not of"):
        custom(iam, ANYTHING, ContextEntries=entries)


@pytest.mark.parametrize("type", RIGHT)
def test_a_value_of_its_type(iam: Any, type: str) -> None:
    result = custom(iam, ANYTHING, ContextEntries=[entry("aws:first", RIGHT[type], type=type)])
    assert result["EvalDecision"] == "allowed"


ENTRIES = {
    "two values for one": ([entry("aws:a", "1", "2")], "context key aws:a of type string takes one value, not 2."),
    "no value for one": ([entry("aws:a", type="date")], "context key aws:a of type date takes one value, not 0."),
    "given twice": ([entry("aws:a", "1"), entry("AWS:A", "1")], "ContextEntries.2: context key AWS:A is given twice"),
    "no service": ([entry("username", "ada")], "context key username names no service"),
    "no name": ([{"ContextKeyValues": ["x"], "ContextKeyType": "string"}], "an entry needs a ContextKeyName"),
    "no type": ([{"ContextKeyName": "aws:a", "ContextKeyValues": ["x"]}], "an entry needs a ContextKeyName"),
}


@pytest.mark.parametrize("name", ENTRIES)
def test_an_entry_that_says_too_little_or_too_much(iam: Any, name: str) -> None:
    entries, sentence = ENTRIES[name]
    with refused("InvalidInput", sentence):
        custom(iam, ANYTHING, ContextEntries=entries)


@pytest.mark.parametrize(
    "option", ["EC2-VPC-InstanceStore", "EC2-VPC-InstanceStore-Subnet", "EC2-VPC-EBS", "EC2-VPC-EBS-Subnet"]
)
def test_the_handling_options_of_aws(iam: Any, option: str) -> None:
    assert custom(iam, ANYTHING, ResourceHandlingOption=option)["EvalDecision"] == "allowed"


def test_bounds_and_enums_are_those_of_the_model(iam: Any) -> None:
    with refused("ValidationError", "Member must satisfy enum value set: [string, stringList"):
        custom(iam, ANYTHING, ContextEntries=[entry("aws:a", "x", type="text")])
    with refused("ValidationError", "Member must have length less than or equal to 7"):
        custom(iam, ANYTHING, OrderedOrganizationPolicyInputList=[{LEVEL: [ANYTHING]}] * 8)
