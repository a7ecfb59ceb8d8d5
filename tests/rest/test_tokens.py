"""Bearer tokens: minted by a signature, gone with the key."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from accounts.tokens.models import BearerToken
from tests.rest.signed import Rest
from tests.support.tenants import Tenant


@pytest.fixture
def token(rest: Rest) -> str:
    made = rest.post("/tokens")
    assert made.status == 201
    assert made.body["TokenType"] == "Bearer"
    return str(made.body["Token"])


def bearing(tenant: Tenant, token: str) -> Rest:
    return Rest(tenant.app, headers={"Authorization": f"Bearer {token}"})


def test_a_token_acts_for_its_user(tenant: Tenant, rest: Rest, token: str) -> None:
    bearer = bearing(tenant, token)
    assert bearer.get("/caller-identity").body == rest.get("/caller-identity").body
    made = bearer.post("/users", {"UserName": "ada"})
    assert made.status == 201
    assert made.headers["X-Iam-Consistency-Token"]


def test_only_a_hash_is_stored(tenant: Tenant, token: str) -> None:
    row = BearerToken.objects.filter(account_id=tenant.account_id).values().get()
    assert token not in json.dumps(row, default=str)


@pytest.mark.parametrize(("given", "seconds"), [({}, 3600), ({"DurationSeconds": 900}, 900)])
def test_a_token_ends_with_its_time(tenant: Tenant, rest: Rest, given: dict[str, int], seconds: int) -> None:
    made = rest.post("/tokens", given).body
    end = datetime.fromisoformat(made["Expiration"])
    assert abs(end - datetime.now(UTC) - timedelta(seconds=seconds)) < timedelta(seconds=60)
    bearer = bearing(tenant, made["Token"])
    with time_machine.travel(end - timedelta(seconds=5), tick=False):
        assert bearer.get("/users").status == 200
    with time_machine.travel(end + timedelta(seconds=5), tick=False):
        refused = bearer.get("/users")
    assert (refused.status, refused.code) == (401, "ExpiredToken")
    assert 'error="invalid_token"' in refused.headers["WWW-Authenticate"]


@pytest.mark.parametrize("seconds", [899, 43201])
def test_how_long_a_token_lives_is_bounded(rest: Rest, seconds: int) -> None:
    assert rest.post("/tokens", {"DurationSeconds": seconds}).code == "ValidationError"


def test_a_token_stops_with_its_key(tenant: Tenant) -> None:
    allow = json.dumps({"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}})
    key = tenant.user("ada", allow)
    member = {"user_name": "ada", "access_key_id": key["AccessKeyId"]}
    bearer = bearing(tenant, Rest(tenant.app, key).post("/tokens").body["Token"])
    assert bearer.get("/users").status == 200
    tenant.run("iam:UpdateAccessKey", status="Inactive", **member)
    assert (bearer.get("/users").status, bearer.get("/users").code) == (401, "InvalidClientTokenId")
    tenant.run("iam:UpdateAccessKey", status="Active", **member)
    assert bearer.get("/users").code == "InvalidClientTokenId"  # a key comes back, its tokens do not
    tenant.run("iam:DeleteAccessKey", **member)
    assert bearer.get("/users").code == "InvalidClientTokenId"
    tenant.run("iam:DeleteUserPolicy", user_name="ada", policy_name="p0")
    tenant.run("iam:DeleteUser", user_name="ada")
    tenant.run("iam:CreateUser", user_name="ada")
    assert bearer.get("/users").code == "InvalidClientTokenId"


def test_what_is_temporary_cannot_prolong_itself(tenant: Tenant, token: str) -> None:
    assert bearing(tenant, token).post("/tokens").code == "AccessDenied"


def test_minting_needs_permission(tenant: Tenant) -> None:
    assert Rest(tenant.app, tenant.user("nobody")).post("/tokens").code == "AccessDenied"


def test_policies_can_end_tokens_by_their_age(tenant: Tenant, rest: Rest, token: str) -> None:
    """AWS's way to revoke older sessions."""
    moment = (datetime.now(UTC) + timedelta(minutes=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
    deny = {
        "Effect": "Deny",
        "Action": "*",
        "Resource": "*",
        "Condition": {"DateLessThan": {"aws:TokenIssueTime": moment}},
    }
    document = json.dumps({"Version": "2012-10-17", "Statement": deny})
    tenant.run("iam:PutUserPolicy", user_name="admin", policy_name="revoke", policy_document=document)
    assert bearing(tenant, token).get("/users").code == "AccessDenied"
    assert rest.get("/users").status == 200


@pytest.mark.parametrize("given", ["", "iamt_guessed", "x" * 5000, "caf\u00e9"])
def test_a_token_of_nobody_is_refused(tenant: Tenant, given: str) -> None:
    assert bearing(tenant, given).get("/users").code == "InvalidClientTokenId"


def test_expired_tokens_are_swept_when_another_is_minted(tenant: Tenant, rest: Rest, token: str) -> None:
    with time_machine.travel(datetime.now(UTC) + timedelta(hours=2), tick=False):
        assert rest.post("/tokens").status == 201
    assert BearerToken.objects.filter(account_id=tenant.account_id).count() == 1
