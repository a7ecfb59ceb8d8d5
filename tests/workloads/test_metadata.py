"""`/latest/…` of the product: IMDSv2 for whoever adds the host's proof to the request that opens a session."""

from __future__ import annotations

from datetime import timedelta

import pytest

from iamconsole.kernel import clock
from tests.support.tenants import Tenant
from tests.workloads.asking import ROLES, TASKS, TOKEN, TTL, Answer, host, send, task


def opened(tenant: Tenant, proof: str, ttl: str = "60") -> Answer:
    return send(tenant, "/latest/api/token", method="PUT", **{TTL: ttl, "Authorization": proof})


def get(tenant: Tenant, path: str, session: str) -> Answer:
    return send(tenant, path, **{TOKEN: session})


def test_a_session(tenant: Tenant) -> None:
    made = host(tenant)
    answer = opened(tenant, made.host_key)
    assert (answer.status, answer.headers["Content-Type"]) == (200, "text/plain")
    assert {name.lower(): value for name, value in answer.headers.items()}[TTL.lower()] == "60"
    session = answer.text
    for path, text in (
        (ROLES, "web"),
        ("/latest/meta-data/instance-id", made.workload.workload_id),
        ("/latest/meta-data/placement/region", "us-east-1"),
        ("/latest/meta-data/placement/availability-zone/", "us-east-1a"),
    ):
        assert get(tenant, path, session).text == text
    info = get(tenant, "/latest/meta-data/iam/info", session).json
    assert info["InstanceProfileArn"] == f"arn:aws:iam::{tenant.account_id}:instance-profile/web"
    given = get(tenant, ROLES + "web", session).json
    assert (given["Code"], given["Type"]) == ("Success", "AWS-HMAC")
    key = {name: given[name] for name in ("AccessKeyId", "SecretAccessKey")} | {"SessionToken": given["Token"]}
    arn = tenant.client("sts", key).get_caller_identity()["Arn"]
    assert arn.endswith(f"assumed-role/web/{made.workload.workload_id}")


@pytest.mark.parametrize("path", [ROLES + "other", "/latest/user-data", "/latest/meta-data/", "/latest/meta-data/iam"])
def test_what_is_not_there(tenant: Tenant, path: str) -> None:
    session = opened(tenant, host(tenant).host_key).text
    assert get(tenant, path, session).status == 404


@pytest.mark.parametrize("ttl", ["", "0", "-1", "21601", "1.5", "1e3", "٣", "x", "9" * 40])
def test_lifetimes_of_sessions(tenant: Tenant, ttl: str) -> None:
    assert opened(tenant, host(tenant).host_key, ttl).status == 400


def test_a_lifetime_must_be_said(tenant: Tenant) -> None:
    key = host(tenant).host_key
    assert send(tenant, "/latest/api/token", method="PUT", Authorization=key).status == 400


def test_without_a_session(tenant: Tenant) -> None:
    made = host(tenant)
    assert send(tenant, ROLES).status == 401
    assert send(tenant, ROLES, Authorization=made.host_key).status == 401
    assert get(tenant, ROLES, made.host_key).status == 401
    assert get(tenant, ROLES, "t1.e30.e30").status == 401


def test_without_the_hosts_proof_nobody_opens_a_session(tenant: Tenant) -> None:
    host(tenant)
    assert send(tenant, "/latest/api/token", method="PUT", **{TTL: "60"}).status == 403
    assert opened(tenant, "iamw_i-0.x").status == 403
    assert send(tenant, "/latest/api/token", **{TTL: "60"}).status == 405


def test_a_session_does_not_prolong_itself(tenant: Tenant) -> None:
    session = opened(tenant, host(tenant).host_key).text
    assert opened(tenant, session).status == 403


def test_tasks_have_no_metadata_service(tenant: Tenant) -> None:
    assert opened(tenant, task(tenant).host_key).status == 403


def test_sessions_end(tenant: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    session = opened(tenant, host(tenant).host_key, "60").text
    later = clock.now() + timedelta(seconds=61)
    monkeypatch.setattr(clock, "now", lambda: later)
    assert get(tenant, ROLES, session).status == 401


@pytest.mark.parametrize("action", ["RotateWorkloadKey", "DeregisterWorkload"])
def test_sessions_end_with_the_key(tenant: Tenant, action: str) -> None:
    session = opened(tenant, host(tenant).host_key).text
    tenant.run(f"iamconsole:{action}", workload_name="web-1")
    assert get(tenant, ROLES, session).status == 401


def test_a_role_that_does_not_trust_hosts(tenant: Tenant) -> None:
    session = opened(tenant, host(tenant, trust=TASKS).host_key).text
    answer = get(tenant, ROLES + "web", session)
    assert (answer.status, answer.json["Code"]) == (200, "AssumeRoleUnauthorizedAccess")
    assert "not authorized to perform: sts:AssumeRole" in answer.json["Message"]
    assert "AccessKeyId" not in answer.json


def test_a_profile_without_a_role(tenant: Tenant) -> None:
    session = opened(tenant, host(tenant).host_key).text
    tenant.run("iam:RemoveRoleFromInstanceProfile", instance_profile_name="web", role_name="web")
    assert get(tenant, ROLES, session).status == 404
    assert get(tenant, ROLES + "web", session).status == 404
