"""Policies of resources: who may have one, what it may say, how it is shown."""

from __future__ import annotations

import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.tenancy.models import QuotaOverride
from iamconsole.kernel.errors import (
    AccessDenied,
    InvalidInput,
    LimitExceeded,
    MalformedPolicyDocument,
    NoSuchEntity,
    ValidationError,
)
from tests.services.examples import BUCKET, attach, attached, document, order, register
from tests.support.tenants import Tenant
from tests.support.write_guard import setting_up


def held(tenant: Tenant, **members: object) -> list[str]:
    found = tenant.run("iamconsole:ListResourcePolicies", **members).resource_policies
    return [each.resource_arn for each in found]


def test_a_policy_comes_back_byte_for_byte(tenant: Tenant) -> None:
    text = document("*").replace(": ", " :\t") + "\n"
    made = attach(tenant, BUCKET, text)
    assert attached(tenant, BUCKET) == text
    again = attach(tenant, BUCKET, document(tenant.account_id))
    assert (again.create_date, again.update_date > made.update_date) == (made.create_date, True)
    assert attached(tenant, BUCKET) == document(tenant.account_id)
    assert held(tenant) == [BUCKET]
    tenant.run("iamconsole:DeleteResourcePolicy", resource_arn=BUCKET)
    assert held(tenant) == []


def test_the_same_bucket_in_two_accounts_has_two_policies(tenant: Tenant, other: Tenant) -> None:
    attach(tenant, BUCKET, document("*"))
    with pytest.raises(NoSuchEntity, match="has no policy"):
        attached(other, BUCKET)
    attach(other, BUCKET, document(other.account_id))
    other.run("iamconsole:DeleteResourcePolicy", resource_arn=BUCKET)
    assert attached(tenant, BUCKET) == document("*")


@pytest.mark.parametrize("name", ["PutResourcePolicy", "GetResourcePolicy", "DeleteResourcePolicy"])
def test_resources_of_other_accounts_are_out_of_reach(tenant: Tenant, other: Tenant, name: str) -> None:
    register(other)
    attach(other, order(other), document("*"))
    given = {"policy_document": document("*")} if name == "PutResourcePolicy" else {}
    with pytest.raises(AccessDenied):
        tenant.run(f"iamconsole:{name}", resource_arn=order(other), **given)


@pytest.mark.parametrize(
    ("arn", "why"),
    [
        ("bucket", "write the ARN of one resource in full"),
        ("arn:aws:s3:::", "write the ARN of one resource in full"),
        ("arn:aws:s3:::reports/*", "without wildcards"),
        ("arn:aws:s3:::report?", "without wildcards"),
        ("arn:aws:s3:::${aws:username}", "without wildcards"),
        ("arn:aws:*:::reports", "without wildcards"),
        ("arn:elsewhere:s3:::reports", "write the ARN of one resource in full"),
        ("arn:aws:S3:::reports", "write the ARN of one resource in full"),
        ("arn:aws:iam::ACCOUNT:role/admin", "use UpdateAssumeRolePolicy"),
        ("arn:aws:sts::ACCOUNT:assumed-role/a/b", "STS has no resource policies"),
        ("arn:aws:iamconsole::ACCOUNT:service/s3", "This service has no resource policies"),
        ("arn:aws:parcels:::parcel/1", "fits no resource type of parcels (service): register the service first"),
        ("arn:aws:orders:eu-west-1:ACCOUNT:invoice/1", "fits no resource type of orders (resource)"),
        ("arn:aws:orders::ACCOUNT:order/1", "fits no resource type of orders (region missing)"),
        ("arn:aws:s3:eu-west-1::reports", "its resources have ARNs such as arn:${Partition}:s3"),
    ],
)
def test_arns_of_one_resource_that_can_have_a_policy(tenant: Tenant, arn: str, why: str) -> None:
    register(tenant)
    with pytest.raises(InvalidInput) as refused:
        attach(tenant, arn.replace("ACCOUNT", tenant.account_id), document("*"))
    assert why in refused.value.message


