"""Instance profiles: one role each, passed by who may pass it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.query.aws import EC2, allow, document, limit, names, refused, tags
from tests.support.tenants import Tenant


@pytest.fixture
def profile(iam: Any) -> dict[str, Any]:
    iam.create_role(RoleName="App", AssumeRolePolicyDocument=EC2)
    return iam.create_instance_profile(InstanceProfileName="Web", Path="/app/", Tags=tags(team="red"))[
        "InstanceProfile"
    ]


def test_a_profile_is_created_shown_and_listed(iam: Any, profile: dict[str, Any], tenant: Tenant) -> None:
    assert profile["Arn"] == f"arn:aws:iam::{tenant.account_id}:instance-profile/app/Web"
    assert profile["InstanceProfileId"].startswith("AIPA")
    assert profile["Roles"] == []
    assert iam.get_instance_profile(InstanceProfileName="web")["InstanceProfile"] == profile
    listed = iam.list_instance_profiles(PathPrefix="/app/")["InstanceProfiles"]
    assert names(listed, "InstanceProfileName") == ["Web"]
    assert "Tags" not in listed[0]
    assert iam.list_instance_profiles(PathPrefix="/App/")["InstanceProfiles"] == []


def test_names_are_taken_whatever_their_case_and_missing_ones_are_named(iam: Any, profile: Any) -> None:
    with refused("EntityAlreadyExists", "Instance Profile WEB already exists."):
        iam.create_instance_profile(InstanceProfileName="WEB")
    with refused("NoSuchEntity", "Instance Profile none cannot be found."):
        iam.get_instance_profile(InstanceProfileName="none")


def test_a_profile_holds_one_role(iam: Any, profile: Any) -> None:
    iam.create_role(RoleName="Other", AssumeRolePolicyDocument=EC2)
    iam.add_role_to_instance_profile(InstanceProfileName="Web", RoleName="App")
    shown = iam.get_instance_profile(InstanceProfileName="Web")["InstanceProfile"]["Roles"]
    assert names(shown, "RoleName") == ["App"]
    assert shown[0]["AssumeRolePolicyDocument"]["Version"] == "2012-10-17"
    for name in ("App", "Other"):
        with refused("LimitExceeded", "Cannot exceed quota for InstanceSessionsPerInstanceProfile: 1"):
            iam.add_role_to_instance_profile(InstanceProfileName="Web", RoleName=name)
    found = iam.list_instance_profiles_for_role(RoleName="App")["InstanceProfiles"]
    assert names(found, "InstanceProfileName") == ["Web"]
    assert iam.list_instance_profiles_for_role(RoleName="Other")["InstanceProfiles"] == []
    with refused("NoSuchEntity", "The role with name Other cannot be found in instance profile Web."):
        iam.remove_role_from_instance_profile(InstanceProfileName="Web", RoleName="Other")
    iam.remove_role_from_instance_profile(InstanceProfileName="Web", RoleName="App")
    assert iam.get_instance_profile(InstanceProfileName="Web")["InstanceProfile"]["Roles"] == []


def test_a_profile_with_a_role_is_not_deleted(iam: Any, profile: Any) -> None:
    iam.add_role_to_instance_profile(InstanceProfileName="Web", RoleName="App")
    with refused("DeleteConflict", "Cannot delete entity, must remove roles from instance profile first."):
        iam.delete_instance_profile(InstanceProfileName="Web")
    iam.remove_role_from_instance_profile(InstanceProfileName="Web", RoleName="App")
    iam.delete_instance_profile(InstanceProfileName="Web")
    with refused("NoSuchEntity"):
        iam.delete_instance_profile(InstanceProfileName="Web")


def test_adding_a_role_takes_the_permission_to_pass_it(tenant: Tenant, profile: Any) -> None:
    adding = allow("iam:AddRoleToInstanceProfile")
    without = tenant.client("iam", tenant.user("without", document(adding)))
    with refused("AccessDenied", "iam:PassRole on resource: arn:aws:iam::"):
        without.add_role_to_instance_profile(InstanceProfileName="Web", RoleName="App")
    for service, done in (("lambda.amazonaws.com", False), ("ec2.amazonaws.com", True)):
        passing = allow("iam:PassRole", "*", StringEquals={"iam:PassedToService": service})
        helper = tenant.client("iam", tenant.user(service[:3], document(adding, passing)))
        if done:
            helper.add_role_to_instance_profile(InstanceProfileName="Web", RoleName="App")
        else:
            with refused("AccessDenied", "iam:PassRole"):
                helper.add_role_to_instance_profile(InstanceProfileName="Web", RoleName="App")


def test_the_quota_of_profiles(iam: Any, profile: Any, tenant: Tenant) -> None:
    limit(tenant, "InstanceProfilesPerAccount", 1)
    with refused("LimitExceeded", "Cannot exceed quota for InstanceProfilesPerAccount: 1"):
        iam.create_instance_profile(InstanceProfileName="second")


def test_waiters_know_when_a_profile_exists(iam: Any, profile: Any) -> None:
    waiter = iam.get_waiter("instance_profile_exists")
    waiter.wait(InstanceProfileName="Web", WaiterConfig={"Delay": 0, "MaxAttempts": 1})
