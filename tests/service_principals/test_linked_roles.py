"""Service-linked roles of registered services."""

from __future__ import annotations

import json

import pytest

from iamconsole.kernel.errors import DeleteConflict, InvalidInput, LimitExceeded, MalformedPolicyDocument
from tests.decisions.asking import Doors
from tests.query.aws import ANYTHING, allow, document, refused
from tests.service_principals.acting import client, registered, service_key, service_name
from tests.services.examples import ORDERS, register
from tests.support.tenants import Tenant

LISTING = document(allow("iam:ListUsers"))
ROLE = "AWSServiceRoleForOrders"


def link(tenant: Tenant, name: str = "") -> str:
    made = tenant.client("iam").create_service_linked_role(AWSServiceName=name or service_name(tenant))["Role"]
    assert made["RoleName"] == ROLE
    return str(made["Arn"])


def test_what_the_registration_declares(tenant: Tenant) -> None:
    key = registered(tenant, ServiceLinkedRolePolicy=LISTING)
    shown = tenant.run("iamconsole:GetService", service_prefix="orders").service
    assert shown.service_linked_role_policy == LISTING
    arn = link(tenant)
    assert arn.endswith(f":role/aws-service-role/{service_name(tenant)}/{ROLE}")
    session = client(tenant, key).assume_role(RoleArn=arn, RoleSessionName="orders")["Credentials"]
    iam = tenant.client("iam", session)
    assert iam.list_users()["Users"]
    with refused("AccessDenied"):
        iam.list_roles()


def test_it_trusts_the_service_alone(tenant: Tenant, other: Tenant) -> None:
    register(tenant, ServiceLinkedRolePolicy=LISTING)
    arn = link(tenant)
    for sts in (tenant.client("sts"), client(other, registered(other))):
        with refused("AccessDenied"):
            sts.assume_role(RoleArn=arn, RoleSessionName="orders")


def test_an_update_holds_for_new_roles(tenant: Tenant) -> None:
    register(tenant, ServiceLinkedRolePolicy=LISTING)
    link(tenant)
    tenant.run("iamconsole:UpdateService", ServicePrefix="orders", **ORDERS, ServiceLinkedRolePolicy=ANYTHING)
    assert policy_of(tenant) == json.loads(LISTING)
    tenant.run("iam:DeleteServiceLinkedRole", role_name=ROLE)
    link(tenant)
    assert policy_of(tenant) == json.loads(ANYTHING)


def policy_of(tenant: Tenant) -> object:
    iam = tenant.client("iam")
    (name,) = iam.list_role_policies(RoleName=ROLE)["PolicyNames"]
    return iam.get_role_policy(RoleName=ROLE, PolicyName=name)["PolicyDocument"]


def test_which_services_have_none(tenant: Tenant, other: Tenant) -> None:
    register(tenant)
    register(other, ServiceLinkedRolePolicy=LISTING)
    for name in (service_name(tenant), service_name(tenant, "billing"), service_name(other)):
        with pytest.raises(InvalidInput):
            tenant.run("iam:CreateServiceLinkedRole", aws_service_name=name)


def test_the_service_stays_while_it_has_such_a_role(tenant: Tenant) -> None:
    """Whoever registered the prefix again would find the role waiting for him."""
    register(tenant, ServiceLinkedRolePolicy=LISTING)
    link(tenant)
    with pytest.raises(DeleteConflict, match="service-linked roles"):
        tenant.run("iamconsole:DeregisterService", service_prefix="orders")
    tenant.run("iam:DeleteServiceLinkedRole", role_name=ROLE)
    tenant.run("iamconsole:DeregisterService", service_prefix="orders")


@pytest.mark.parametrize(
    ("text", "fault"),
    [("{}", MalformedPolicyDocument), (document(*[allow("s3:*", "x" * 100)] * 200), LimitExceeded)],
)
def test_a_policy_must_be_one(tenant: Tenant, text: str, fault: type[Exception]) -> None:
    with pytest.raises(fault):
        register(tenant, ServiceLinkedRolePolicy=text)


def test_declaring_it_is_writing_policies_of_roles(tenant: Tenant) -> None:
    """Or whoever registers services and makes keys for them could be anybody."""
    managing = allow(["iamconsole:*", "iam:CreateServiceLinkedRole"])
    roles = f"arn:aws:iam::{tenant.account_id}:role/aws-service-role/{service_name(tenant)}/*"
    ada = Doors(tenant.app, tenant.user("ada", document(managing)))
    bob = Doors(tenant.app, tenant.user("bob", document(managing, allow("iam:PutRolePolicy", roles))))
    body = ORDERS | {"ServicePrefix": "orders", "ServiceLinkedRolePolicy": ANYTHING}
    refusal = ada.post("/api/v1/services", body)
    assert (refusal.status, "iam:PutRolePolicy" in refusal.body["detail"]) == (403, True)
    assert ada.post("/api/v1/services", ORDERS | {"ServicePrefix": "orders"}).status == 201
    update = {name: value for name, value in body.items() if name != "ServicePrefix"}
    assert ada.send("PUT", "/api/v1/services/orders", update).status == 403
    assert bob.send("PUT", "/api/v1/services/orders", update).status == 200


def test_policies_of_such_a_role_are_not_changed(tenant: Tenant) -> None:
    register(tenant, ServiceLinkedRolePolicy=LISTING)
    link(tenant)
    service_key(tenant)
    with refused("UnmodifiableEntity"):
        tenant.client("iam").put_role_policy(RoleName=ROLE, PolicyName="p", PolicyDocument=ANYTHING)
