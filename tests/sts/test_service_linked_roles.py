"""Service-linked roles: made for a service, changed by nobody else, deleted by a task."""

from __future__ import annotations

from typing import Any

import pytest

from tests.query.aws import ANYTHING, EC2, allow, document, refused
from tests.sts.sessions import assume
from tests.support.tenants import Tenant

SERVICE = "ecs.amazonaws.com"
NAME = "AWSServiceRoleForECS"


@pytest.fixture
def linked(iam: Any) -> Any:
    return iam.create_service_linked_role(AWSServiceName=SERVICE, Description="for tasks")["Role"]


def test_a_service_has_its_role(tenant: Tenant, iam: Any, linked: Any) -> None:
    assert linked["Arn"] == f"arn:aws:iam::{tenant.account_id}:role/aws-service-role/{SERVICE}/{NAME}"
    (statement,) = linked["AssumeRolePolicyDocument"]["Statement"]
    assert statement["Principal"] == {"Service": SERVICE}
    with refused("InvalidInput", "has been taken in this account"):
        iam.create_service_linked_role(AWSServiceName=SERVICE)
    other = iam.create_service_linked_role(AWSServiceName=SERVICE, CustomSuffix="blue")["Role"]
    assert other["RoleName"] == f"{NAME}_blue"


@pytest.mark.parametrize("name", ["ecs", "ecs.example.com", "../x.amazonaws.com", "amazonaws.com"])
def test_what_is_no_service(iam: Any, name: str) -> None:
    with pytest.raises(iam.exceptions.ClientError) as caught:
        iam.create_service_linked_role(AWSServiceName=name)
    assert caught.value.response["Error"]["Code"] in ("InvalidInput", "ValidationError")


@pytest.mark.usefixtures("linked")
def test_ordinary_operations_refuse_it(iam: Any) -> None:
    arn = "arn:aws:iam::aws:policy/ReadOnlyAccess"
    iam.create_instance_profile(InstanceProfileName="host")
    for call, members in (
        (iam.delete_role, {}),
        (iam.update_role, {"Description": "mine"}),
        (iam.update_assume_role_policy, {"PolicyDocument": EC2}),
        (iam.attach_role_policy, {"PolicyArn": arn}),
        (iam.put_role_policy, {"PolicyName": "p", "PolicyDocument": ANYTHING}),
        (iam.put_role_permissions_boundary, {"PermissionsBoundary": arn}),
        (iam.add_role_to_instance_profile, {"InstanceProfileName": "host"}),
    ):
        with refused("UnmodifiableEntity"):
            call(RoleName=NAME, **members)


@pytest.mark.usefixtures("linked")
def test_nobody_assumes_it(tenant: Tenant) -> None:
    with refused("AccessDenied"):
        assume(tenant.client("sts"), tenant, f"aws-service-role/{SERVICE}/{NAME}")


@pytest.mark.usefixtures("linked")
def test_deleting_it(iam: Any) -> None:
    task = iam.delete_service_linked_role(RoleName=NAME)["DeletionTaskId"]
    assert task.startswith(f"task/aws-service-role/{SERVICE}/{NAME}/")
    assert iam.get_service_linked_role_deletion_status(DeletionTaskId=task)["Status"] == "SUCCEEDED"
    for call, members in (
        (iam.get_role, {"RoleName": NAME}),
        (iam.delete_service_linked_role, {"RoleName": NAME}),
        (iam.get_service_linked_role_deletion_status, {"DeletionTaskId": f"{task}x"}),
    ):
        with refused("NoSuchEntity"):
            call(**members)


def test_only_ever_a_service_linked_one(iam: Any) -> None:
    iam.create_role(RoleName="app", AssumeRolePolicyDocument=EC2)
    with refused("NoSuchEntity", "not a service-linked role"):
        iam.delete_service_linked_role(RoleName="app")


def test_a_policy_may_say_for_which_service(tenant: Tenant) -> None:
    only = document(allow("iam:CreateServiceLinkedRole", StringEquals={"iam:AWSServiceName": SERVICE}))
    iam = tenant.client("iam", tenant.user("ada", only))
    assert iam.create_service_linked_role(AWSServiceName=SERVICE)
    with refused("AccessDenied"):
        iam.create_service_linked_role(AWSServiceName="rds.amazonaws.com")


def test_handing_a_role_over_needs_pass_role(tenant: Tenant, iam: Any) -> None:
    iam.create_instance_profile(InstanceProfileName="host")
    iam.create_role(RoleName="app", AssumeRolePolicyDocument=EC2)
    given = {"InstanceProfileName": "host", "RoleName": "app"}
    adding = allow("iam:AddRoleToInstanceProfile")
    passing = [
        allow("iam:PassRole", StringEquals={"iam:PassedToService": service})
        for service in ("ecs.amazonaws.com", "ec2.amazonaws.com")
    ]
    for name, statements in (("ada", [adding]), ("bob", [adding, passing[0]])):
        with refused("AccessDenied", "iam:PassRole"):
            tenant.client("iam", tenant.user(name, document(*statements))).add_role_to_instance_profile(**given)
    tenant.client("iam", tenant.user("eve", document(adding, passing[1]))).add_role_to_instance_profile(**given)
