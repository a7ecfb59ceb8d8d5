"""Temporary credentials at the decision doors: as callers, and on requests that services hand over."""

from __future__ import annotations

from typing import Any

import pytest

from tests.decisions.asking import Doors, arn
from tests.decisions.test_authenticate import AUTHENTICATE, received
from tests.query.aws import ANYTHING, allow, deny, document, root_client, tags
from tests.rest.signed import Rest
from tests.sts.sessions import ada_and_app, assume, role, trust
from tests.support.tenants import Tenant, open_account

READING = document(allow("s3:GetObject", "arn:aws:s3:::reports/*"))
READ = {"action": "s3:GetObject", "resource": "arn:aws:s3:::reports/x"}
WRITE = {"action": "s3:PutObject", "resource": "arn:aws:s3:::reports/x"}


def decided(doors: Doors, key: dict[str, str], asked: dict[str, Any]) -> Any:
    answer = doors.post(AUTHENTICATE, received(key) | asked)
    assert answer.status == 200, answer.content
    return answer.body


def test_who_signed_with_temporary_credentials(tenant: Tenant) -> None:
    key = assume(ada_and_app(tenant, READING), tenant)
    found = decided(Doors.of(tenant), key, READ)
    role_id = tenant.run("iam:GetRole", role_name="app").role.role_id
    assert found["decision"] == "allow"
    assert found["principal"] == {
        "arn": f"arn:aws:sts::{tenant.account_id}:assumed-role/app/me",
        "account": tenant.account_id,
        "type": "AssumedRole",
        "userId": f"{role_id}:me",
        "name": "me",
        "accessKeyId": key["AccessKeyId"],
    }
    assert decided(Doors.of(tenant), key, WRITE)["decision"] == "deny"


def test_session_policies_count(tenant: Tenant) -> None:
    sts, doors = ada_and_app(tenant), Doors.of(tenant)
    limit = tenant.run("iam:CreatePolicy", policy_name="limit", policy_document=READING).policy.arn
    for members in ({"Policy": READING}, {"PolicyArns": [{"arn": limit}]}):
        key = assume(sts, tenant, **members)
        assert decided(doors, key, READ)["decision"] == "allow"
        denied = decided(doors, key, WRITE)
        assert "because no session policy allows" in denied["reason"]
        assert [check["type"] for check in denied["checks"]] == ["PRINCIPAL", "SESSION"]


def test_session_tags_and_facts_count(tenant: Tenant) -> None:
    condition = {"StringEquals": {"aws:PrincipalTag/team": "red"}, "Bool": {"aws:MultiFactorAuthPresent": "false"}}
    sts, doors = ada_and_app(tenant, document(allow("s3:GetObject", **condition))), Doors.of(tenant)
    red = assume(sts, tenant, Tags=tags(team="red"))
    assert decided(doors, red, READ)["decision"] == "allow"
    assert decided(doors, assume(sts, tenant), READ)["decision"] == "deny"
    # What the session itself knows, nobody else states, however he spells it.
    for key in ("aws:MultiFactorAuthPresent", "AWS:multifactorauthpresent"):
        assert decided(doors, red, READ | {"context": {key: "true"}})["decision"] == "allow"


@pytest.mark.parametrize("caller", ["user", "root"])
def test_a_federated_users_session(tenant: Tenant, caller: str) -> None:
    sts = root_client(tenant, "sts") if caller == "root" else tenant.client("sts", tenant.user("ada", ANYTHING))
    made = sts.get_federation_token(Name="bob", Policy=READING)
    found = decided(Doors.of(tenant), made["Credentials"], READ)
    assert (found["decision"], found["principal"]["arn"]) == ("allow", made["FederatedUser"]["Arn"])
    assert decided(Doors.of(tenant), made["Credentials"], WRITE)["decision"] == "deny"
    bare = sts.get_federation_token(Name="bob")["Credentials"]
    assert decided(Doors.of(tenant), bare, READ)["decision"] == "deny"


def test_a_users_session(tenant: Tenant) -> None:
    key = tenant.client("sts", tenant.user("ada", READING)).get_session_token()["Credentials"]
    found = decided(Doors.of(tenant), key, READ)
    assert (found["decision"], found["principal"]["arn"]) == ("allow", arn(tenant, "user/ada"))


