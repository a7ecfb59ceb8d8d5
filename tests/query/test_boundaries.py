"""Permissions boundaries of users and roles."""

from __future__ import annotations

from typing import Any

import pytest

from tests.query.aws import ADMINISTRATOR, ANYTHING, EC2, READ_ONLY, allow, document, policy, refused
from tests.query.test_attachments import MEMBER, owner
from tests.support.tenants import Tenant

KINDS = ("user", "role")


def boundary(iam: Any, kind: str) -> str | None:
    shown = getattr(iam, f"get_{kind}")(**{MEMBER[kind]: "x"})[kind.capitalize()]
    arn: str | None = shown.get("PermissionsBoundary", {}).get("PermissionsBoundaryArn")
    return arn


@pytest.mark.parametrize("kind", KINDS)
def test_a_boundary_is_put_replaced_and_taken_off(iam: Any, kind: str) -> None:
    mine = owner(iam, kind)
    own = policy(iam)
    put, delete = (getattr(iam, f"{verb}_{kind}_permissions_boundary") for verb in ("put", "delete"))
    assert boundary(iam, kind) is None
    for arn in (own, own, ADMINISTRATOR):
        put(**mine, PermissionsBoundary=arn)
        assert boundary(iam, kind) == arn
    delete(**mine)
    assert boundary(iam, kind) is None
    with refused("NoSuchEntity", f"The {kind} with name x has no permissions boundary."):
        delete(**mine)


@pytest.mark.parametrize("kind", KINDS)
def test_a_boundary_must_be_a_policy_that_exists(iam: Any, kind: str, tenant: Tenant) -> None:
    mine = owner(iam, kind)
    missing = f"arn:aws:iam::{tenant.account_id}:policy/none"
    extra = {"AssumeRolePolicyDocument": EC2} if kind == "role" else {}
    with refused("NoSuchEntity", f"Scope ARN: {missing} does not exist or is not attachable."):
        getattr(iam, f"put_{kind}_permissions_boundary")(**mine, PermissionsBoundary=missing)
    with refused("NoSuchEntity", f"Scope ARN: {missing} does not exist or is not attachable."):
        getattr(iam, f"create_{kind}")(**{MEMBER[kind]: "y"}, **extra, PermissionsBoundary=missing)
    with refused("InvalidInput"):
        getattr(iam, f"put_{kind}_permissions_boundary")(**mine, PermissionsBoundary="arn:aws:iam::aws:group/g")


def test_a_boundary_limits_and_grants_nothing(iam: Any, tenant: Tenant) -> None:
    ada = tenant.client("iam", tenant.user("ada", ANYTHING))
    arn = policy(iam, "p", document(allow("iam:List*")))
    iam.put_user_permissions_boundary(UserName="ada", PermissionsBoundary=arn)
    ada.list_users()
    with refused("AccessDenied", "because no permissions boundary allows the iam:CreateGroup action"):
        ada.create_group(GroupName="g")
    iam.delete_user_policy(UserName="ada", PolicyName="p0")
    with refused("AccessDenied", "because no identity-based policy allows the iam:ListUsers action"):
        ada.list_users()


# Actions whose condition key iam:PermissionsBoundary is the boundary of the one acted on (AWS's action table).
ON_A_USER: dict[str, dict[str, Any]] = {
    "attach_user_policy": {"PolicyArn": READ_ONLY},
    "detach_user_policy": {"PolicyArn": READ_ONLY},
    "put_user_policy": {"PolicyName": "p", "PolicyDocument": ANYTHING},
    "delete_user_policy": {"PolicyName": "p"},
    "delete_user_permissions_boundary": {},
}
ON_A_ROLE: dict[str, dict[str, Any]] = {
    "get_role": {},
    "update_role": {"Description": "d"},
    "update_role_description": {"Description": "d"},
    "update_assume_role_policy": {"PolicyDocument": EC2},
    "attach_role_policy": {"PolicyArn": READ_ONLY},
    "detach_role_policy": {"PolicyArn": READ_ONLY},
    "put_role_policy": {"PolicyName": "p", "PolicyDocument": ANYTHING},
    "delete_role_policy": {"PolicyName": "p"},
    "delete_role_permissions_boundary": {},
    "delete_role": {},
}


@pytest.mark.parametrize(("kind", "actions"), [("user", ON_A_USER), ("role", ON_A_ROLE)])
def test_who_may_change_only_bounded_ones(iam: Any, tenant: Tenant, kind: str, actions: dict[str, Any]) -> None:
    bounding = policy(iam)
    condition = {"StringEquals": {"iam:PermissionsBoundary": bounding}}
    helper = tenant.client("iam", tenant.user("helper", document(allow("iam:*", "*", **condition))))
    mine = owner(iam, kind)
    for action, members in actions.items():
        with refused("AccessDenied"):
            getattr(helper, action)(**mine, **members)
    getattr(iam, f"put_{kind}_permissions_boundary")(**mine, PermissionsBoundary=bounding)
    for action, members in actions.items():
        getattr(helper, action)(**mine, **members)
        if action.endswith("permissions_boundary"):
            getattr(iam, f"put_{kind}_permissions_boundary")(**mine, PermissionsBoundary=bounding)


@pytest.mark.parametrize("kind", KINDS)
def test_who_may_create_only_bounded_ones(iam: Any, tenant: Tenant, kind: str) -> None:
    bounding = policy(iam)
    condition = {"StringEquals": {"iam:PermissionsBoundary": bounding}}
    helper = tenant.client("iam", tenant.user("helper", document(allow("iam:*", "*", **condition))))
    members = {MEMBER[kind]: "x"} | ({"AssumeRolePolicyDocument": EC2} if kind == "role" else {})
    for wrong in ({}, {"PermissionsBoundary": ADMINISTRATOR}):
        with refused("AccessDenied"):
            getattr(helper, f"create_{kind}")(**members, **wrong)
    getattr(helper, f"create_{kind}")(**members, PermissionsBoundary=bounding)
    with refused("AccessDenied"):
        getattr(helper, f"put_{kind}_permissions_boundary")(**{MEMBER[kind]: "x"}, PermissionsBoundary=ADMINISTRATOR)
