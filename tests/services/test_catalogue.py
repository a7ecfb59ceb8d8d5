"""An account's services in validation and search, and nowhere else."""

from __future__ import annotations

import json
from typing import Any

import pytest

from policies import catalog
from policies.services.queries import catalogue_of
from policies.validation import findings
from tests.services.examples import register
from tests.support.tenants import Tenant


def policy(action: str, resource: str, condition: Any = None) -> str:
    statement = {"Sid": "S", "Effect": "Allow", "Action": action, "Resource": resource}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement | (condition or {})]})


ARN = "arn:aws:orders:eu-west-1:123456789012:order/7"
TAGGED = {"Condition": {"StringEquals": {"aws:ResourceTag/team": "red"}}}


def codes(text: str, services: Any = ()) -> set[str]:
    return {finding.code for finding in findings(text, services=services)}


@pytest.mark.parametrize(
    "text",
    [
        policy("orders:GetOrder", ARN),
        policy("orders:Get*", "arn:aws:orders:*:123456789012:order/*"),
        policy("orders:ListOrders", "*"),
        policy("orders:GetOrder", ARN, {"Condition": {"NumericLessThan": {"orders:Priority": "3"}}}),
        policy("orders:GetOrder", ARN, {"Condition": {"StringEquals": {"orders:Label/colour": "red"}}}),
        policy("orders:GetOrder", ARN, TAGGED),
    ],
)
def test_what_is_registered_is_known_to_its_account_alone(tenant: Tenant, other: Tenant, text: str) -> None:
    register(tenant)
    unknown = {"INVALID_SERVICE_IN_ACTION", "INVALID_SERVICE"}
    assert unknown & codes(text)
    found = codes(text, catalogue_of(tenant.account_id))
    assert not {code for code in found if code.startswith(("INVALID", "MISSING", "ALLOW_WITH_UNSUPPORTED"))}
    assert unknown & codes(text, catalogue_of(other.account_id))
    assert unknown & codes(text), "what an account knows stays with it"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (policy("orders:GetOrdr", ARN), "INVALID_ACTION"),
        (policy("orders:Put*", ARN), "INVALID_ACTION"),
        (policy("orders:GetOrder", ARN.replace("order/", "invoice/")), "INVALID_ARN_RESOURCE"),
        (policy("orders:GetOrder", ARN.replace("eu-west-1", "")), "MISSING_ARN_REGION"),
        (
            policy("orders:GetOrder", ARN, {"Condition": {"StringEquals": {"orders:Prioritee": "3"}}}),
            "INVALID_SERVICE_CONDITION_KEY",
        ),
        (
            policy("orders:GetOrder", ARN, {"Condition": {"StringEquals": {"aws:RequestTag/team": "red"}}}),
            "ALLOW_WITH_UNSUPPORTED_TAG_CONDITION_KEY_FOR_SERVICE",
        ),
    ],
)
def test_mistakes_are_found_as_with_any_service(tenant: Tenant, text: str, code: str) -> None:
    register(tenant)
    assert code in codes(text, catalogue_of(tenant.account_id))


def test_search_has_them_within_the_block(tenant: Tenant) -> None:
    register(tenant)
    assert catalog.closest_service("ordrs") is None
    with catalog.extended(catalogue_of(tenant.account_id)):
        assert [found.full_name for found in catalog.actions_matching("orders:*")] == [
            "orders:GetOrder",
            "orders:ListOrders",
        ]
        assert "orders" in set(catalog.services())
        assert not catalog.is_builtin("orders")
        assert catalog.closest_service("ordrs") == "orders"
        assert catalog.action("s3:GetObject")
    assert catalog.service("orders") is None
    assert catalog.closest_service("ordrs") is None


def test_the_block_ends_with_a_fault_too(tenant: Tenant) -> None:
    register(tenant)
    with pytest.raises(KeyError), catalog.extended(catalogue_of(tenant.account_id)):
        raise KeyError
    assert catalog.service("orders") is None
