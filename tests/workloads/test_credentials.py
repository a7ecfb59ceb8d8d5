"""`/credentials/…`: who gets credentials of which role, for how long, and what is on record."""

from __future__ import annotations

import json
import logging
from datetime import datetime, timedelta
from typing import Any

import pytest

from accounts.workloads.models import Workload
from iamconsole.audit.models import AuditEvent
from iamconsole.kernel import clock
from tests.query.aws import ANYTHING, allow, document, refused
from tests.sts.sessions import role_arn, trust
from tests.support.tenants import Tenant, open_account
from tests.workloads.asking import EC2, TASKS, anything_if, fetch, host, key_of, send, task

SECRET = "HIDDEN_DUE_TO_SECURITY_REASONS"


def refused_answers(tenant: Tenant, proof: str, name: str = "web-1") -> tuple[int, str, str]:
    answer = fetch(tenant, proof, name)
    return answer.status, answer.json["code"], answer.json["message"]


def test_a_host_is_its_role(tenant: Tenant) -> None:
    made = host(tenant, ANYTHING)
    answer = fetch(tenant, made.host_key)
    assert answer.status == 200, answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    assert (answer.json["AccountId"], answer.json["RoleArn"]) == (tenant.account_id, role_arn(tenant, "web"))
    key = key_of(answer)
    who = tenant.client("sts", key).get_caller_identity()
    name = made.workload.workload_id
    assert who["Arn"] == f"arn:aws:sts::{tenant.account_id}:assumed-role/web/{name}"
    assert tenant.client("iam", key).list_users()["Users"]
    assert tenant.run("iamconsole:GetWorkload", workload_name="web-1").workload.last_used_date


def test_by_id_as_by_name_and_with_the_scheme_named(tenant: Tenant) -> None:
    made = host(tenant)
    assert fetch(tenant, made.host_key, made.workload.workload_id).status == 200
    assert fetch(tenant, f"Bearer {made.host_key}").status == 200


def test_a_task_is_its_role(tenant: Tenant) -> None:
    made = task(tenant)
    who = tenant.client("sts", key_of(fetch(tenant, made.host_key, "cart"))).get_caller_identity()
    assert who["Arn"].endswith(f"assumed-role/cart/{made.workload.workload_id}")


def test_without_any_proof(tenant: Tenant) -> None:
    host(tenant)
    answer = send(tenant, "/credentials/web-1")
    assert (answer.status, answer.json["code"]) == (403, "MissingAuthenticationToken")
    assert send(tenant, "/credentials/web-1", method="POST").status == 405


def test_nobody_learns_which_hosts_there_are(tenant: Tenant) -> None:
    made = host(tenant)
    ident = made.workload.workload_id
    wrong = [
        refused_answers(tenant, f"iamw_{ident}.wrong"),
        refused_answers(tenant, made.host_key[:-1]),
        refused_answers(tenant, f"iamw_{ident}."),
        refused_answers(tenant, "iamw_i-0123456789abcdef0.wrong"),
        refused_answers(tenant, "iamw_"),
        refused_answers(tenant, "nonsense"),
        refused_answers(tenant, "a.b.c"),
        refused_answers(tenant, made.host_key, "web-2"),
        refused_answers(tenant, "t1.bm8.bm8"),
    ]
    assert set(wrong) == {(403, "InvalidClientTokenId", wrong[0][2])}


def test_a_proof_that_is_too_long(tenant: Tenant) -> None:
    assert refused_answers(tenant, "x" * 4097)[:2] == (400, "ValidationError")


@pytest.mark.parametrize("how", ["inactive", "deregistered", "rotated"])
def test_a_host_that_counts_no_more(tenant: Tenant, how: str) -> None:
    made = host(tenant, ANYTHING)
    key = key_of(fetch(tenant, made.host_key))
    if how == "inactive":
        tenant.run("iamconsole:UpdateWorkload", workload_name="web-1", status="Inactive")
    elif how == "deregistered":
        tenant.run("iamconsole:DeregisterWorkload", workload_name="web-1")
    else:
        fresh = tenant.run("iamconsole:RotateWorkloadKey", workload_name="web-1").host_key
        assert fetch(tenant, fresh).status == 200
    assert refused_answers(tenant, made.host_key)[:2] == (403, "InvalidClientTokenId")
    assert tenant.client("iam", key).list_users()
    tenant.run("iamconsole:RevokeRoleSessions", role_name="web")
    with refused("AccessDenied"):
        tenant.client("iam", key).list_users()


