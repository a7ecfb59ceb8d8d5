"""Services assume roles that trust them, on behalf of whom they say."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.query.aws import allow, document, refused, tags
from tests.service_principals.acting import client, registered, service_arn, service_name
from tests.sts.sessions import role, role_arn, trust, user_arn
from tests.support import inprocess
from tests.support.tenants import Tenant

OURS, THEIRS = "111111111111", "222222222222"
ORDER = f"arn:aws:orders:eu-west-1:{OURS}:order/7"
LISTING = document(allow("iam:ListUsers"))


def assume(sts: Any, arn: str, **members: Any) -> Any:
    return sts.assume_role(RoleArn=arn, RoleSessionName="orders", **members)


def test_a_role_that_trusts_the_service(tenant: Tenant, key: dict[str, str]) -> None:
    arn = role(tenant, "app", trust({"Service": service_name(tenant)}), LISTING)
    credentials = assume(client(tenant, key), arn)["Credentials"]
    iam = tenant.client("iam", credentials)
    assert iam.list_users()["Users"]
    with refused("AccessDenied"):
        iam.list_roles()


def test_across_accounts_the_role_alone_decides(tenant: Tenant, other: Tenant, key: dict[str, str]) -> None:
    arn = role(other, "app", trust({"Service": service_name(tenant)}), LISTING)
    credentials = assume(client(tenant, key), arn)["Credentials"]
    found = other.client("sts", credentials).get_caller_identity()
    assert (found["Account"], found["Arn"].split(":", 5)[5]) == (other.account_id, "assumed-role/app/orders")


def test_a_service_of_the_same_prefix_elsewhere_is_another(tenant: Tenant, other: Tenant, key: dict[str, str]) -> None:
    arn = role(tenant, "app", trust({"Service": service_name(tenant)}))
    impostor = client(other, registered(other), x_amz_source_account=tenant.account_id)
    with refused("AccessDenied"):
        assume(impostor, arn)
    assert assume(client(tenant, key), arn)


def test_whom_trust_policies_do_not_mean(tenant: Tenant, other: Tenant, key: dict[str, str]) -> None:
    sts = client(tenant, key)
    for number, trusting in enumerate(
        (
            {"AWS": tenant.account_id},
            {"AWS": user_arn(tenant, "admin")},
            {"Service": "orders.amazonaws.com"},
            {"Service": service_name(tenant, "billing")},
            {"Service": service_name(other)},
        )
    ):
        arn = role(tenant, f"r{number}", trust(trusting))
        with refused("AccessDenied"):
            assume(sts, arn)
    with refused("AccessDenied"):
        assume(sts, role_arn(tenant, "missing"))


SOURCES = {
    "aws:SourceAccount": [
        ({"x_amz_source_account": OURS}, True),
        ({"x_amz_source_account": THEIRS}, False),
        ({"x_amz_source_arn": ORDER}, False),
        ({}, False),
    ],
    "aws:SourceArn": [
        ({"x_amz_source_arn": ORDER}, True),
        ({"x_amz_source_arn": ORDER + "1"}, False),
        ({"x_amz_source_arn": ORDER, "x_amz_source_account": THEIRS}, True),
        ({"x_amz_source_account": OURS}, False),
        ({}, False),
    ],
    "both": [
        ({"x_amz_source_arn": ORDER, "x_amz_source_account": OURS}, True),
        ({"x_amz_source_arn": ORDER, "x_amz_source_account": THEIRS}, False),
        ({"x_amz_source_arn": ORDER}, False),
        ({"x_amz_source_account": OURS}, False),
        ({}, False),
    ],
}
CONDITIONS = {
    "aws:SourceAccount": {"StringEquals": {"aws:SourceAccount": OURS}},
    "aws:SourceArn": {"ArnEquals": {"aws:SourceArn": ORDER}},
    "both": {"StringEquals": {"aws:SourceAccount": OURS}, "ArnLike": {"aws:SourceArn": "arn:aws:orders:*:*:order/7"}},
}


@pytest.mark.parametrize("asked", SOURCES)
def test_confused_deputies(tenant: Tenant, key: dict[str, str], asked: str) -> None:
    arn = role(tenant, "app", trust({"Service": service_name(tenant)}, **CONDITIONS[asked]))
    for headers, allowed in SOURCES[asked]:
        sts = client(tenant, key, **headers)
        if allowed:
            assert assume(sts, arn)["Credentials"], headers
        else:
            with refused("AccessDenied"):
                assume(sts, arn)


def test_nobody_else_says_for_whom_he_acts(tenant: Tenant) -> None:
    key = tenant.user("ada")
    condition = {"StringEquals": {"aws:SourceAccount": OURS}}
    arn = role(tenant, "app", trust(user_arn(tenant, "ada"), **condition))
    with refused("AccessDenied"):
        assume(client(tenant, key, x_amz_source_account=OURS), arn)


@pytest.mark.parametrize(
    "headers",
    [
        {"x_amz_source_account": "111"},
        {"x_amz_source_account": f"{OURS},{THEIRS}"},
        {"x_amz_source_arn": "order/7"},
        {"x_amz_source_arn": f"{ORDER},{ORDER}"},
        {"x_amz_source_arn": ""},
    ],
)
def test_sources_have_a_form(tenant: Tenant, key: dict[str, str], headers: dict[str, str]) -> None:
    arn = role(tenant, "app", trust({"Service": service_name(tenant)}))
    with refused("ValidationError", next(iter(headers)).replace("_", "-")):
        assume(client(tenant, key, **headers), arn)


def test_what_is_not_signed_is_refused(tenant: Tenant, key: dict[str, str]) -> None:
    arn = role(tenant, "app", trust({"Service": service_name(tenant)}))
    sts = tenant.client("sts", key)
    seen = []

    def send(request: Any, **_members: Any) -> Any:
        seen.append(request)
        headers = dict(request.headers) | {"x-amz-source-account": OURS}
        return inprocess.request(tenant.app, request.method, request.url, headers, request.body.encode())

    sts.meta.events.register_first("before-send", send)
    with refused("SignatureDoesNotMatch", "x-amz-source-account"):
        assume(sts, arn)
    assert seen


def test_facts_of_a_service(tenant: Tenant, key: dict[str, str]) -> None:
    name = service_name(tenant)
    facts = {
        "StringEquals": {
            "aws:PrincipalServiceName": name,
            "aws:PrincipalType": "Service",
            "aws:PrincipalAccount": tenant.account_id,
            "aws:userid": name,
        },
        "ArnEquals": {"aws:PrincipalArn": service_arn(tenant)},
        "ForAllValues:StringEquals": {"aws:PrincipalServiceNamesList": [name]},
        "Null": {"aws:username": "true", "aws:TokenIssueTime": "true"},
    }
    assert assume(client(tenant, key), role(tenant, "app", trust({"Service": name}, **facts)))
    none_of_awss = role(tenant, "aws", trust({"Service": name}, Bool={"aws:PrincipalIsAWSService": "true"}))
    with refused("AccessDenied"):
        assume(client(tenant, key), none_of_awss)


def test_tags_need_to_be_trusted_too(tenant: Tenant, key: dict[str, str]) -> None:
    sts, name = client(tenant, key), service_name(tenant)
    plain = role(tenant, "plain", trust({"Service": name}))
    tagging = role(tenant, "tagging", trust({"Service": name}, ["sts:AssumeRole", "sts:TagSession"]))
    with refused("AccessDenied", "sts:TagSession"):
        assume(sts, plain, Tags=tags(order="7"))
    assert assume(sts, tagging, Tags=tags(order="7"))


def test_a_trust_policy_that_denies_the_service(tenant: Tenant, key: dict[str, str]) -> None:
    name = service_name(tenant)
    statements = [
        {"Effect": "Allow", "Principal": "*", "Action": "sts:AssumeRole"},
        {"Effect": "Deny", "Principal": {"Service": name}, "Action": "sts:AssumeRole"},
    ]
    with refused("AccessDenied", "explicit deny"):
        assume(client(tenant, key), role(tenant, "app", document(*statements)))


def test_what_is_on_record(tenant: Tenant, key: dict[str, str]) -> None:
    arn = role(tenant, "app", trust({"Service": service_name(tenant)}))
    assume(client(tenant, key, x_amz_source_arn=ORDER, x_amz_source_account=OURS), arn)
    found = tenant.run("iamconsole:LookupAuditEvents", event_name="AssumeRole", principal=service_arn(tenant))
    record = json.loads(found.events[0].cloud_trail_event)
    assert record["userIdentity"] == {
        "type": "AWSService",
        "principalId": service_name(tenant),
        "arn": service_arn(tenant),
        "accountId": tenant.account_id,
        "accessKeyId": key["AccessKeyId"],
        "userName": service_name(tenant),
        "invokedBy": service_name(tenant),
        "source": {"arn": ORDER, "accountId": OURS},
    }
