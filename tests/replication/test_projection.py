"""The projection that operations keep up to date is the one that a rebuild would make."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from iamconsole.kernel.call import Change
from iamconsole.kernel.errors import Fault
from iamconsole.replication.models import ChangeEntry, ProjectedDocument, ProjectedRow
from iamconsole.replication.projection import projector
from tests.support.tenants import Tenant, open_account
from tests.support.write_guard import setting_up

TRUST = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}],
    }
)
TRUST_OF_ADA = TRUST.replace('{"Service": "ec2.amazonaws.com"}', '{"AWS": "arn:aws:iam::ACCOUNT:user/ada"}')
DOCUMENTS = [
    json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": action, "Resource": "*"}]})
    for action in ("iam:Get*", "iam:List*", "s3:*")
]
RESOURCES = ["arn:aws:s3:::reports", "arn:aws:s3:::reports/2026", "arn:aws:orders:::order/1"]
RESOURCE_POLICIES = [
    json.dumps(
        {
            "Version": "2012-10-17",
            "Statement": [{"Effect": "Allow", "Principal": {"AWS": principal}, "Action": "s3:*", "Resource": "*"}],
        }
    )
    for principal in ("*", "arn:aws:iam::ACCOUNT:user/ada", "arn:aws:iam::ACCOUNT:role/r1")
]
ACTIONS = [[{"Name": name, "AccessLevel": "Read"}] for name in ("GetOrder", "ListOrders")]
AWS_POLICIES = ["arn:aws:iam::aws:policy/AdministratorAccess", "arn:aws:iam::aws:policy/SecurityAudit"]


NAMED_TEXTS = ("document", "bound", "trust", "trust_bound")


def held(tenant: Tenant) -> dict[tuple[str, str], tuple[str, Any]]:
    rows = ProjectedRow.objects.filter(account_id=tenant.account_id)
    return {(row.kind, row.id): (row.arn, row.body) for row in rows}


def demand_true(tenant: Tenant) -> None:
    kept = held(tenant)
    with setting_up():
        projector.rebuild(tenant.account_id)
    assert kept == held(tenant)
    named = {digest for _arn, body in kept.values() for _name, digest in body.get("inline", ())}
    named |= {body[name] for _arn, body in kept.values() for name in NAMED_TEXTS if name in body}
    assert named <= set(ProjectedDocument.objects.values_list("digest", flat=True))


def of_account(members: Any, tenant: Tenant) -> Any:
    return json.loads(json.dumps(members).replace("ACCOUNT", tenant.account_id))


NAMES, GROUPS, ROLES, POLICIES = ["ada", "bob"], ["g1", "g2"], ["r1", "r2"], ["p1", "p2"]
STEPS = st.one_of(
    *[
        st.tuples(st.just(action), st.fixed_dictionaries({k: st.sampled_from(v) for k, v in members.items()}))
        for action, members in {
            "CreateUser": {"user_name": NAMES},
            "DeleteUser": {"user_name": NAMES},
            "UpdateUser": {"user_name": NAMES, "new_user_name": NAMES, "new_path": ["/", "/x/"]},
            "TagUser": {"user_name": NAMES, "tags": [[{"key": "team", "value": "red"}]]},
            "CreateGroup": {"group_name": GROUPS},
            "DeleteGroup": {"group_name": GROUPS},
            "AddUserToGroup": {"user_name": NAMES, "group_name": GROUPS},
            "RemoveUserFromGroup": {"user_name": NAMES, "group_name": GROUPS},
            "PutUserPolicy": {"user_name": NAMES, "policy_name": ["i"], "policy_document": DOCUMENTS},
            "DeleteUserPolicy": {"user_name": NAMES, "policy_name": ["i"]},
            "PutGroupPolicy": {"group_name": GROUPS, "policy_name": ["i"], "policy_document": DOCUMENTS},
            "AttachUserPolicy": {"user_name": NAMES, "policy_arn": AWS_POLICIES},
            "DetachUserPolicy": {"user_name": NAMES, "policy_arn": AWS_POLICIES},
            "AttachGroupPolicy": {"group_name": GROUPS, "policy_arn": AWS_POLICIES},
            "PutUserPermissionsBoundary": {"user_name": NAMES, "permissions_boundary": AWS_POLICIES},
            "DeleteUserPermissionsBoundary": {"user_name": NAMES},
            "CreateAccessKey": {"user_name": NAMES},
            "CreateRole": {"role_name": ROLES, "assume_role_policy_document": [TRUST, TRUST_OF_ADA]},
            "PutRolePolicy": {"role_name": ROLES, "policy_name": ["i"], "policy_document": DOCUMENTS},
            "UpdateRole": {"role_name": ROLES, "max_session_duration": [3600, 7200]},
            "DeleteRole": {"role_name": ROLES},
            "CreatePolicy": {"policy_name": POLICIES, "policy_document": DOCUMENTS},
            "iamconsole:RegisterService": {"service_prefix": ["orders"], "service_name": ["A"], "actions": ACTIONS},
            "iamconsole:UpdateService": {"service_prefix": ["orders"], "service_name": ["B"], "actions": ACTIONS},
            "iamconsole:DeregisterService": {"service_prefix": ["orders"]},
            "iamconsole:PutResourcePolicy": {"resource_arn": RESOURCES, "policy_document": RESOURCE_POLICIES},
            "iamconsole:DeleteResourcePolicy": {"resource_arn": RESOURCES},
        }.items()
    ]
)


@pytest.fixture
def fresh(db: Any, app: Any) -> Any:
    return lambda: open_account(app)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(STEPS, min_size=5, max_size=40))
def test_whatever_was_done_the_projection_is_what_a_rebuild_makes(fresh: Any, steps: list[Any]) -> None:
    tenant = fresh()
    for action, members in steps:
        try:
            tenant.run(action if ":" in action else f"iam:{action}", **of_account(members, tenant))
        except Fault:
            continue
    demand_true(tenant)


def test_a_policy_version_a_key_and_a_reset(tenant: Tenant) -> None:
    made = tenant.run("iam:CreatePolicy", policy_name="p", policy_document=DOCUMENTS[0]).policy
    tenant.run("iam:CreatePolicyVersion", policy_arn=made.arn, policy_document=DOCUMENTS[1], set_as_default=True)
    key = tenant.user("ada")["AccessKeyId"]
    tenant.run("iam:UpdateAccessKey", user_name="ada", access_key_id=key, status="Inactive")
    rows = held(tenant)
    assert rows[("policy", made.policy_id)][1]["version"] == "v2"
    assert rows[("key", key)][1]["active"] is False
    demand_true(tenant)
    tenant.run("iam:DeleteAccessKey", user_name="ada", access_key_id=key)
    assert ("key", key) not in held(tenant)
    demand_true(tenant)


def test_services_and_resource_policies(tenant: Tenant, fresh: Any) -> None:
    other, bucket = fresh(), RESOURCES[0]
    for each in (tenant, other):
        each.run("iamconsole:RegisterService", service_prefix="orders", service_name="Orders", actions=ACTIONS[0])
        each.run("iamconsole:PutResourcePolicy", resource_arn=bucket, policy_document=RESOURCE_POLICIES[0])
    service, policy = (f"{tenant.account_id}/{name}" for name in ("orders", bucket))
    arn, body = held(tenant)[("resource_policy", policy)]
    assert (arn, body["document"]) == (bucket, body["bound"])
    assert held(tenant)[("service", service)][1]["definition"]["Actions"][0]["Name"] == "GetOrder"
    demand_true(tenant)
    tenant.run("iamconsole:DeleteResourcePolicy", resource_arn=bucket)
    tenant.run("iamconsole:DeregisterService", service_prefix="orders")
    assert not {"service", "resource_policy"} & {kind for kind, _ident in held(tenant)}
    assert {"service", "resource_policy"} <= {kind for kind, _ident in held(other)}


def test_principals_are_projected_by_unique_id(tenant: Tenant) -> None:
    ada = tenant.run("iam:CreateUser", user_name="ada").user
    texts = of_account(RESOURCE_POLICIES[1:2], tenant)
    tenant.run("iamconsole:PutResourcePolicy", resource_arn=RESOURCES[0], policy_document=texts[0])
    trust = json.loads(TRUST)
    trust["Statement"][0]["Principal"] = {"AWS": ada.arn}
    role = tenant.run("iam:CreateRole", role_name="r1", assume_role_policy_document=json.dumps(trust)).role
    rows = held(tenant)
    for key, written, bound in (
        (("resource_policy", f"{tenant.account_id}/{RESOURCES[0]}"), "document", "bound"),
        (("role", role.role_id), "trust", "trust_bound"),
    ):
        before, after = (ProjectedDocument.objects.get(pk=rows[key][1][name]).text for name in (written, bound))
        assert after == before.replace(ada.arn, ada.user_id) != before
    demand_true(tenant)


def test_roles_that_trust_a_user_are_written_anew_when_the_user_is_renamed(tenant: Tenant) -> None:
    ada = tenant.run("iam:CreateUser", user_name="ada").user
    trusts = of_account(TRUST_OF_ADA, tenant)
    role = tenant.run("iam:CreateRole", role_name="r1", assume_role_policy_document=trusts).role
    tenant.run("iam:UpdateUser", user_name="ada", new_user_name="eve")
    _arn, body = held(tenant)[("role", role.role_id)]
    assert ProjectedDocument.objects.get(pk=body["trust"]).text == trusts.replace("/ada", "/eve")
    assert body["bindings"] == {ada.arn.replace("/ada", "/eve"): ada.user_id}
    changes = ChangeEntry.objects.filter(account_id=tenant.account_id).order_by("-position")
    assert {(change.entity, change.entity_id) for change in changes[:2]} == {
        ("user", ada.user_id),
        ("role", role.role_id),
    }
    demand_true(tenant)


def test_every_entity_that_an_operation_emits_is_declared(tenant: Tenant) -> None:
    """A change that nobody declared would leave the projection behind: it fails the operation instead."""
    for change in ChangeEntry.objects.filter(account_id=tenant.account_id):
        list(projector.touched(Change(change.entity, change.entity_id, change.verb)))
    with pytest.raises(LookupError, match="no projection is declared"):
        list(projector.touched(Change("novelty", "1", "created")))


def test_no_secret_is_in_the_clear(tenant: Tenant) -> None:
    key = tenant.user("ada")
    assert key["SecretAccessKey"] not in json.dumps([body for _arn, body in held(tenant).values()])
