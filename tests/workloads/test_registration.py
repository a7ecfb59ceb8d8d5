"""Registering hosts and tasks: who may, with what, and what is kept of their keys."""

from __future__ import annotations

import json
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import dsa, ec, rsa

from accounts.users.models import User
from accounts.workloads.models import Workload
from iamconsole.audit.models import AuditEvent
from iamconsole.kernel.errors import (
    AccessDenied,
    EntityAlreadyExists,
    Fault,
    InvalidInput,
    InvalidPublicKey,
    LimitExceeded,
    NoSuchEntity,
)
from iamconsole.runtime import calls
from iamconsole.runtime.authentication.identities import of_user
from tests.query.aws import allow, document, limit
from tests.rest.signed import Rest
from tests.sts.sessions import role_arn
from tests.support.tenants import Tenant, run
from tests.support.write_guard import setting_up
from tests.workloads.asking import fetch, host, new_key, private_pem, profile, public_pem, task

REGISTER = "iamconsole:RegisterWorkload"


def as_user(tenant: Tenant, *statements: dict[str, Any]) -> Any:
    """A call of a user who may do just that."""
    tenant.user("ada", document(*statements))
    return calls.call_for(of_user(User.objects.get(account_id=tenant.account_id, name="ada")), door="query")


def test_a_host_and_its_key(tenant: Tenant) -> None:
    made = host(tenant)
    shown = made.workload
    assert (shown.workload_type, shown.key_type, shown.status) == ("Host", "HostKey", "Active")
    assert (shown.instance_profile_name, shown.role_name) == ("web", None)
    assert shown.workload_id.startswith("i-")
    assert len(shown.workload_id) == len("i-0abcdef1234567890")
    assert shown.source_arn == f"arn:aws:ec2:us-east-1:{tenant.account_id}:instance/{shown.workload_id}"
    assert made.host_key.startswith(f"iamw_{shown.workload_id}.")
    row = Workload.objects.get(account_id=tenant.account_id)
    assert made.host_key.partition(".")[2] not in json.dumps([row.key_hash, row.public_jwk])
    assert tenant.run("iamconsole:GetWorkload", workload_name="WEB-1").workload == shown
    assert [each.workload_name for each in tenant.run("iamconsole:ListWorkloads").workloads] == ["web-1"]


def test_a_task(tenant: Tenant) -> None:
    shown = task(tenant).workload
    assert (shown.workload_type, shown.role_name, shown.instance_profile_name) == ("Task", "cart", None)
    assert shown.source_arn == f"arn:aws:ecs:us-east-1:{tenant.account_id}:task/{shown.workload_id}"


@pytest.mark.parametrize("members", [{}, {"instance_profile_name": "web", "role_name": "web"}])
def test_it_is_either_host_or_task(tenant: Tenant, members: dict[str, str]) -> None:
    profile(tenant)
    with pytest.raises(InvalidInput, match="and not both"):
        tenant.run(REGISTER, workload_name="x", **members)


def test_a_host_stays_a_host(tenant: Tenant) -> None:
    host(tenant)
    task(tenant)
    for name, members in (("web-1", {"role_name": "cart"}), ("cart", {"instance_profile_name": "web"})):
        with pytest.raises(InvalidInput, match="register another workload"):
            tenant.run("iamconsole:UpdateWorkload", workload_name=name, **members)


def test_names_are_taken_whatever_their_case_and_there_is_a_quota(tenant: Tenant) -> None:
    host(tenant)
    with pytest.raises(EntityAlreadyExists):
        tenant.run(REGISTER, workload_name="WEB-1", instance_profile_name="web")
    limit(tenant, "WorkloadsPerAccount", 1)
    with pytest.raises(LimitExceeded):
        tenant.run(REGISTER, workload_name="web-2", instance_profile_name="web")


@pytest.mark.parametrize("action", ["GetWorkload", "UpdateWorkload", "RotateWorkloadKey", "DeregisterWorkload"])
def test_unknown_workloads(tenant: Tenant, action: str) -> None:
    with pytest.raises(NoSuchEntity, match="The workload with name nobody cannot be found"):
        tenant.run(f"iamconsole:{action}", workload_name="nobody")


@pytest.mark.parametrize("members", [{"instance_profile_name": "none"}, {"role_name": "none"}])
def test_unknown_profiles_and_roles(tenant: Tenant, members: dict[str, str]) -> None:
    with pytest.raises(NoSuchEntity):
        tenant.run(REGISTER, workload_name="web-1", **members)


