"""Decisions from a region's store: `?region=`, `atLeast`, the deny overlay, and what a node does alone."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.db import connection

from iamconsole.replication import log
from iamconsole.replication.regions import applier, feed, store, views
from iamconsole.replication.regions.store import LEASE
from tests.decisions.asking import READ_REPORTS, Doors, arn
from tests.decisions.wire import document, statement
from tests.support.tenants import Tenant

X = "arn:aws:s3:::reports/x"


@pytest.fixture(autouse=True)
def look_always(monkeypatch: pytest.MonkeyPatch) -> None:
    """A test does not wait for the next look."""
    monkeypatch.setattr(views, "LOOK", 0.0)


@pytest.fixture
def ada(tenant: Tenant, regions: Any) -> dict[str, str]:
    """A user who may read reports, known everywhere."""
    key = tenant.user("ada", READ_REPORTS)
    for region in store.remote():
        applier.apply(region)
    return key


def ask(tenant: Tenant, region: str, **members: Any) -> Any:
    question = {"principal": arn(tenant, "user/ada"), "action": "s3:GetObject", "resource": X, **members}
    return Doors.of(tenant).post(f"/api/v1/authorize?region={region}", question)


def take(tenant: Tenant) -> str:
    """Take the right away; gives the token of that."""
    tenant.run("iam:DeleteUserPolicy", user_name="ada", policy_name="p0")
    return log.token(tenant.account_id, log.position_of(tenant.account_id))


def test_a_region_answers_as_of_what_it_has(tenant: Tenant, ada: Any) -> None:
    before = ask(tenant, "eu").body
    assert (before["decision"], before["region"]) == ("allow", "eu")
    take(tenant)
    assert ask(tenant, "home").body["decision"] == "deny"
    stale = ask(tenant, "eu").body
    assert (stale["decision"], stale["position"]) == ("allow", before["position"])
    applier.apply("eu")
    assert ask(tenant, "eu").body["decision"] == "deny"
    assert ask(tenant, "ap").body["decision"] == "allow"
    assert ask(tenant, "home").body["position"] == ask(tenant, "eu").body["position"]


def test_at_least_is_never_staler_than_its_token(tenant: Tenant, ada: Any) -> None:
    token = take(tenant)
    told = ask(tenant, "eu", atLeast=token).body
    assert (told["decision"], told["region"]) == ("deny", "home")
    applier.apply("eu")
    told = ask(tenant, "eu", atLeast=token).body
    assert (told["decision"], told["region"]) == ("deny", "eu")
    ahead = log.token(tenant.account_id, log.position_of(tenant.account_id) + 1)
    assert ask(tenant, "eu", atLeast=ahead).status == 503


def test_every_door_has_regions(tenant: Tenant, ada: dict[str, str]) -> None:
    doors = Doors.of(tenant).bearing()
    applier.apply("eu")
    asked = {
        "subject": {"type": "user", "id": "ada"},
        "action": {"name": "s3:GetObject"},
        "resource": {"type": "object", "id": X},
    }
    take(tenant)
    assert doors.post("/access/v1/evaluation?region=eu", asked).body["decision"] is True
    assert doors.post("/access/v1/evaluation", asked).body["decision"] is False
    before = {"X_Forwarded_Method": "GET", "X_Forwarded_Host": "files.example.com", "X_Forwarded_Uri": "/x"}
    assert doors.send("GET", "/forward-auth?region=eu", **before).status == 200
    for path in ("/access/v1/evaluation", "/api/v1/authorize", "/api/v1/authenticate", "/forward-auth"):
        refused = doors.post(f"{path}?region=mars", {})
        assert (refused.status, refused.code) == (400, "InvalidParameterValue")


def test_callers_are_known_in_a_region_alone(tenant: Tenant, ada: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Signatures, bearer tokens and temporary credentials, without one query to the primary."""
    bearing, signing = Doors.of(tenant).bearing(), Doors.of(tenant)
    trust = document({"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": tenant.account_id}})
    role = tenant.run("iam:CreateRole", role_name="asker", assume_role_policy_document=trust).role
    tenant.run("iam:AttachRolePolicy", role_name="asker", policy_arn="arn:aws:iam::aws:policy/AdministratorAccess")
    assumed = tenant.client("sts").assume_role(RoleArn=role.arn, RoleSessionName="me")["Credentials"]
    applier.apply("eu")

    def lost(*_args: Any) -> Any:
        raise AssertionError("the primary was asked")

    question = {"principal": arn(tenant, "user/ada"), "action": "s3:GetObject", "resource": X}
    with connection.execute_wrapper(lost):
        for doors in (bearing, signing, Doors(tenant.app, assumed)):
            assert doors.post("/api/v1/authorize?region=eu", question).body["decision"] == "allow"