def test_an_active_host_again(tenant: Tenant) -> None:
    made = host(tenant)
    for status, answer in (("Inactive", 403), ("Active", 200)):
        tenant.run("iamconsole:UpdateWorkload", workload_name="web-1", status=status)
        assert fetch(tenant, made.host_key).status == answer


def test_a_role_that_is_gone_or_made_again(tenant: Tenant) -> None:
    made = host(tenant)
    key = key_of(fetch(tenant, made.host_key))
    tenant.run("iam:RemoveRoleFromInstanceProfile", instance_profile_name="web", role_name="web")
    assert refused_answers(tenant, made.host_key)[:2] == (404, "NoSuchEntity")
    tenant.run("iam:DeleteRole", role_name="web")
    with refused("InvalidClientTokenId"):
        tenant.client("sts", key).get_caller_identity()
    tenant.run("iam:DeleteInstanceProfile", instance_profile_name="web")
    tenant.run("iam:CreateInstanceProfile", instance_profile_name="web")
    tenant.run("iam:CreateRole", role_name="web", assume_role_policy_document=EC2)
    tenant.run("iam:AddRoleToInstanceProfile", instance_profile_name="web", role_name="web")
    assert refused_answers(tenant, made.host_key)[:2] == (404, "NoSuchEntity")
    tenant.run("iamconsole:UpdateWorkload", workload_name="web-1", instance_profile_name="web")
    assert fetch(tenant, made.host_key).status == 200


def test_a_tasks_role_that_is_made_again_is_another(tenant: Tenant) -> None:
    made = task(tenant)
    tenant.run("iam:DeleteRole", role_name="cart")
    tenant.run("iam:CreateRole", role_name="cart", assume_role_policy_document=TASKS)
    assert refused_answers(tenant, made.host_key, "cart")[:2] == (404, "NoSuchEntity")


def test_another_role_in_the_profile(tenant: Tenant) -> None:
    made = host(tenant)
    tenant.run("iam:CreateRole", role_name="db", assume_role_policy_document=EC2)
    tenant.run("iam:RemoveRoleFromInstanceProfile", instance_profile_name="web", role_name="web")
    tenant.run("iam:AddRoleToInstanceProfile", instance_profile_name="web", role_name="db")
    assert fetch(tenant, made.host_key).json["RoleName"] == "db"


@pytest.mark.parametrize("whom", ["tasks", "account", "other host", "other account", "no conditions met"])
def test_the_role_must_trust_the_service(tenant: Tenant, whom: str) -> None:
    ec2 = {"Service": "ec2.amazonaws.com"}
    documents = {
        "tasks": TASKS,
        "account": trust(tenant.account_id),
        "other host": trust(ec2, ArnEquals={"aws:SourceArn": "arn:aws:ec2:us-east-1:1:instance/i-1"}),
        "other account": trust(ec2, StringEquals={"aws:SourceAccount": "999999999999"}),
        "no conditions met": trust("*", StringEquals={"aws:PrincipalAccount": tenant.account_id}),
    }
    made = host(tenant, trust=documents[whom])
    status, code, message = refused_answers(tenant, made.host_key)
    assert (status, code) == (403, "AccessDenied")
    assert "sts:AssumeRole" in message
    record = json.loads(AuditEvent.objects.get(account_id=tenant.account_id, name="GetWorkloadCredentials").body)
    assert record["errorCode"] == "AccessDenied"
    assert record["userIdentity"]["arn"] == made.workload.source_arn


def test_trust_policies_know_which_host_it_is(tenant: Tenant) -> None:
    made = host(tenant)
    facts = {
        "aws:SourceAccount": tenant.account_id,
        "aws:SourceArn": made.workload.source_arn,
        "aws:PrincipalServiceName": "ec2.amazonaws.com",
    }
    condition = {"StringEquals": facts, "Bool": {"aws:PrincipalIsAWSService": "true"}}
    text = trust({"Service": "ec2.amazonaws.com"}, **condition)
    tenant.run("iam:UpdateAssumeRolePolicy", role_name="web", policy_document=text)
    assert fetch(tenant, made.host_key).status == 200
    tenant.run("iamconsole:RegisterWorkload", workload_name="web-2", instance_profile_name="web")
    other = tenant.run("iamconsole:RotateWorkloadKey", workload_name="web-2").host_key
    assert fetch(tenant, other, "web-2").status == 403