@pytest.mark.parametrize(
    ("members", "service"),
    [
        ({"instance_profile_name": "web"}, "ec2.amazonaws.com"),
        ({"role_name": "web"}, "ecs-tasks.amazonaws.com"),
    ],
)
@pytest.mark.parametrize("action", [REGISTER, "iamconsole:UpdateWorkload"])
def test_whoever_registers_must_be_allowed_to_pass_the_role(
    tenant: Tenant, members: dict[str, str], service: str, action: str
) -> None:
    profile(tenant)
    if action != REGISTER:
        tenant.run(REGISTER, workload_name="w", **members)
    may = allow("iamconsole:*", f"arn:aws:iamconsole::{tenant.account_id}:workload/w")
    call = as_user(tenant, may)
    for passing in ("lambda.amazonaws.com", service):
        with pytest.raises(AccessDenied, match="iam:PassRole"):
            run(call, action, workload_name="w", **members)
        pass_role = allow("iam:PassRole", role_arn(tenant, "web"), StringEquals={"iam:PassedToService": passing})
        tenant.run("iam:PutUserPolicy", user_name="ada", policy_name="pass", policy_document=document(pass_role))
    run(call, action, workload_name="w", **members)
    with pytest.raises(AccessDenied, match="iamconsole:DeregisterWorkload"):
        run(call, "iamconsole:DeregisterWorkload", workload_name="other")


@pytest.mark.parametrize("kind", ["Ed25519", "RSA", "EC"])
def test_a_key_pair_of_its_own(tenant: Tenant, kind: str) -> None:
    made = host(tenant, public_key=public_pem(new_key(kind)))
    assert made.host_key is None
    assert made.workload.key_type == "PublicKey"
    assert len(made.workload.key_thumbprint) == 43
    assert Workload.objects.get(account_id=tenant.account_id).key_hash == ""


def weak(name: str) -> str:
    made = {
        "small RSA": lambda: rsa.generate_private_key(65537, 1024),
        "other curve": lambda: ec.generate_private_key(ec.SECP256K1()),
        "DSA": lambda: dsa.generate_private_key(1024),
    }
    return public_pem(made[name]())


@pytest.mark.parametrize("name", ["small RSA", "other curve", "DSA"])
def test_keys_that_are_too_weak(tenant: Tenant, name: str) -> None:
    with pytest.raises(InvalidPublicKey, match="Ed25519"):
        host(tenant, public_key=weak(name))


def test_a_private_key_is_refused_and_kept_nowhere(tenant: Tenant) -> None:
    pem = private_pem(new_key("Ed25519"))
    with pytest.raises(InvalidPublicKey, match="the private key stays on the host") as refused:
        host(tenant, public_key=pem)
    secret = pem.splitlines()[1]
    assert secret not in str(refused.value)
    assert not any(secret in row.body for row in AuditEvent.objects.filter(account_id=tenant.account_id))


@pytest.mark.parametrize("text", ["nothing", "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----"])
def test_what_is_no_key(tenant: Tenant, text: str) -> None:
    with pytest.raises(InvalidPublicKey, match="one public key"):
        host(tenant, public_key=text)


def test_the_record_hides_keys(tenant: Tenant) -> None:
    made = host(tenant)
    rotated = tenant.run("iamconsole:RotateWorkloadKey", workload_name="web-1")
    bodies = [row.body for row in AuditEvent.objects.filter(account_id=tenant.account_id)]
    for key in (made.host_key, rotated.host_key):
        assert not any(key.partition(".")[2] in body for body in bodies)
    record = json.loads(AuditEvent.objects.get(account_id=tenant.account_id, name="RegisterWorkload").body)
    assert record["responseElements"]["hostKey"] == "HIDDEN_DUE_TO_SECURITY_REASONS"


def test_another_accounts_host_key_in_this_accounts_row_does_not_count(tenant: Tenant) -> None:
    """Whoever can write the database cannot move a key: its hash is bound to the workload."""
    host(tenant)
    other = tenant.run(REGISTER, workload_name="web-2", instance_profile_name="web")
    first, second = Workload.objects.filter(account_id=tenant.account_id).order_by("name")
    with setting_up():
        Workload.objects.filter(account_id=tenant.account_id, pk=first.pk).update(key_hash=second.key_hash)
    forged = other.host_key.replace(second.unique_id, first.unique_id)
    assert fetch(tenant, forged).status == 403
    assert fetch(tenant, other.host_key, "web-2").status == 200


def test_over_rest(tenant: Tenant) -> None:
    profile(tenant)
    rest = Rest(tenant.app, tenant.admin_key)
    made = rest.send("POST", "/workloads", {"WorkloadName": "web-1", "InstanceProfileName": "web"})
    assert made.status == 201, made
    assert rest.send("POST", "/workloads/web-1/key", {}).status == 200
    assert rest.send("PATCH", "/workloads/web-1", {"Status": "Inactive"}).body["Workload"]["Status"] == "Inactive"
    assert [each["WorkloadName"] for each in rest.send("GET", "/workloads").body["Workloads"]] == ["web-1"]
    assert rest.send("DELETE", "/workloads/web-1").status == 204
    assert rest.send("GET", "/workloads/web-1").status == 404


def test_issuing_takes_no_signature(tenant: Tenant) -> None:
    with pytest.raises(Fault, match="the proof of a workload, unsigned"):
        tenant.run("iamconsole:GetWorkloadCredentials", proof="x")
