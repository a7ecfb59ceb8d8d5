"""Decision doors: what a service may ask, and what is decided of a service."""

from __future__ import annotations

from typing import Any

import pytest

from tests.decisions.asking import Doors, arn
from tests.decisions.test_authenticate import received
from tests.query.aws import allow, document
from tests.service_principals.acting import PREFIX, registered, service_arn, service_key, service_name
from tests.services.examples import attach, order
from tests.services.examples import document as resource_policy
from tests.sts.sessions import ada_and_app, assume
from tests.support.tenants import Tenant

READING = document(allow("orders:GetOrder"))


@pytest.fixture
def doors(tenant: Tenant, key: dict[str, str]) -> Doors:
    """The service, asking."""
    return Doors(tenant.app, key)


def passing(**condition: Any) -> str:
    return document(allow("iam:PassRole", **condition))


def test_its_own_actions(tenant: Tenant, doors: Doors) -> None:
    tenant.user("ada", READING)
    ada = arn(tenant, "user/ada")
    assert doors.authorize(ada, "orders:GetOrder", order(tenant))["decision"] == "allow"
    assert doors.authorize(ada, "Orders:ListOrders", "*")["decision"] == "deny"


@pytest.mark.parametrize("action", ["iam:CreateUser", "s3:GetObject", "orders-eu:GetOrder", "iam:PassRole"])
def test_nothing_of_others(tenant: Tenant, doors: Doors, action: str) -> None:
    tenant.user("ada", READING)
    asked = {"principal": arn(tenant, "user/ada"), "resource": "*"}
    mine, theirs = {**asked, "action": "orders:GetOrder"}, {**asked, "action": action}
    for body in (theirs, [mine, theirs]):
        answer = doors.post("/api/v1/authorize", body)
        assert (answer.status, answer.body["code"]) == (403, "AccessDenied")
        assert f"not about {action}" in answer.body["detail"]
    evaluation = {
        "subject": {"type": "user", "id": "ada"},
        "resource": {"type": "order", "id": "*"},
        "action": {"name": action},
    }
    assert doors.post("/access/v1/evaluation", evaluation).status == 403
    listed = {**evaluation, "evaluations": [{"action": {"name": "orders:GetOrder"}}, {}]}
    assert doors.post("/access/v1/evaluations", listed).status == 403
    own = doors.post("/access/v1/evaluation", {**evaluation, "action": {"name": "orders:GetOrder"}})
    assert own.body == {"decision": True}


def test_nobody_of_other_accounts(tenant: Tenant, other: Tenant, doors: Doors) -> None:
    other.user("ada", READING)
    asked = {"principal": arn(other, "user/ada"), "action": "orders:GetOrder", "resource": "*"}
    assert doors.post("/api/v1/authorize", asked).status == 403


def test_a_service_of_another_account_asks_about_its_own(tenant: Tenant, other: Tenant, doors: Doors) -> None:
    """Registering the same prefix is no way to ask about our users."""
    tenant.user("ada", READING)
    asked = {"principal": arn(tenant, "user/ada"), "action": "orders:GetOrder", "resource": "*"}
    assert doors.post("/api/v1/authorize", asked).status == 200
    assert Doors(tenant.app, registered(other)).post("/api/v1/authorize", asked).status == 403


def test_who_sent_a_request(tenant: Tenant, doors: Doors) -> None:
    handed = received(tenant.user("ada", READING))
    assert doors.post("/api/v1/authenticate", handed).body["principal"]["name"] == "ada"
    for action, status in (("orders:GetOrder", 200), ("s3:GetObject", 403)):
        answer = doors.post("/api/v1/authenticate", handed | {"action": action, "resource": "*"})
        assert answer.status == status


def test_a_request_that_a_service_sent(tenant: Tenant, key: dict[str, str], doors: Doors) -> None:
    answer = doors.post("/api/v1/authenticate", received(service_key(tenant)))
    assert answer.body["principal"] | {"accessKeyId": ""} == {
        "arn": service_arn(tenant),
        "account": tenant.account_id,
        "type": "Service",
        "userId": service_name(tenant),
        "name": service_name(tenant),
        "accessKeyId": "",
    }
    assert Doors.of(tenant).post("/api/v1/authenticate", received(key)).status == 200


PASSED = [
    ({}, None, True),
    ({"StringEquals": {"iam:PassedToService": "{name}"}}, None, True),
    ({"StringEquals": {"iam:PassedToService": "ec2.amazonaws.com"}}, None, False),
    ({"ArnEquals": {"iam:AssociatedResourceArn": "{order}"}}, "{order}", True),
    ({"ArnEquals": {"iam:AssociatedResourceArn": "{order}"}}, "{order}1", False),
    ({"ArnEquals": {"iam:AssociatedResourceArn": "{order}"}}, None, False),
]


