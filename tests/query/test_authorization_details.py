"""GetAccountAuthorizationDetails: the whole account in one list, equal to what the single lists say."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest

from tests.query import furnished
from tests.query.aws import ADMINISTRATOR, names, refused
from tests.support import inprocess
from tests.support.tenants import Tenant, open_account

SECTIONS = ("UserDetailList", "GroupDetailList", "RoleDetailList", "Policies")
KINDS = {"User": "UserDetailList", "Group": "GroupDetailList", "Role": "RoleDetailList"}


@pytest.fixture
def iam(tenant: Tenant) -> Any:
    furnished.furnish(tenant, 3)
    return inprocess.client("iam", tenant.admin_key, tenant.app)


def details(iam: Any, size: int = 1000, **members: Any) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {section: [] for section in SECTIONS}
    pages = iam.get_paginator("get_account_authorization_details").paginate(
        **members, PaginationConfig={"PageSize": size}
    )
    for page in pages:
        assert sum(len(page[section]) for section in SECTIONS) <= size
        for section in SECTIONS:
            found[section] += page[section]
    return found


def by_name(entries: Iterable[dict[str, Any]], member: str) -> dict[str, Any]:
    return {entry[member]: entry for entry in entries}


@pytest.mark.parametrize("size", [1, 2, 3, 7])
def test_pages_run_through_all_sections(iam: Any, size: int) -> None:
    assert details(iam, size) == details(iam)


def test_users_are_what_the_single_lists_say(iam: Any) -> None:
    users = by_name(details(iam)["UserDetailList"], "UserName")
    assert sorted(users) == sorted(names(iam.list_users()["Users"], "UserName"))
    assert len(users) == 4
    for name, user in users.items():
        whole = iam.get_user(UserName=name)["User"]
        whole.pop("PasswordLastUsed", None)
        own = {key: user.pop(key) for key in ("UserPolicyList", "GroupList", "AttachedManagedPolicies")}
        assert user == {"Tags": []} | whole
        assert own["GroupList"] == names(iam.list_groups_for_user(UserName=name)["Groups"], "GroupName")
        assert own["AttachedManagedPolicies"] == iam.list_attached_user_policies(UserName=name)["AttachedPolicies"]
        assert names(own["UserPolicyList"], "PolicyName") == iam.list_user_policies(UserName=name)["PolicyNames"]
        for inline in own["UserPolicyList"]:
            shown = iam.get_user_policy(UserName=name, PolicyName=inline["PolicyName"])
            assert inline["PolicyDocument"] == shown["PolicyDocument"]


def test_groups_are_what_the_single_lists_say(iam: Any) -> None:
    groups = by_name(details(iam)["GroupDetailList"], "GroupName")
    assert sorted(groups) == names(iam.list_groups()["Groups"], "GroupName")
    for name, group in groups.items():
        own = {key: group.pop(key) for key in ("GroupPolicyList", "AttachedManagedPolicies")}
        assert group == iam.get_group(GroupName=name)["Group"]
        assert own["AttachedManagedPolicies"] == iam.list_attached_group_policies(GroupName=name)["AttachedPolicies"]
        assert names(own["GroupPolicyList"], "PolicyName") == iam.list_group_policies(GroupName=name)["PolicyNames"]


def test_roles_are_what_the_single_lists_say(iam: Any) -> None:
    roles = by_name(details(iam)["RoleDetailList"], "RoleName")
    assert sorted(roles) == names(iam.list_roles()["Roles"], "RoleName")
    for name, role in roles.items():
        whole = iam.get_role(RoleName=name)["Role"]
        whole.pop("MaxSessionDuration")
        own = {key: role.pop(key) for key in ("InstanceProfileList", "RolePolicyList", "AttachedManagedPolicies")}
        assert role == whole
        profiles = iam.list_instance_profiles_for_role(RoleName=name)["InstanceProfiles"]
        assert own["InstanceProfileList"] == profiles
        assert own["AttachedManagedPolicies"] == iam.list_attached_role_policies(RoleName=name)["AttachedPolicies"]
        assert names(own["RolePolicyList"], "PolicyName") == iam.list_role_policies(RoleName=name)["PolicyNames"]


def test_policies_are_the_accounts_own_and_those_of_aws_in_use(iam: Any, app: Any) -> None:
    other = open_account(app).client("iam")
    other.attach_user_policy(UserName="admin", PolicyArn="arn:aws:iam::aws:policy/ReadOnlyAccess")
    policies = by_name(details(iam)["Policies"], "Arn")
    local = names(iam.list_policies(Scope="Local")["Policies"], "Arn")
    assert sorted(policies) == sorted([*local, ADMINISTRATOR])
    for arn, policy in policies.items():
        versions = policy.pop("PolicyVersionList")
        whole = iam.get_policy(PolicyArn=arn)["Policy"]
        whole.pop("Tags", None)
        assert policy == whole
        assert names(versions, "VersionId") == names(iam.list_policy_versions(PolicyArn=arn)["Versions"], "VersionId")
        for version in versions:
            assert version == iam.get_policy_version(PolicyArn=arn, VersionId=version["VersionId"])["PolicyVersion"]


@pytest.mark.parametrize("size", [1, 4, 1000])
def test_filters_leave_out_whole_sections(iam: Any, size: int) -> None:
    whole = details(iam)
    for kind, section in KINDS.items():
        found = details(iam, size, Filter=[kind])
        assert found == {name: whole[name] if name == section else [] for name in SECTIONS}
    both = details(iam, size, Filter=["Role", "User"])
    assert (both["UserDetailList"], both["RoleDetailList"]) == (whole["UserDetailList"], whole["RoleDetailList"])
    assert not both["GroupDetailList"]
    aws = details(iam, size, Filter=["AWSManagedPolicy"])["Policies"]
    assert names(aws, "Arn") == [ADMINISTRATOR]
    assert len(details(iam, size, Filter=["LocalManagedPolicy"])["Policies"]) == 3


def test_unknown_filters_and_markers_are_refused(iam: Any) -> None:
    with refused("ValidationError", "at 'filter.1.member' failed to satisfy constraint: Member must satisfy enum"):
        iam.get_account_authorization_details(Filter=["Everything"])
    with refused("ValidationError", "Invalid Marker."):
        iam.get_account_authorization_details(Marker="Tm93aGVyZTp4")