def test_policies_know_which_host_the_session_is_of(tenant: Tenant) -> None:
    made = host(tenant)
    wants = {"StringEquals": {"ec2:RoleDelivery": "2.0"}, "Bool": {"aws:MultiFactorAuthPresent": "false"}}
    wants |= {"ArnEquals": {"ec2:SourceInstanceARN": made.workload.source_arn}}
    tenant.run("iam:PutRolePolicy", role_name="web", policy_name="p", policy_document=anything_if(**wants))
    assert tenant.client("iam", key_of(fetch(tenant, made.host_key))).list_users()


@pytest.mark.parametrize(("longest", "seconds"), [(3_600, 3_600), (21_600, 21_600), (43_200, 21_600)])
def test_how_long_credentials_last(tenant: Tenant, longest: int, seconds: int) -> None:
    made = host(tenant)
    tenant.run("iam:UpdateRole", role_name="web", max_session_duration=longest)
    ends = datetime.fromisoformat(fetch(tenant, made.host_key).json["Expiration"])
    assert abs((ends - clock.now()).total_seconds() - seconds) < 60


def test_every_fetch_gives_other_credentials(tenant: Tenant) -> None:
    made = host(tenant)
    first, second = (key_of(fetch(tenant, made.host_key)) for _ in range(2))
    assert first["AccessKeyId"] != second["AccessKeyId"]


def test_the_record_says_which_host_and_hides_secrets(tenant: Tenant, caplog: pytest.LogCaptureFixture) -> None:
    made = host(tenant)
    with caplog.at_level(logging.DEBUG):
        given = fetch(tenant, made.host_key).json
        fetch(tenant, made.host_key + "x")
    row = AuditEvent.objects.get(account_id=tenant.account_id, name="GetWorkloadCredentials")
    record: dict[str, Any] = json.loads(row.body)
    assert record["userIdentity"] == {
        "type": "AWSService",
        "principalId": "ec2.amazonaws.com",
        "arn": made.workload.source_arn,
        "accountId": tenant.account_id,
        "userName": "web-1",
        "invokedBy": "ec2.amazonaws.com",
        "source": {"arn": made.workload.source_arn, "accountId": tenant.account_id},
    }
    assert record["resources"][0]["ARN"] == role_arn(tenant, "web")
    assert record["requestParameters"]["proof"] == SECRET
    credentials = record["responseElements"]["credentials"]
    assert credentials["accessKeyId"] == given["AccessKeyId"]
    assert (credentials["secretAccessKey"], credentials["sessionToken"]) == (SECRET, SECRET)
    for secret in (made.host_key.partition(".")[2], given["SecretAccessKey"], given["Token"]):
        assert secret not in row.body
        assert secret not in caplog.text
    assert "no workload" in caplog.text


def test_a_right_that_is_taken_away_is_gone_at_once(tenant: Tenant) -> None:
    made = host(tenant, document(allow("iam:ListUsers")))
    iam = tenant.client("iam", key_of(fetch(tenant, made.host_key)))
    assert iam.list_users()
    tenant.run("iam:DeleteRolePolicy", role_name="web", policy_name="p0")
    with refused("AccessDenied"):
        iam.list_users()


def test_credentials_end(tenant: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    key = key_of(fetch(tenant, host(tenant).host_key))
    later = clock.now() + timedelta(hours=1, seconds=1)
    monkeypatch.setattr(clock, "now", lambda: later)
    answer = tenant.client("sts", key)
    with refused("ExpiredToken"):
        answer.get_caller_identity()


def test_hosts_of_other_accounts_have_names_of_their_own(tenant: Tenant, app: Any) -> None:
    there = open_account(app)
    mine, theirs = host(tenant), host(there)
    assert fetch(tenant, mine.host_key).json["AccountId"] == tenant.account_id
    assert fetch(tenant, theirs.host_key).json["AccountId"] == there.account_id
    assert Workload.objects.filter(account_id=tenant.account_id).count() == 1
