"""Session policies limit and never give; they are what is stored now."""

from __future__ import annotations

import secrets
from typing import Any

import pytest

from tests.query.aws import ANYTHING, allow, deny, document, refused, tags
from tests.sts.sessions import ada_and_app, assume, role_arn
from tests.support.tenants import Tenant, open_account

LISTING = document(allow("iam:ListUsers"))


def managed(tenant: Tenant, name: str, text: str) -> str:
    made = tenant.run("iam:CreatePolicy", policy_name=name, policy_document=text)
    arn: str = made.policy.arn
    return arn


@pytest.mark.parametrize(
    ("role_has", "passed", "users", "groups"),
    [
        (ANYTHING, LISTING, True, False),
        (document(allow("iam:ListGroups")), LISTING, False, False),
        (ANYTHING, document(allow(), deny("iam:ListGroups")), True, False),
        (LISTING, ANYTHING, True, False),
    ],
)
@pytest.mark.parametrize("by", ["text", "arn", "both"])
def test_what_a_session_may_do(tenant: Tenant, role_has: str, passed: str, users: bool, groups: bool, by: str) -> None:
    sts = ada_and_app(tenant, role_has)
    members: dict[str, Any] = {}
    if by in ("text", "both"):
        members["Policy"] = passed
    if by in ("arn", "both"):
        members["PolicyArns"] = [{"arn": managed(tenant, "limit", passed)}]
    iam = tenant.client("iam", assume(sts, tenant, **members))
    for call, allowed in ((iam.list_users, users), (iam.list_groups, groups)):
        if allowed:
            assert call()
        else:
            with refused("AccessDenied"):
                call()


def test_aws_managed_policies_limit_too(tenant: Tenant) -> None:
    arn = "arn:aws:iam::aws:policy/IAMReadOnlyAccess"
    iam = tenant.client("iam", assume(ada_and_app(tenant), tenant, PolicyArns=[{"arn": arn}]))
    assert iam.list_users()
    with refused("AccessDenied", "because no session policy allows the iam:CreateUser action"):
        iam.create_user(UserName="no")


def test_a_managed_session_policy_is_what_it_is_now(tenant: Tenant) -> None:
    arn = managed(tenant, "limit", LISTING)
    iam = tenant.client("iam", assume(ada_and_app(tenant), tenant, PolicyArns=[{"arn": arn}]))
    assert iam.list_users()
    text = document(allow("iam:ListGroups"))
    tenant.run("iam:CreatePolicyVersion", policy_arn=arn, policy_document=text, set_as_default=True)
    assert iam.list_groups()
    with refused("AccessDenied"):
        iam.list_users()


def test_a_managed_session_policy_that_is_gone_allows_nothing(tenant: Tenant) -> None:
    arn = managed(tenant, "limit", LISTING)
    given = {"PolicyArns": [{"arn": arn}], "Policy": LISTING}
    iam = tenant.client("iam", assume(ada_and_app(tenant), tenant, **given))
    assert iam.list_users()
    tenant.run("iam:DeletePolicy", policy_arn=arn)
    with refused("AccessDenied", "session policy"):
        iam.list_users()
    managed(tenant, "limit", ANYTHING)
    with refused("AccessDenied", "session policy"):
        iam.list_users()


def test_policies_of_others_cannot_be_passed(tenant: Tenant, app: Any) -> None:
    foreign = managed(open_account(app), "limit", ANYTHING)
    sts = ada_and_app(tenant)
    for arn in (foreign, f"arn:aws:iam::{tenant.account_id}:policy/none"):
        with refused("ValidationError", "does not exist or is not attachable"):
            assume(sts, tenant, PolicyArns=[{"arn": arn}])


def test_at_most_ten_policies(tenant: Tenant) -> None:
    arn = managed(tenant, "limit", LISTING)
    sts = ada_and_app(tenant)
    assert assume(sts, tenant, PolicyArns=[{"arn": arn}] * 10)
    with refused("ValidationError", "At most 10"):
        assume(sts, tenant, PolicyArns=[{"arn": arn}] * 11)


@pytest.mark.parametrize("text", ["{", '{"Version":"2012-10-17"}', ANYTHING.replace("Allow", "Perhaps")])
def test_a_malformed_policy(tenant: Tenant, text: str) -> None:
    with refused("MalformedPolicyDocument"):
        assume(ada_and_app(tenant), tenant, Policy=text)


def test_packed_size(tenant: Tenant) -> None:
    sts = ada_and_app(tenant)
    sizes = [
        sts.assume_role(RoleArn=role_arn(tenant, "app"), RoleSessionName="me", **members)["PackedPolicySize"]
        for members in (
            {"Tags": tags(team="red")},
            {"Policy": LISTING},
            {"Policy": LISTING, "Tags": [{"Key": f"k{n}", "Value": secrets.token_hex(40)} for n in range(20)]},
        )
    ]
    assert 0 < sizes[0] < sizes[1] < sizes[2] <= 100


@pytest.mark.parametrize(
    "members",
    [
        {"Policy": ANYTHING + " " * 2048},
        {"Tags": [{"Key": secrets.token_hex(60), "Value": secrets.token_hex(120)} for _ in range(50)]},
    ],
)
def test_too_large(tenant: Tenant, members: dict[str, Any]) -> None:
    with refused("PackedPolicyTooLarge", "% of allotted space"):
        assume(ada_and_app(tenant), tenant, **members)


def test_the_token_is_as_large_as_asked(tenant: Tenant) -> None:
    sts = ada_and_app(tenant)
    made = sts.assume_role(RoleArn=role_arn(tenant, "app"), RoleSessionName="me", MinimumSessionTokenSize=4096)
    assert len(made["Credentials"]["SessionToken"]) == made["SessionTokenSize"] >= 4096
    assert made["SessionTokenUtilization"] >= 50
    assert tenant.client("iam", made["Credentials"]).list_users()


def test_a_boundary_limits_the_sessions_of_its_role(tenant: Tenant) -> None:
    sts = ada_and_app(tenant)
    arn = managed(tenant, "bound", LISTING)
    iam = tenant.client("iam", assume(sts, tenant))
    assert iam.list_groups()
    tenant.run("iam:PutRolePermissionsBoundary", role_name="app", permissions_boundary=arn)
    with refused("AccessDenied", "permissions boundary"):
        iam.list_groups()
