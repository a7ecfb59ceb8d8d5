"""Roles and their trust policies."""

from __future__ import annotations

from typing import Any

import pytest

from tests.query.aws import ADMINISTRATOR, ANYTHING, EC2, document, limit, names, refused, tags, trusting
from tests.support.tenants import Tenant


@pytest.fixture
def role(iam: Any) -> dict[str, Any]:
    return iam.create_role(RoleName="App", AssumeRolePolicyDocument=EC2, Description="runs", Tags=tags(team="red"))[
        "Role"
    ]


def test_a_role_is_created_shown_and_listed(iam: Any, role: dict[str, Any], tenant: Tenant) -> None:
    assert role["Arn"] == f"arn:aws:iam::{tenant.account_id}:role/App"
    assert role["RoleId"].startswith("AROA")
    assert role["MaxSessionDuration"] == 3600
    assert role["AssumeRolePolicyDocument"]["Statement"][0]["Principal"] == {"Service": "ec2.amazonaws.com"}
    shown = iam.get_role(RoleName="app")["Role"]
    assert shown == role | {"RoleLastUsed": {}}
    listed = iam.list_roles()["Roles"]
    assert names(listed, "RoleName") == ["App"]
    assert listed[0]["Description"] == "runs"
    assert shown.keys() - listed[0].keys() == {"Tags", "RoleLastUsed"}


def test_names_are_taken_whatever_their_case_and_missing_ones_are_named(iam: Any, role: Any) -> None:
    with refused("EntityAlreadyExists", "Role with name APP already exists."):
        iam.create_role(RoleName="APP", AssumeRolePolicyDocument=EC2)
    with refused("NoSuchEntity", "The role with name nobody cannot be found."):
        iam.get_role(RoleName="nobody")


def test_path_prefixes(iam: Any) -> None:
    for name, path in (("a", "/app/"), ("b", "/App/")):
        iam.create_role(RoleName=name, Path=path, AssumeRolePolicyDocument=EC2)
    assert names(iam.list_roles(PathPrefix="/app/")["Roles"], "RoleName") == ["a"]


def test_description_and_session_length_change_apart(iam: Any, role: Any) -> None:
    iam.update_role(RoleName="App", MaxSessionDuration=7200)
    iam.update_role(RoleName="App", Description="still runs")
    shown = iam.get_role(RoleName="App")["Role"]
    assert (shown["Description"], shown["MaxSessionDuration"]) == ("still runs", 7200)
    assert iam.update_role_description(RoleName="App", Description="new")["Role"]["Description"] == "new"
    iam.update_role(RoleName="App", Description="")
    assert "Description" not in iam.get_role(RoleName="App")["Role"]
    with refused("ValidationError", "Member must have value less than or equal to 43200"):
        iam.update_role(RoleName="App", MaxSessionDuration=43201)


def test_the_path_of_service_linked_roles_is_kept_for_services(iam: Any) -> None:
    with refused("InvalidInput", "/aws-service-role/"):
        iam.create_role(RoleName="r", Path="/aws-service-role/ec2.amazonaws.com/", AssumeRolePolicyDocument=EC2)


# --- trust ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["user", "role"])
@pytest.mark.parametrize("written", ["nobody", "ADA", "path/ada"])
def test_a_principal_that_does_not_exist_is_refused(iam: Any, tenant: Tenant, kind: str, written: str) -> None:
    iam.create_user(UserName="ada")
    iam.create_role(RoleName="ada", AssumeRolePolicyDocument=EC2)
    arn = f"arn:aws:iam::{tenant.account_id}:{kind}/{written}"
    with refused("MalformedPolicyDocument", f'Invalid principal in policy: "AWS":"{arn}"'):
        iam.create_role(RoleName="r", AssumeRolePolicyDocument=trusting(arn))
    iam.create_role(RoleName="r", AssumeRolePolicyDocument=EC2)
    with refused("MalformedPolicyDocument", "Invalid principal in policy"):
        iam.update_assume_role_policy(RoleName="r", PolicyDocument=trusting(arn))
    assert iam.get_role(RoleName="r")["Role"]["AssumeRolePolicyDocument"]["Statement"][0]["Principal"] == {
        "Service": "ec2.amazonaws.com"
    }