def test_a_session_asks_for_itself(tenant: Tenant) -> None:
    question = {"principal": arn(tenant, "user/admin"), **READ}
    sts = ada_and_app(tenant, document(allow("iamconsole:Authorize")))
    mine = Doors(tenant.app, assume(sts, tenant))
    assert mine.post("/api/v1/authorize", question).body["decision"] == "allow"
    limited = Doors(tenant.app, assume(sts, tenant, Policy=READING))
    answer = limited.post("/api/v1/authorize", question)
    assert (answer.status, answer.code) == (403, "AccessDenied")


@pytest.mark.parametrize("kind", ["get_session_token", "get_federation_token"])
def test_credentials_that_are_not_for_iam_ask_nothing_but_are_judged(tenant: Tenant, kind: str) -> None:
    """IAM's own doors are closed to them as IAM is; what a service received with them it may have decided."""
    sts = tenant.client("sts", tenant.user("ada", ANYTHING))
    members = {"Name": "bob", "Policy": ANYTHING} if kind == "get_federation_token" else {}
    key = getattr(sts, kind)(**members)["Credentials"]
    mine = Doors(tenant.app, key)
    for path, body in (
        ("/api/v1/authorize", {"principal": arn(tenant, "user/admin"), **READ}),
        (AUTHENTICATE, received(tenant.admin_key) | READ),
        ("/access/v1/evaluation", {}),
    ):
        answer = mine.post(path, body)
        assert (answer.status, answer.code) == (401, "InvalidClientTokenId"), path
    assert decided(Doors.of(tenant), key, READ)["decision"] == "allow"


def test_a_bearer_token_has_no_mfa_at_any_door(tenant: Tenant) -> None:
    without = document(allow(), deny("*", Bool={"aws:MultiFactorAuthPresent": "false"}))
    key = tenant.user("ada", document(allow()))
    token = {"Authorization": f"Bearer {Rest(tenant.app, key).post('/tokens').body['Token']}"}
    question = {"principal": arn(tenant, "user/ada"), **READ}
    for text, status in ((document(allow()), 200), (without, 403)):
        tenant.run("iam:PutUserPolicy", user_name="ada", policy_name="p0", policy_document=text)
        assert Rest(tenant.app, headers=token).get("/users").status == status
        assert Doors(tenant.app, headers=token).post("/api/v1/authorize", question).status == status


def test_who_is_gone_is_nobody_at_once(tenant: Tenant) -> None:
    doors, key = Doors.of(tenant), assume(ada_and_app(tenant, READING), tenant)
    assert decided(doors, key, READ)["decision"] == "allow"
    tenant.run("iam:DeleteRolePolicy", role_name="app", policy_name="p0")
    assert decided(doors, key, READ)["decision"] == "deny"
    tenant.run("iam:DeleteRole", role_name="app")
    role(tenant, "app", trust(arn(tenant, "user/ada")), READING)
    answer = doors.post(AUTHENTICATE, received(key) | READ)
    assert (answer.status, answer.code) == (401, "InvalidClientTokenId")


def test_a_users_session_ends_with_its_key(tenant: Tenant) -> None:
    doors, long_term = Doors.of(tenant), tenant.user("ada", READING)
    key = tenant.client("sts", long_term).get_session_token()["Credentials"]
    assert decided(doors, key, READ)["decision"] == "allow"
    given = {"user_name": "ada", "access_key_id": long_term["AccessKeyId"]}
    tenant.run("iam:UpdateAccessKey", **given, status="Inactive")
    assert doors.post(AUTHENTICATE, received(key) | READ).code == "InvalidClientTokenId"


def test_revoked_sessions_are_denied(tenant: Tenant) -> None:
    doors, key = Doors.of(tenant), assume(ada_and_app(tenant, READING), tenant)
    tenant.run("iamconsole:RevokeRoleSessions", role_name="app")
    denied = decided(doors, key, READ)
    assert (denied["decision"], "explicit deny" in denied["reason"]) == ("deny", True)


@pytest.mark.parametrize("token", [None, "none", "other's"])
def test_the_wrong_token(tenant: Tenant, token: str | None) -> None:
    sts = ada_and_app(tenant, READING)
    key, other = assume(sts, tenant), assume(sts, tenant)
    given = other["SessionToken"] if token == "other's" else token
    answer = Doors.of(tenant).post(AUTHENTICATE, received(key | {"SessionToken": given}) | READ)
    assert (answer.status, answer.code) == (401, "InvalidClientTokenId")


def test_sessions_of_another_account_are_as_unknown_as_nobodys(tenant: Tenant, app: Any) -> None:
    key = assume(ada_and_app(tenant, READING), tenant)
    answer = Doors.of(open_account(app)).post(AUTHENTICATE, received(key) | READ)
    assert (answer.status, answer.code) == (401, "InvalidClientTokenId")
