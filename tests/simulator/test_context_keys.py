"""GetContextKeysFor…: the keys that policies read."""

from __future__ import annotations

from typing import Any

import pytest

from tests.query.aws import refused
from tests.simulator.asking import ANYTHING, allow, policy
from tests.support.tenants import Tenant

KEYS = {
    "none": ([ANYTHING], []),
    "conditions, sorted": (
        [policy(allow("*", Bool={"aws:SecureTransport": "true"}, StringLike={"aws:PrincipalTag/Team": "x"}))],
        ["aws:PrincipalTag/Team", "aws:SecureTransport"],
    ),
    "of all policies, once": (
        [
            policy(allow("*", Null={"aws:TagKeys": "true"})),
            policy(allow("*", Null={"AWS:tagkeys": "false", "s3:x": "true"})),
        ],
        ["aws:TagKeys", "s3:x"],
    ),
    "variables of resources": (
        [
            policy(
                allow("*", ["arn:aws:s3:::${aws:username}/${s3:Prefix, 'x'}", "arn:aws:s3:::${*}${?}${$}"]),
                {"Effect": "Deny", "Action": "*", "NotResource": "arn:aws:s3:::${aws:PrincipalTag/Cost Centre}"},
            )
        ],
        ["aws:PrincipalTag/Cost Centre", "aws:username", "s3:Prefix"],
    ),
    "a variable in front of the resource is text": ([policy(allow("*", "arn:aws:sqs:${aws:RequestedRegion}:*:q"))], []),
    "variables of values, where they are ones": (
        [
            policy(
                allow(
                    "*",
                    **{
                        "ForAnyValue:StringLikeIfExists": {"s3:prefix": ["a", "${aws:username}/*"]},
                        "ArnEquals": {"aws:SourceArn": "arn:aws:iam::1:user/${aws:userid}"},
                        "Bool": {"aws:b": "${aws:a}"},
                    },
                )
            )
        ],
        ["aws:b", "aws:SourceArn", "aws:userid", "aws:username", "s3:prefix"],
    ),
    "no variables in 2008": (
        [
            policy(
                allow("*", "arn:aws:s3:::${aws:username}", StringLike={"s3:prefix": "${aws:a}"}), version="2008-10-17"
            )
        ],
        ["s3:prefix"],
    ),
}


@pytest.mark.parametrize("name", KEYS)
def test_the_keys_of_given_policies(iam: Any, name: str) -> None:
    texts, wanted = KEYS[name]
    assert iam.get_context_keys_for_custom_policy(PolicyInputList=texts)["ContextKeyNames"] == wanted


def test_the_keys_of_a_user_with_his_groups(iam: Any, tenant: Tenant) -> None:
    tenant.user("ada", policy(allow("*", Null={"aws:own": "true"})))
    iam.create_group(GroupName="g")
    iam.put_group_policy(GroupName="g", PolicyName="p", PolicyDocument=policy(allow("*", Null={"aws:group": "true"})))
    iam.add_user_to_group(GroupName="g", UserName="ada")
    managed = iam.create_policy(PolicyName="m", PolicyDocument=policy(allow("*", Null={"aws:managed": "true"})))
    iam.attach_user_policy(UserName="ada", PolicyArn=managed["Policy"]["Arn"])
    bound = iam.create_policy(PolicyName="b", PolicyDocument=policy(allow("*", Null={"aws:boundary": "true"})))
    iam.put_user_permissions_boundary(UserName="ada", PermissionsBoundary=bound["Policy"]["Arn"])
    ada, group = (f"arn:aws:iam::{tenant.account_id}:{name}" for name in ("user/ada", "group/g"))

    def keys(source: str, *texts: str) -> Any:
        return iam.get_context_keys_for_principal_policy(PolicySourceArn=source, PolicyInputList=list(texts))[
            "ContextKeyNames"
        ]

    assert keys(ada) == ["aws:group", "aws:managed", "aws:own"]
    assert keys(ada, policy(allow("*", Null={"aws:added": "true"}))) == ["aws:added", *keys(ada)]
    assert keys(group) == ["aws:group"]


def test_a_malformed_policy(iam: Any, tenant: Tenant) -> None:
    for ask in (
        iam.get_context_keys_for_custom_policy,
        lambda **members: iam.get_context_keys_for_principal_policy(
            PolicySourceArn=f"arn:aws:iam::{tenant.account_id}:user/admin", **members
        ),
    ):
        with refused("InvalidInput", "PolicyInputList.2: Policy statement must contain actions."):
            ask(PolicyInputList=[ANYTHING, policy({"Effect": "Allow", "Resource": "*"})])