def test_what_is_remembered_of_one_region_is_not_told_of_another(tenant: Tenant, ada: Any) -> None:
    for _ in range(3):
        assert {ask(tenant, region).body["decision"] for region in ("home", "eu", "ap")} == {"allow"}
    take(tenant)
    applier.apply("ap")
    for _ in range(3):
        told = {region: ask(tenant, region).body["decision"] for region in ("home", "eu", "ap")}
        assert told == {"home": "deny", "eu": "allow", "ap": "deny"}


def revoke(tenant: Tenant, how: str) -> None:
    """Take something away from ada, of whatever kind."""
    match how:
        case "inline policy":
            take(tenant)
        case "deny of her group":
            tenant.run(
                "iam:PutGroupPolicy",
                group_name="g",
                policy_name="d",
                policy_document=document(statement("Deny", "*")),
            )
        case "version of a policy":
            tenant.run(
                "iam:CreatePolicyVersion",
                policy_arn=f"arn:aws:iam::{tenant.account_id}:policy/p",
                policy_document=document(statement("Allow", "ec2:*")),
                set_as_default=True,
            )
        case "deny on the resource":
            text = document({**statement("Deny", "s3:*", X), "Principal": "*"})
            tenant.run("iamconsole:PutResourcePolicy", resource_arn=X, policy_document=text)
        case "tags":
            tenant.run("iam:TagUser", user_name="ada", tags=[{"key": "team", "value": "red"}])


WAYS = ["inline policy", "deny of her group", "version of a policy", "deny on the resource", "tags"]


@pytest.mark.parametrize("how", WAYS)
def test_a_revocation_is_told_ahead_of_a_backlog(
    tenant: Tenant, ada: Any, how: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = document(statement("Allow", "s3:*", "arn:aws:s3:::reports/*"))
    made = tenant.run("iam:CreatePolicy", policy_name="p", policy_document=text).policy
    tenant.run("iam:AttachUserPolicy", user_name="ada", policy_arn=made.arn)
    tenant.run("iam:CreateGroup", group_name="g")
    tenant.run("iam:AddUserToGroup", user_name="ada", group_name="g")
    tenant.run("iam:CreateUser", user_name="bob")
    tenant.run("iam:AttachUserPolicy", user_name="bob", policy_arn="arn:aws:iam::aws:policy/AdministratorAccess")
    applier.apply("eu")
    for number in range(4):
        tenant.run("iam:CreateUser", user_name=f"u{number}")
    revoke(tenant, how)
    monkeypatch.setattr(feed, "MOST", 1)
    written = applier.Applier.write
    monkeypatch.setattr(applier.Applier, "write", lambda *_args, **_members: pytest.fail("stopped"))
    with pytest.raises(pytest.fail.Exception):
        applier.apply("eu")
    told = ask(tenant, "eu").body
    assert told["decision"] == "deny"
    assert "has not yet applied a revocation" in told["reason"]
    other = {"principal": arn(tenant, "user/bob"), "resource": "arn:aws:s3:::other/y"}
    assert ask(tenant, "eu", **other).body["decision"] == "allow"
    monkeypatch.setattr(applier.Applier, "write", written)
    applier.apply("eu")
    assert "has not yet" not in ask(tenant, "eu").body.get("reason", "")
    assert ask(tenant, "eu").body["decision"] == ask(tenant, "home").body["decision"]
    assert store.reading("eu").ask("HLEN", "overlay") == 0


def test_a_key_that_was_revoked_ahead_is_not_known(tenant: Tenant, ada: dict[str, str]) -> None:
    place = store.writing("eu")
    fence = place.lease()
    ahead = log.position_of(tenant.account_id) + 1
    place.write("deny", fence, LEASE, f"key/{ada['AccessKeyId']}", f"0:{ahead}")
    place.release(fence)
    refused = Doors(tenant.app, ada).post("/api/v1/authorize?region=eu", {})
    assert (refused.status, refused.code) == (401, "InvalidClientTokenId")
    assert b"not yet applied a revocation" in refused.content


def test_a_region_without_anything_decides_nothing(tenant: Tenant, regions: Any) -> None:
    assert ask(tenant, "eu").status == 503


def test_a_region_that_does_not_answer_is_answered_for_from_memory_for_a_while(
    tenant: Tenant, ada: Any, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert ask(tenant, "eu").body["decision"] == "allow"
    place = store.reading("eu")
    monkeypatch.setattr(place, "run", _unreachable)
    monkeypatch.setattr(place, "ask", _unreachable)
    assert ask(tenant, "eu").body["decision"] == "allow"
    assert ask(tenant, "eu", principal=arn(tenant, "user/nobody-asked-about")).status == 503
    monkeypatch.setattr(views, "GRACE", 0.0)
    refused = ask(tenant, "eu")
    assert refused.status == 503
    assert json.loads(refused.content)["code"] == "ServiceUnavailable"


def _unreachable(*_arguments: Any) -> Any:
    raise store.Unreachable("down")
