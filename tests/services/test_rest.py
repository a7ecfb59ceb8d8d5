"""Services and resource policies through REST, and through the command line."""

from __future__ import annotations

import json
from urllib.parse import quote

import pytest
from django.core.management import call_command

from tests.rest.signed import Rest
from tests.services.examples import BUCKET, ORDERS, document, order
from tests.support.tenants import Tenant


@pytest.fixture
def rest(tenant: Tenant) -> Rest:
    return Rest(tenant.app, tenant.admin_key)


def test_a_service_from_first_to_last(rest: Rest) -> None:
    made = rest.post("/services", {"ServicePrefix": "orders", **ORDERS})
    assert (made.status, made.body["Service"]["ServicePrefix"]) == (201, "orders")
    assert rest.post("/services", {"ServicePrefix": "orders", **ORDERS}).code == "EntityAlreadyExists"
    found = rest.get("/services/orders").body["Service"]
    assert found["Actions"][0] == ORDERS["Actions"][0]
    replaced = {"ServiceName": "Orders", "Actions": found["Actions"][1:]}
    assert rest.send("PUT", "/services/orders", replaced).body["Service"]["ServiceName"] == "Orders"
    assert [each["ServiceName"] for each in rest.get("/services").body["Services"]] == ["Orders"]
    assert rest.send("DELETE", "/services/orders").status == 204
    assert rest.get("/services/orders").code == "NoSuchEntity"
    assert rest.get("/services?Scope=BuiltIn&MaxItems=1").body["Services"][0]["IsBuiltIn"] is True


def test_what_was_shown_can_be_sent_back(rest: Rest) -> None:
    rest.post("/services", {"ServicePrefix": "orders", **ORDERS})
    shown = rest.get("/services/orders").body["Service"]
    same = {name: shown[name] for name in ORDERS}
    assert rest.send("PUT", "/services/orders", same).status == 200
    again = rest.get("/services/orders").body["Service"]
    assert {name: again[name] for name in ORDERS} == same


def test_a_resource_policy_from_first_to_last(rest: Rest) -> None:
    here = f"/resource-policy?ResourceArn={quote(BUCKET)}"
    assert rest.get(here).code == "NoSuchEntity"
    given = {"ResourceArn": BUCKET, "PolicyDocument": document("*")}
    assert rest.send("PUT", "/resource-policy", given).body["ResourcePolicy"]["ResourceArn"] == BUCKET
    assert rest.get(here).body["ResourcePolicy"]["PolicyDocument"] == document("*")
    assert [each["ResourceArn"] for each in rest.get("/resource-policies").body["ResourcePolicies"]] == [BUCKET]
    assert rest.send("PUT", "/resource-policy", {**given, "PolicyDocument": "{}"}).code == "MalformedPolicyDocument"
    assert rest.send("DELETE", here).status == 204
    assert rest.get("/resource-policies").body["ResourcePolicies"] == []


def test_from_the_shell(tenant: Tenant, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["--account", tenant.account_id, "--service-prefix", "orders"]
    actions = ["--service-name", "Orders", "--actions", "Name=GetOrder,AccessLevel=Read"]
    kinds = ["--resource-types", json.dumps(ORDERS["ResourceTypes"])]
    call_command("iam", "register-service", *words, *actions, *kinds)
    call_command(
        "iam",
        "put-resource-policy",
        *words[:2],
        *("--resource-arn", order(tenant), "--policy-document", document("*", action="orders:GetOrder")),
    )
    capsys.readouterr()
    call_command("iam", "list-resource-policies", *words)
    assert order(tenant) in capsys.readouterr().out
