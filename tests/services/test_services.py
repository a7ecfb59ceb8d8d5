"""Registering services of one's own, and reading those and the built-in ones."""

from __future__ import annotations

import json
from typing import Any

import pytest

from accounts.tenancy.models import QuotaOverride
from iamconsole.kernel.errors import (
    DeleteConflict,
    EntityAlreadyExists,
    InvalidInput,
    LimitExceeded,
    NoSuchEntity,
    ValidationError,
)
from policies import catalog
from policies.catalog import builtin
from tests.rest.signed import Rest
from tests.services.examples import ORDERS, attach, document, order, register
from tests.support.tenants import Tenant
from tests.support.write_guard import setting_up


def shown(tenant: Tenant, prefix: str = "orders") -> dict[str, Any]:
    found = tenant.run("iamconsole:GetService", service_prefix=prefix).service
    return dict(found.model_dump(by_alias=True))


def prefixes(tenant: Tenant, **members: Any) -> list[str]:
    return [each.service_prefix for each in tenant.run("iamconsole:ListServices", **members).services]


def action(**changed: Any) -> dict[str, Any]:
    return {"Name": "GetOrder", "AccessLevel": "Read", **changed}


def kind(template: str, **changed: Any) -> dict[str, Any]:
    return {"Name": "order", "ArnTemplate": template, **changed}


GOOD = "arn:aws:orders:::order/${OrderId}"


def test_what_was_registered_is_shown(tenant: Tenant) -> None:
    made = register(tenant).service
    assert (made.service_prefix, made.service_name, made.is_built_in) == ("orders", "Order desk", False)
    found = shown(tenant)
    first, second = found["Actions"]
    assert first == ORDERS["Actions"][0]
    assert second == {**ORDERS["Actions"][1], "ResourceTypes": [], "ConditionKeys": [], "Description": ""}
    assert found["ResourceTypes"] == ORDERS["ResourceTypes"]
    assert [(key["Name"], key["Type"], key["Multivalued"]) for key in found["ConditionKeys"]] == [
        ("orders:Priority", "Numeric", False),
        ("orders:Label/${Key}", "String", False),
    ]
    assert found["CreateDate"] == found["UpdateDate"] == made.create_date


def test_an_update_replaces_everything(tenant: Tenant) -> None:
    made = register(tenant).service
    tenant.run(
        "iamconsole:UpdateService",
        service_prefix="orders",
        service_name="Orders",
        actions=[action(Name="DropOrder", AccessLevel="Write")],
    )
    found = shown(tenant)
    assert (found["ServiceName"], [each["Name"] for each in found["Actions"]]) == ("Orders", ["DropOrder"])
    assert found["ResourceTypes"] == found["ConditionKeys"] == []
    assert found["CreateDate"] == made.create_date < found["UpdateDate"]


@pytest.mark.parametrize("prefix", ["s3", "iam", "iamconsole", "aws", "saml"])
def test_built_in_prefixes_are_taken(tenant: Tenant, prefix: str) -> None:
    with pytest.raises(EntityAlreadyExists, match="is built in"):
        register(tenant, prefix, ResourceTypes=[], ConditionKeys=[], Actions=[action()])


def test_a_prefix_is_registered_once_in_an_account(tenant: Tenant, other: Tenant) -> None:
    register(tenant)
    with pytest.raises(EntityAlreadyExists, match="Service with prefix orders already exists"):
        register(tenant)
    register(other, ServiceName="Somebody else's")
    assert (shown(tenant)["ServiceName"], shown(other)["ServiceName"]) == ("Order desk", "Somebody else's")


def test_services_of_other_accounts_do_not_exist(tenant: Tenant, other: Tenant) -> None:
    register(tenant)
    assert prefixes(other) == []
    for name, members in (
        ("GetService", {}),
        ("DeregisterService", {}),
        ("UpdateService", {"service_name": "x", "actions": [action()]}),
    ):
        with pytest.raises(NoSuchEntity):
            other.run(f"iamconsole:{name}", service_prefix="orders", **members)
    assert prefixes(tenant) == ["orders"]