@pytest.mark.parametrize("number", range(len(PASSED)))
def test_whether_a_role_may_be_passed_to_it(tenant: Tenant, doors: Doors, number: int) -> None:
    condition, resource, allowed = PASSED[number]
    places = {"name": service_name(tenant), "order": order(tenant)}
    filled = {
        operator: {key: value.format(**places) for key, value in values.items()}
        for operator, values in condition.items()
    }
    tenant.user("ada", passing(**filled))
    context = {"iam:PassedToService": service_name(tenant)}
    if resource:
        context["iam:AssociatedResourceArn"] = resource.format(**places)
    decided = doors.authorize(arn(tenant, "user/ada"), "iam:PassRole", arn(tenant, "role/app"), context=context)
    assert decided["decision"] == ("allow" if allowed else "deny")


def test_not_whether_it_may_be_passed_to_others(tenant: Tenant, other: Tenant, doors: Doors) -> None:
    tenant.user("ada", passing())
    for service in ("ec2.amazonaws.com", service_name(other), service_name(tenant, "billing"), [service_name(tenant)]):
        answer = doors.post(
            "/api/v1/authorize",
            {
                "principal": arn(tenant, "user/ada"),
                "action": "iam:PassRole",
                "resource": arn(tenant, "role/app"),
                "context": {"iam:PassedToService": service},
            },
        )
        assert answer.status == 403


def test_roles_of_other_accounts_are_not_passed(tenant: Tenant, other: Tenant, doors: Doors) -> None:
    tenant.user("ada", passing())
    context = {"iam:PassedToService": service_name(tenant)}
    decided = doors.authorize(arn(tenant, "user/ada"), "iam:PassRole", arn(other, "role/app"), context=context)
    assert decided["decision"] == "deny"


def test_a_session_policy_limits_what_may_be_passed(tenant: Tenant, doors: Doors) -> None:
    """Which only the request itself shows, not the ARN of the session."""
    sts = ada_and_app(tenant)
    question = {
        "action": "iam:PassRole",
        "resource": arn(tenant, "role/app"),
        "context": {"iam:PassedToService": service_name(tenant)},
    }
    for members, decision in (({}, "allow"), ({"Policy": READING}, "deny")):
        handed = received(assume(sts, tenant, **members))
        assert doors.post("/api/v1/authenticate", handed | question).body["decision"] == decision


def test_what_resource_policies_say_of_a_service(tenant: Tenant, key: dict[str, str]) -> None:
    admin = Doors.of(tenant)
    bucket = "arn:aws:s3:::reports"
    for principal in (service_name(tenant), service_arn(tenant)):
        assert admin.authorize(principal, "s3:GetObject", bucket)["decision"] == "deny"
    attach(tenant, bucket, resource_policy({"Service": service_name(tenant)}, resource=bucket))
    for principal in (service_name(tenant), service_arn(tenant)):
        assert admin.authorize(principal, "s3:GetObject", bucket)["decision"] == "allow"
        assert admin.authorize(principal, "s3:PutObject", bucket)["decision"] == "deny"


def test_nobody_states_what_a_service_is(tenant: Tenant, key: dict[str, str]) -> None:
    statement = allow("s3:GetObject", "*", StringEquals={"aws:PrincipalServiceName": "billing.amazonaws.com"})
    text = document(statement | {"Principal": {"Service": service_name(tenant)}})
    stated = {"aws:PrincipalServiceName": "billing.amazonaws.com"}
    decided = Doors.of(tenant).authorize(
        service_name(tenant), "s3:GetObject", "arn:aws:s3:::reports", resourcePolicy=text, context=stated
    )
    assert decided["decision"] == "deny"


def test_a_service_that_is_gone(tenant: Tenant, key: dict[str, str]) -> None:
    admin = Doors.of(tenant)
    text = resource_policy({"Service": service_name(tenant)})
    asked = (service_name(tenant), "s3:GetObject", "arn:aws:s3:::reports")
    assert admin.authorize(*asked, resourcePolicy=text)["decision"] == "allow"
    tenant.run("iamconsole:DeleteServiceAccessKey", service_prefix=PREFIX, access_key_id=key["AccessKeyId"])
    tenant.run("iamconsole:DeregisterService", service_prefix=PREFIX)
    gone = admin.authorize(*asked, resourcePolicy=text)
    assert (gone["decision"], "does not exist" in gone["reason"]) == ("deny", True)
