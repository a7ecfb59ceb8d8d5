"""Managed policies attached to users, groups and roles."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from policies.documents import importing
from tests.query.aws import ADMINISTRATOR, ANYTHING, EC2, READ_ONLY, allow, document, limit, names, policy, refused
from tests.support.tenants import Tenant
from tests.support.write_guard import setting_up

KINDS = ("user", "group", "role")
MEMBER = {"user": "UserName", "group": "GroupName", "role": "RoleName"}


def owner(iam: Any, kind: str) -> dict[str, str]:
    """A new user, group or role called `x`, as the member that names it."""
    members = {MEMBER[kind]: "x"}
    extra = {"AssumeRolePolicyDocument": EC2} if kind == "role" else {}
    getattr(iam, f"create_{kind}")(**members, **extra)
    return members


def attached(iam: Any, kind: str, **members: str) -> list[str]:
    found = getattr(iam, f"list_attached_{kind}_policies")(**members)["AttachedPolicies"]
    return sorted(names(found, "PolicyName"))


@pytest.mark.parametrize("kind", KINDS)
def test_policies_come_and_go_and_attaching_twice_changes_nothing(iam: Any, kind: str) -> None:
    mine = owner(iam, kind)
    arn = policy(iam, "Own", Path="/team/")
    for _ in range(2):
        getattr(iam, f"attach_{kind}_policy")(**mine, PolicyArn=arn)
    getattr(iam, f"attach_{kind}_policy")(**mine, PolicyArn=READ_ONLY)
    assert attached(iam, kind, **mine) == ["Own", "ReadOnlyAccess"]
    assert attached(iam, kind, **mine, PathPrefix="/team/") == ["Own"]
    assert attached(iam, kind, **mine, PathPrefix="/TEAM/") == []
    assert iam.get_policy(PolicyArn=arn)["Policy"]["AttachmentCount"] == 1
    getattr(iam, f"detach_{kind}_policy")(**mine, PolicyArn=arn)
    assert attached(iam, kind, **mine) == ["ReadOnlyAccess"]
    with refused("NoSuchEntity", f"Policy {arn} was not found."):
        getattr(iam, f"detach_{kind}_policy")(**mine, PolicyArn=arn)


@pytest.mark.parametrize("kind", KINDS)
def test_both_sides_must_exist(iam: Any, kind: str, tenant: Tenant) -> None:
    mine = owner(iam, kind)
    missing = f"arn:aws:iam::{tenant.account_id}:policy/none"
    with refused("NoSuchEntity", f"Policy {missing} does not exist or is not attachable."):
        getattr(iam, f"attach_{kind}_policy")(**mine, PolicyArn=missing)
    with refused("NoSuchEntity", f"The {kind} with name nobody cannot be found."):
        getattr(iam, f"attach_{kind}_policy")(**{MEMBER[kind]: "nobody"}, PolicyArn=ADMINISTRATOR)
    with refused("InvalidInput", "is not valid."):
        getattr(iam, f"attach_{kind}_policy")(**mine, PolicyArn="arn:aws:iam::aws:role/Admin")


@pytest.mark.parametrize("kind", KINDS)
def test_the_quota_of_attached_policies(iam: Any, kind: str, tenant: Tenant) -> None:
    mine = owner(iam, kind)
    quota = f"PoliciesPer{kind.capitalize()}"
    limit(tenant, quota, 1)
    getattr(iam, f"attach_{kind}_policy")(**mine, PolicyArn=ADMINISTRATOR)
    with refused("LimitExceeded", f"Cannot exceed quota for {quota}: 1"):
        getattr(iam, f"attach_{kind}_policy")(**mine, PolicyArn=READ_ONLY)
    getattr(iam, f"attach_{kind}_policy")(**mine, PolicyArn=ADMINISTRATOR)


@pytest.mark.parametrize("kind", KINDS)
def test_policies_of_service_linked_roles_are_not_attachable(iam: Any, kind: str) -> None:
    mine = owner(iam, kind)
    now = datetime.now(UTC)
    with setting_up():
        importing.put(
            [importing.ImportedPolicy("Service", "/aws-service-role/", f"ANPA{kind:A>17}", "", ANYTHING, now)]
        )
    with refused("PolicyNotAttachable", "Cannot attach a Service Role Policy to a Customer Role."):
        getattr(iam, f"attach_{kind}_policy")(**mine, PolicyArn="arn:aws:iam::aws:policy/aws-service-role/Service")


def test_entities_of_a_policy(iam: Any) -> None:
    arn = policy(iam)
    for kind in KINDS:
        getattr(iam, f"attach_{kind}_policy")(**owner(iam, kind), PolicyArn=arn)
    iam.create_user(UserName="bounded", Path="/team/", PermissionsBoundary=arn)

    def entities(**filters: Any) -> list[str]:
        found = iam.list_entities_for_policy(PolicyArn=arn, **filters)
        return [
            f"{kind}:{entry[kind + 'Name']}" for kind in ("Group", "User", "Role") for entry in found[f"Policy{kind}s"]
        ]

    assert sorted(entities()) == ["Group:x", "Role:x", "User:bounded", "User:x"]
    assert entities(EntityFilter="Group") == ["Group:x"]
    assert entities(EntityFilter="User", PolicyUsageFilter="PermissionsPolicy") == ["User:x"]
    assert entities(PolicyUsageFilter="PermissionsBoundary") == ["User:bounded"]
    assert entities(PathPrefix="/team/") == ["User:bounded"]
    assert entities(EntityFilter="AWSManagedPolicy") == []
    user = iam.list_entities_for_policy(PolicyArn=arn, EntityFilter="User", PathPrefix="/team/")["PolicyUsers"][0]
    assert user["UserId"] == iam.get_user(UserName="bounded")["User"]["UserId"]


def test_who_may_attach_which_policy_can_be_limited(iam: Any, tenant: Tenant) -> None:
    only = allow("iam:AttachUserPolicy", "*", ArnEquals={"iam:PolicyARN": READ_ONLY})
    helper = tenant.client("iam", tenant.user("helper", document(only)))
    helper.attach_user_policy(UserName="helper", PolicyArn=READ_ONLY)
    with refused("AccessDenied"):
        helper.attach_user_policy(UserName="helper", PolicyArn=ADMINISTRATOR)


def test_a_grant_holds_as_long_as_it_is_attached(iam: Any, tenant: Tenant) -> None:
    ada = tenant.client("iam", tenant.user("ada"))
    arn = policy(iam, "p", document(allow("iam:ListRoles")))
    iam.attach_user_policy(UserName="ada", PolicyArn=arn)
    ada.list_roles()
    iam.detach_user_policy(UserName="ada", PolicyArn=arn)
    with refused("AccessDenied"):
        ada.list_roles()