def test_principals_that_exist_or_lie_elsewhere_are_taken(iam: Any, tenant: Tenant) -> None:
    user = iam.create_user(UserName="ada", Path="/team/")["User"]["Arn"]
    role = iam.create_role(RoleName="base", AssumeRolePolicyDocument=EC2)["Role"]["Arn"]
    account = tenant.account_id
    for number, named in enumerate(
        [user, role, account, f"arn:aws:iam::{account}:root", "arn:aws:iam::999999999999:user/elsewhere", "*"]
    ):
        iam.create_role(RoleName=f"r{number}", AssumeRolePolicyDocument=trusting(named))
    iam.update_assume_role_policy(RoleName="r0", PolicyDocument=trusting({"AWS": [user, role]}))
    shown = iam.get_role(RoleName="r0")["Role"]["AssumeRolePolicyDocument"]
    assert shown["Statement"][0]["Principal"] == {"AWS": [user, role]}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "Syntax errors in policy."),
        (ANYTHING, ""),
        (trusting("arn:aws:iam::123456789012:user/*"), "Invalid principal"),
        (trusting({"AWS": "AIDA"}), "Invalid principal"),
        (
            document({"Effect": "Allow", "Principal": "*", "Action": "sts:AssumeRole", "Resource": "*"}),
            "Has prohibited field Resource",
        ),
    ],
)
def test_what_no_trust_policy_can_be(iam: Any, text: str, message: str) -> None:
    with refused("MalformedPolicyDocument", message):
        iam.create_role(RoleName="r", AssumeRolePolicyDocument=text)


# --- deletion and quotas --------------------------------------------------------------------------------------------


def _profile(iam: Any) -> None:
    iam.create_instance_profile(InstanceProfileName="ip")
    iam.add_role_to_instance_profile(InstanceProfileName="ip", RoleName="App")


IN_THE_WAY: dict[str, Any] = {
    "must remove roles from instance profile first": (
        _profile,
        lambda iam: iam.remove_role_from_instance_profile(InstanceProfileName="ip", RoleName="App"),
    ),
    "must detach all policies first": (
        lambda iam: iam.attach_role_policy(RoleName="App", PolicyArn=ADMINISTRATOR),
        lambda iam: iam.detach_role_policy(RoleName="App", PolicyArn=ADMINISTRATOR),
    ),
    "must delete policies first": (
        lambda iam: iam.put_role_policy(RoleName="App", PolicyName="p", PolicyDocument=ANYTHING),
        lambda iam: iam.delete_role_policy(RoleName="App", PolicyName="p"),
    ),
}


@pytest.mark.parametrize("text", IN_THE_WAY)
def test_a_role_is_not_deleted_while_something_of_it_is_left(iam: Any, role: Any, text: str) -> None:
    put, take_away = IN_THE_WAY[text]
    put(iam)
    with refused("DeleteConflict", f"Cannot delete entity, {text}."):
        iam.delete_role(RoleName="App")
    take_away(iam)
    iam.delete_role(RoleName="App")
    with refused("NoSuchEntity"):
        iam.delete_role(RoleName="App")


def test_the_quotas_of_roles(iam: Any, role: Any, tenant: Tenant) -> None:
    limit(tenant, "RolesPerAccount", 1)
    with refused("LimitExceeded", "Cannot exceed quota for RolesPerAccount: 1"):
        iam.create_role(RoleName="second", AssumeRolePolicyDocument=EC2)
    size = len(EC2.replace(" ", ""))
    limit(tenant, "ACLSizePerRole", size)
    iam.update_assume_role_policy(RoleName="App", PolicyDocument=EC2 + " \n\t" * 50)
    limit(tenant, "ACLSizePerRole", size - 1)
    with refused("LimitExceeded", f"Cannot exceed quota for ACLSizePerRole: {size - 1}"):
        iam.update_assume_role_policy(RoleName="App", PolicyDocument=EC2)


def test_waiters_know_when_a_role_exists(iam: Any, role: Any) -> None:
    iam.get_waiter("role_exists").wait(RoleName="App", WaiterConfig={"Delay": 0, "MaxAttempts": 1})