@pytest.mark.parametrize("prefix", ["o", "Orders", "or_ders", "-orders", "orders-", "or.ders", "o" * 33, "örders"])
def test_prefixes_have_a_form(tenant: Tenant, prefix: str) -> None:
    with pytest.raises(ValidationError, match="servicePrefix"):
        register(tenant, prefix)


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"Actions": [action(), action(Name="getorder")]}, "Action getorder is given twice"),
        ({"Actions": [action(ResourceTypes=["parcel"])]}, "the resource type parcel, which is not declared"),
        ({"Actions": [action(ConditionKeys=["orders:priority"])]}, "Action GetOrder names the condition key"),
        ({"Actions": [action(ConditionKeys=["s3:prefix"])]}, "neither declared nor global"),
        ({"ResourceTypes": [kind(GOOD, ConditionKeys=["orders:x"])]}, "Resource type order names the condition key"),
        ({"ResourceTypes": [kind(GOOD), kind(GOOD, Name="Order")]}, "Resource type Order is given twice"),
        ({"ConditionKeys": [{"Name": "orders:A"}, {"Name": "orders:a"}]}, "Condition key orders:a is given twice"),
        ({"ConditionKeys": [{"Name": "s3:Priority"}]}, "write one such as orders:Priority"),
        ({"ConditionKeys": [{"Name": "aws:SourceIp"}]}, "write one such as orders:Priority"),
        ({"ConditionKeys": [{"Name": "orders:"}]}, "Condition key orders: is not valid"),
        ({"ConditionKeys": [{"Name": "orders:${Key}"}]}, "is not valid"),
        ({"ConditionKeys": [{"Name": "orders:a*"}]}, "is not valid"),
    ],
)
def test_parts_fit_together(tenant: Tenant, changed: dict[str, Any], why: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        register(tenant, **{"Actions": [action()], "ResourceTypes": [], "ConditionKeys": []} | changed)
    assert why in refused.value.message
    assert prefixes(tenant) == []


@pytest.mark.parametrize(
    "template",
    [
        "orders:order/1",
        "arn:aws:s3:::order/${OrderId}",
        "arn:aws:orders::order/${OrderId}",
        "arn:aws:orders:::",
        "arn:aws:orders:::order/*",
        "arn:aws:orders:::order/?",
        "arn:aws:orders:::order/${}",
        "arn:aws:orders:::order/${Order",
        "arn:aws:orders::12:order/${OrderId}",
        "arn:${Any}:orders:::order",
        "arn:aws:orders:::a{b}",
    ],
)
def test_arn_templates_have_a_form(tenant: Tenant, template: str) -> None:
    with pytest.raises(InvalidInput, match="has the ARN template"):
        register(tenant, Actions=[action()], ResourceTypes=[kind(template)], ConditionKeys=[])


@pytest.mark.parametrize(
    ("changed", "member"),
    [
        ({"Actions": []}, "actions"),
        ({"Actions": [action(Name=f"A{number}") for number in range(501)]}, "actions"),
        ({"Actions": [action(AccessLevel="Guess")]}, "actions.1.member.accessLevel"),
        ({"Actions": [action(Name="Get*")]}, "actions.1.member.name"),
        ({"Actions": [action(Unknown="x")]}, "actions.1.member.unknown"),
        ({"ConditionKeys": [{"Name": "orders:A", "Type": "Colour"}]}, "conditionKeys.1.member.type"),
        ({"ResourceTypes": [kind(GOOD, Name=f"t{number}") for number in range(201)]}, "resourceTypes"),
        ({"ServiceName": ""}, "serviceName"),
    ],
)
def test_parts_have_bounds(tenant: Tenant, changed: dict[str, Any], member: str) -> None:
    with pytest.raises(ValidationError) as refused:
        register(tenant, **changed)
    assert member in refused.value.errors


def test_as_many_services_as_the_quota_says(tenant: Tenant) -> None:
    with setting_up():
        QuotaOverride.objects.create(account_id=tenant.account_id, name="ServicesPerAccount", limit=1)
    register(tenant)
    with pytest.raises(LimitExceeded, match="ServicesPerAccount: 1"):
        register(tenant, "parcels", ResourceTypes=[], ConditionKeys=[], Actions=[action()])


def test_a_service_stays_while_resources_have_policies(tenant: Tenant) -> None:
    register(tenant)
    attach(tenant, order(tenant), document("*", action="orders:GetOrder"))
    with pytest.raises(DeleteConflict, match="must delete the policies of its resources first"):
        tenant.run("iamconsole:DeregisterService", service_prefix="orders")
    tenant.run("iamconsole:DeleteResourcePolicy", resource_arn=order(tenant))
    tenant.run("iamconsole:DeregisterService", service_prefix="orders")
    with pytest.raises(NoSuchEntity):
        shown(tenant)


def test_lists_by_scope_and_page(tenant: Tenant) -> None:
    for prefix in ("zoo", "orders"):
        register(tenant, prefix, Actions=[action()], ResourceTypes=[], ConditionKeys=[])
    assert prefixes(tenant) == ["orders", "zoo"]
    built_in = prefixes(tenant, scope="BuiltIn", max_items=1000)
    assert {"s3", "iam", "iamconsole"} <= set(built_in)
    assert built_in == sorted(built_in)
    assert set(prefixes(tenant, scope="All", max_items=1000)) == {*built_in, "orders", "zoo"}
    first = tenant.run("iamconsole:ListServices", max_items=1)
    assert first.is_truncated
    assert prefixes(tenant, max_items=1, marker=first.marker) == ["zoo"]


def test_lists_cost_one_query_of_rows(tenant: Tenant, django_assert_num_queries: Any) -> None:
    register(tenant)
    with django_assert_num_queries(1):
        prefixes(tenant, scope="All")
    for number in range(5):
        register(tenant, f"zoo{number}", Actions=[action()], ResourceTypes=[], ConditionKeys=[])
    with django_assert_num_queries(1):
        assert len(prefixes(tenant)) == 6


def test_every_built_in_service_can_be_shown(tenant: Tenant) -> None:
    for prefix in ("iamconsole", *builtin.names()):
        found = shown(tenant, prefix)
        service = catalog.service(prefix)
        assert service is not None
        assert found["IsBuiltIn"]
        assert len(found["Actions"]) == len(service.actions)


def test_only_who_may_registers(tenant: Tenant) -> None:
    allow = {
        "Effect": "Allow",
        "Action": "iamconsole:RegisterService",
        "Resource": f"arn:aws:iamconsole::{tenant.account_id}:service/orders",
    }
    key = tenant.user("ada", json.dumps({"Version": "2012-10-17", "Statement": [allow]}))
    ada = Rest(tenant.app, key)
    parts = {"ServiceName": "x", "Actions": [action()]}
    assert ada.post("/services", {"ServicePrefix": "parcels", **parts}).code == "AccessDenied"
    assert ada.post("/services", {"ServicePrefix": "orders", **parts}).status == 201
    assert ada.get("/services/orders").code == "AccessDenied"