def test_an_arn_has_room_for_long_names(tenant: Tenant) -> None:
    register(tenant)
    longest = order(tenant, "x" * (2000 - len(order(tenant, ""))))
    attach(tenant, longest, document("*", action="orders:GetOrder"))
    attach(tenant, order(tenant), document("*", action="orders:GetOrder"))
    first = tenant.run("iamconsole:ListResourcePolicies", max_items=1)
    assert held(tenant, max_items=1, marker=first.marker) == [longest]
    second = order(tenant, "y" + "x" * (1999 - len(order(tenant, ""))))
    attach(tenant, second, document("*", action="orders:GetOrder"))
    page = tenant.run("iamconsole:ListResourcePolicies", max_items=2)
    assert held(tenant, marker=page.marker) == [second]
    with pytest.raises(ValidationError, match="resourceArn"):
        attach(tenant, longest + "x", document("*"))


def test_lists_can_be_of_one_service(tenant: Tenant) -> None:
    register(tenant)
    attach(tenant, order(tenant), document("*", action="orders:GetOrder"))
    attach(tenant, BUCKET, document("*"))
    assert held(tenant) == [order(tenant), BUCKET]
    assert held(tenant, service_prefix="s3") == [BUCKET]
    assert held(tenant, service_prefix="orders") == [order(tenant)]
    assert held(tenant, service_prefix="order") == []


def test_a_document_parses_as_a_resource_policy(tenant: Tenant) -> None:
    nobody = json.loads(document("*"))
    del nobody["Statement"][0]["Principal"]
    for text in ("{", json.dumps(nobody), document("arn:aws:iam::1:user/ada")):
        with pytest.raises(MalformedPolicyDocument):
            attach(tenant, BUCKET, text)


def test_size_and_number_are_within_quotas(tenant: Tenant) -> None:
    room = 20_480 - len("".join(document("*", resource="").split()))
    attach(tenant, BUCKET, document("*", resource="x" * room))
    with pytest.raises(LimitExceeded, match="ResourcePolicySize: 20480"):
        attach(tenant, BUCKET, document("*", resource="x" * (room + 1)))
    with setting_up():
        QuotaOverride.objects.create(account_id=tenant.account_id, name="ResourcePoliciesPerAccount", limit=1)
    attach(tenant, BUCKET, document("*"))
    with pytest.raises(LimitExceeded, match="ResourcePoliciesPerAccount: 1"):
        attach(tenant, f"{BUCKET}-2", document("*"))


@pytest.mark.parametrize("element", ["Principal", "NotPrincipal"])
@pytest.mark.parametrize("who", ["user/nobody", "role/nobody", "user/team/ada", "user/Ada"])
def test_principals_of_accounts_kept_here_exist(tenant: Tenant, other: Tenant, element: str, who: str) -> None:
    other.run("iam:CreateUser", user_name="ada")
    for account in (tenant.account_id, other.account_id):
        text = document(f"arn:aws:iam::{account}:{who}", effect="Deny").replace('"Principal"', f'"{element}"')
        with pytest.raises(MalformedPolicyDocument, match="Invalid principal in policy"):
            attach(tenant, BUCKET, text)


def test_principals_of_accounts_kept_elsewhere_are_taken_at_their_word(tenant: Tenant) -> None:
    text = document(["arn:aws:iam::999999999999:user/ada", "arn:aws:iam::999999999999:root"])
    attach(tenant, BUCKET, text)
    assert attached(tenant, BUCKET) == text


def test_principals_are_shown_as_they_are_called_now(tenant: Tenant, other: Tenant) -> None:
    ada = other.run("iam:CreateUser", user_name="ada").user
    attach(tenant, BUCKET, document([ada.arn, other.account_id]))
    other.run("iam:UpdateUser", user_name="ada", new_path="/team/", new_user_name="ada.l")
    moved = f"arn:aws:iam::{other.account_id}:user/team/ada.l"
    assert attached(tenant, BUCKET) == document([moved, other.account_id])
    other.run("iam:DeleteUser", user_name="ada.l")
    other.run("iam:CreateUser", user_name="ada")
    assert attached(tenant, BUCKET) == document([ada.user_id, other.account_id])


def test_naming_many_principals_costs_no_more(tenant: Tenant) -> None:
    users = [tenant.run("iam:CreateUser", user_name=f"u{number}").user.arn for number in range(20)]
    spent = []
    for named in (users[:2], users):
        attach(tenant, BUCKET, document("*"))
        with CaptureQueriesContext(connection) as queries:
            attach(tenant, BUCKET, document(named))
        spent.append(len(queries))
    assert spent[0] == spent[1]
