"""When services were last asked for something, by whom, and which policies open them."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from iamconsole.audit.last_accessed import granting
from iamconsole.audit.models import LastAccess
from policies.engine import PolicyKind, compiled
from tests.support.tenants import Tenant, open_account
from tests.support.write_guard import setting_up

NOON = datetime(2026, 11, 1, 12, tzinfo=UTC)
ADMINISTRATOR = "arn:aws:iam::aws:policy/AdministratorAccess"


def document(*statements: dict[str, Any]) -> str:
    filled = [{"Effect": "Allow", "Resource": "*", **statement} for statement in statements]
    return json.dumps({"Version": "2012-10-17", "Statement": filled})


def accessed(tenant: Tenant, name: str, action: str, at: datetime, region: str = "") -> None:
    user = User.objects.get(account_id=tenant.account_id, name=name)
    with setting_up():
        LastAccess.objects.create(
            account_id=tenant.account_id,
            principal_id=user.unique_id,
            service=action.partition(":")[0],
            action=action,
            principal=user.arn,
            attempted=at,
            allowed=at if region else None,
            region=region,
        )


def details(iam: Any, arn: str, **more: Any) -> Any:
    job = iam.generate_service_last_accessed_details(Arn=arn, **more)["JobId"]
    return iam.get_service_last_accessed_details(JobId=job)


def arn(tenant: Tenant, suffix: str) -> str:
    return f"arn:aws:iam::{tenant.account_id}:{suffix}"


@pytest.fixture
def ada(tenant: Tenant) -> str:
    """A user who may read S3, and everything of SQS by way of a group; gives her ARN."""
    tenant.user("ada", document({"Action": ["s3:Get*", "s3:ListBucket"]}))
    tenant.run("iam:CreateGroup", group_name="queues")
    tenant.run(
        "iam:PutGroupPolicy", group_name="queues", policy_name="all", policy_document=document({"Action": "sqs:*"})
    )
    tenant.run("iam:AddUserToGroup", group_name="queues", user_name="ada")
    return arn(tenant, "user/ada")


def test_services_of_a_user(iam: Any, tenant: Tenant, ada: str) -> None:
    accessed(tenant, "ada", "s3:GetObject", NOON, "eu-west-1")
    accessed(tenant, "ada", "s3:PutObject", NOON + timedelta(hours=1))  # refused, and an attempt all the same
    accessed(tenant, "ada", "ec2:RunInstances", NOON)  # not hers to use: not in the list
    said = details(iam, ada)
    assert (said["JobStatus"], said["JobType"], said["IsTruncated"]) == ("COMPLETED", "SERVICE_LEVEL", False)
    s3, sqs = said["ServicesLastAccessed"]
    assert (s3["ServiceNamespace"], s3["ServiceName"], s3["TotalAuthenticatedEntities"]) == ("s3", "Amazon S3", 1)
    assert s3["LastAuthenticated"] == NOON + timedelta(hours=1)
    assert s3["LastAuthenticatedEntity"] == ada
    assert "LastAuthenticatedRegion" not in s3
    assert (sqs["ServiceNamespace"], sqs["TotalAuthenticatedEntities"]) == ("sqs", 0)
    assert "LastAuthenticated" not in sqs
    assert "TrackedActionsLastAccessed" not in s3


def test_actions_that_are_hers(iam: Any, tenant: Tenant, ada: str) -> None:
    accessed(tenant, "ada", "s3:GetObject", NOON, "eu-west-1")
    accessed(tenant, "ada", "s3:PutObject", NOON + timedelta(hours=1))
    s3 = details(iam, ada, Granularity="ACTION_LEVEL")["ServicesLastAccessed"][0]
    tracked = {each["ActionName"]: each for each in s3["TrackedActionsLastAccessed"]}
    assert {"GetObject", "ListBucket"} <= set(tracked)
    assert all(name.startswith("Get") or name == "ListBucket" for name in tracked)
    assert tracked["GetObject"] == {
        "ActionName": "GetObject",
        "LastAccessedEntity": ada,
        "LastAccessedTime": NOON,
        "LastAccessedRegion": "eu-west-1",
    }
    assert tracked["ListBucket"] == {"ActionName": "ListBucket"}


def test_a_group_and_a_policy_are_those_who_have_them(iam: Any, tenant: Tenant, ada: str) -> None:
    tenant.user("bob")
    policy = iam.create_policy(PolicyName="queues", PolicyDocument=document({"Action": "sqs:SendMessage"}))["Policy"]
    iam.attach_user_policy(UserName="bob", PolicyArn=policy["Arn"])
    iam.attach_group_policy(GroupName="queues", PolicyArn=policy["Arn"])
    accessed(tenant, "ada", "sqs:SendMessage", NOON, "eu-west-1")
    accessed(tenant, "bob", "sqs:SendMessage", NOON + timedelta(days=1), "eu-north-1")
    accessed(tenant, "admin", "sqs:SendMessage", NOON + timedelta(days=2), "us-east-1")
    (of_group,) = details(iam, arn(tenant, "group/queues"))["ServicesLastAccessed"]
    assert (of_group["LastAuthenticatedEntity"], of_group["TotalAuthenticatedEntities"]) == (ada, 1)
    (of_policy,) = details(iam, policy["Arn"])["ServicesLastAccessed"]
    assert of_policy["LastAuthenticatedEntity"] == arn(tenant, "user/bob")
    assert (of_policy["LastAuthenticatedRegion"], of_policy["TotalAuthenticatedEntities"]) == ("eu-north-1", 2)
    job = iam.generate_service_last_accessed_details(Arn=policy["Arn"])["JobId"]
    seen = []
    more: dict[str, Any] = {}
    for _ in range(2):
        page = iam.get_service_last_accessed_details_with_entities(
            JobId=job, ServiceNamespace="sqs", MaxItems=1, **more
        )
        seen += [(each["EntityInfo"]["Name"], each["LastAuthenticated"]) for each in page["EntityDetailsList"]]
        more = {"Marker": page["Marker"]} if page["IsTruncated"] else {}
    assert sorted(seen) == [("ada", NOON), ("bob", NOON + timedelta(days=1))]
    assert not more
    other = iam.get_service_last_accessed_details_with_entities(JobId=job, ServiceNamespace="s3")
    assert other["EntityDetailsList"] == []


def test_everything_of_an_administrator_comes_in_pages(iam: Any, tenant: Tenant) -> None:
    job = iam.generate_service_last_accessed_details(Arn=ADMINISTRATOR)["JobId"]
    seen: list[str] = []
    more: dict[str, Any] = {}
    while more is not None:
        page = iam.get_service_last_accessed_details(JobId=job, MaxItems=150, **more)
        seen += [each["ServiceNamespace"] for each in page["ServicesLastAccessed"]]
        more = {"Marker": page["Marker"]} if page["IsTruncated"] else None
    assert seen == sorted(set(seen))
    assert {"s3", "iam", "iamconsole", "ec2"} <= set(seen)


def code_of(ask: Callable[..., Any], **members: Any) -> str:
    with pytest.raises(ClientError) as refused:
        ask(**members)
    return refused.value.response["Error"]["Code"]


def test_an_answer_is_for_whoever_asked(iam: Any, tenant: Tenant, app: Any, ada: str) -> None:
    job = iam.generate_service_last_accessed_details(Arn=ada)["JobId"]
    other = open_account(app)
    tenant.run("iam:CreateUser", user_name="eve")
    tenant.run("iam:AttachUserPolicy", user_name="eve", policy_arn=ADMINISTRATOR)
    for stranger in (tenant.client(key=tenant.key("eve")), other.client()):
        assert code_of(stranger.get_service_last_accessed_details, JobId=job) == "NoSuchEntity"
        assert (
            code_of(stranger.get_service_last_accessed_details_with_entities, JobId=job, ServiceNamespace="s3")
            == "NoSuchEntity"
        )


def test_whoever_is_deleted_meanwhile_is_told_of(iam: Any, tenant: Tenant) -> None:
    tenant.run("iam:CreateUser", user_name="eve")
    job = iam.generate_service_last_accessed_details(Arn=arn(tenant, "user/eve"))["JobId"]
    tenant.run("iam:DeleteUser", user_name="eve")
    said = iam.get_service_last_accessed_details(JobId=job)
    assert (said["JobStatus"], said["Error"]["Code"], said["ServicesLastAccessed"]) == ("FAILED", "NoSuchEntity", [])


@pytest.mark.parametrize(
    ("suffix", "code"),
    [
        ("user/nobody", "NoSuchEntity"),
        ("policy/nothing", "NoSuchEntity"),
        ("group/none", "NoSuchEntity"),
        ("mfa/phone", "InvalidInput"),
        ("root", "InvalidInput"),
    ],
)
def test_what_cannot_be_asked_about(iam: Any, tenant: Tenant, suffix: str, code: str) -> None:
    assert code_of(iam.generate_service_last_accessed_details, Arn=arn(tenant, suffix)) == code


def test_other_accounts_are_not_asked_about(iam: Any, app: Any) -> None:
    other = open_account(app)
    other.user("ada")
    assert code_of(iam.generate_service_last_accessed_details, Arn=arn(other, "user/ada")) in (
        "AccessDenied",
        "NoSuchEntity",
    )


def test_policies_that_open_a_service(iam: Any, tenant: Tenant, ada: str) -> None:
    sending = document({"Action": "sqs:SendMessage"})
    policy = iam.create_policy(PolicyName="sending", PolicyDocument=sending)["Policy"]["Arn"]
    iam.attach_user_policy(UserName="ada", PolicyArn=policy)
    found = iam.list_policies_granting_service_access(Arn=ada, ServiceNamespaces=["s3", "sqs", "ec2"])
    by_service = {each["ServiceNamespace"]: each["Policies"] for each in found["PoliciesGrantingServiceAccess"]}
    assert by_service["s3"] == [{"PolicyName": "p0", "PolicyType": "INLINE", "EntityType": "USER", "EntityName": "ada"}]
    assert by_service["sqs"] == [
        {"PolicyName": "all", "PolicyType": "INLINE", "EntityType": "GROUP", "EntityName": "queues"},
        {"PolicyName": "sending", "PolicyType": "MANAGED", "PolicyArn": policy},
    ]
    assert by_service["ec2"] == []


@pytest.mark.parametrize(
    ("statement", "opened", "closed"),
    [
        ({"Action": "*"}, {"s3", "ec2"}, set()),
        ({"Action": "S3:Get*"}, {"s3"}, {"ec2"}),
        ({"NotAction": "iam:*"}, {"s3", "ec2"}, {"iam"}),
        ({"NotAction": "iam:Get*"}, {"s3", "iam"}, set()),
        ({"NotAction": "*"}, set(), {"s3", "iam"}),
        ({"Effect": "Deny", "Action": "s3:*"}, set(), {"s3"}),
    ],
)
def test_what_a_statement_opens(statement: dict[str, Any], opened: set[str], closed: set[str]) -> None:
    policy = compiled(document(statement), PolicyKind.IDENTITY)
    found = set(granting.services([policy]))
    assert opened <= found
    assert not closed & found
    assert all(granting.grants(policy, service) for service in opened)
    assert not any(granting.grants(policy, service) for service in closed)


def test_the_number_of_queries_is_that_of_one_principal(iam: Any, tenant: Tenant, ada: str) -> None:
    def asked() -> int:
        job = tenant.run(
            "iam:GenerateServiceLastAccessedDetails", arn=arn(tenant, "group/queues"), granularity="ACTION_LEVEL"
        ).job_id
        with CaptureQueriesContext(connection) as queries:
            tenant.run("iam:GetServiceLastAccessedDetails", job_id=job)
        return len(queries)

    accessed(tenant, "ada", "sqs:SendMessage", NOON)
    one = asked()
    for number in range(20):
        name = f"user-{number}"
        tenant.run("iam:CreateUser", user_name=name)
        tenant.run("iam:AddUserToGroup", group_name="queues", user_name=name)
        accessed(tenant, name, "sqs:SendMessage", NOON)
    assert asked() == one
