"""GetSessionToken and GetFederationToken: who may ask, what the sessions are good for, and when they end."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.query.aws import ANYTHING, allow, deny, document, refused, root_client, tags
from tests.rest.signed import Rest
from tests.sts.sessions import ada_and_app, assume, role, trust, user_arn
from tests.support.tenants import Tenant, open_account

MFA = {"SerialNumber": "arn:aws:iam::123456789012:mfa/x", "TokenCode": "123456"}


@pytest.fixture
def device(monkeypatch: pytest.MonkeyPatch) -> None:
    """A device that every code is right for."""
    monkeypatch.setattr("accounts.sts.mfa.verify_code", lambda _user, **_given: None)


def outcome(call: Any, *args: Any, **members: Any) -> str:
    try:
        call(*args, **members)
    except ClientError as refusal:
        return str(refusal.response["Error"]["Code"])
    return "ok"


def test_a_users_session_is_the_user(tenant: Tenant) -> None:
    sts = tenant.client("sts", tenant.user("ada", document(deny("sts:*"))))
    credentials = sts.get_session_token()["Credentials"]  # which no policy can forbid
    assert tenant.client("sts", credentials).get_caller_identity()["Arn"] == user_arn(tenant, "ada")


@pytest.mark.usefixtures("device")
@pytest.mark.parametrize("mfa", [False, True])
def test_what_a_users_session_is_good_for(tenant: Tenant, mfa: bool) -> None:
    sts = tenant.client("sts", tenant.user("ada", ANYTHING))
    role(tenant, "app", trust(tenant.account_id))
    credentials = sts.get_session_token(**(MFA if mfa else {}))["Credentials"]
    iam, sts = tenant.client("iam", credentials), tenant.client("sts", credentials)
    assert {
        "GetCallerIdentity": outcome(sts.get_caller_identity),
        "AssumeRole": outcome(assume, sts, tenant),
        "GetSessionToken": outcome(sts.get_session_token),
        "GetFederationToken": outcome(sts.get_federation_token, Name="ada"),
        "GetAccessKeyInfo": outcome(sts.get_access_key_info, AccessKeyId=credentials["AccessKeyId"]),
        "ListUsers": outcome(iam.list_users),
        "CreateUser": outcome(iam.create_user, UserName="bob"),
    } == {
        "GetCallerIdentity": "ok",
        "AssumeRole": "ok",
        "GetSessionToken": "AccessDenied",
        "GetFederationToken": "AccessDenied",
        "GetAccessKeyInfo": "AccessDenied",
        "ListUsers": "ok" if mfa else "InvalidClientTokenId",
        "CreateUser": "ok" if mfa else "InvalidClientTokenId",
    }


@pytest.mark.usefixtures("device")
@pytest.mark.parametrize(
    ("condition", "key", "plain", "with_mfa"),
    [
        ({"Bool": {"aws:MultiFactorAuthPresent": "true"}}, False, False, True),
        ({"Bool": {"aws:MultiFactorAuthPresent": "false"}}, False, True, False),
        ({"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}}, True, True, False),
        ({"Null": {"aws:MultiFactorAuthPresent": "true"}}, True, False, False),
        ({"NumericLessThan": {"aws:MultiFactorAuthAge": "60"}}, False, False, True),
        ({"Null": {"aws:TokenIssueTime": "false"}}, False, True, True),
    ],
)
def test_mfa_conditions(tenant: Tenant, condition: Any, key: bool, plain: bool, with_mfa: bool) -> None:
    """Asked of AssumeRole, which sessions without MFA may call too."""
    long_term = tenant.user("ada", document(allow("sts:AssumeRole", **condition)))
    role(tenant, "app", trust(tenant.account_id))
    sts = tenant.client("sts", long_term)
    callers = {
        "key": long_term,
        "plain": sts.get_session_token()["Credentials"],
        "with_mfa": sts.get_session_token(**MFA)["Credentials"],
    }
    found = {name: outcome(assume, tenant.client("sts", each), tenant) for name, each in callers.items()}
    wanted = {"key": key, "plain": plain, "with_mfa": with_mfa}
    assert found == {name: "ok" if allowed else "AccessDenied" for name, allowed in wanted.items()}


FEDERATED = {
    "GetCallerIdentity": "ok",
    "AssumeRole": "AccessDenied",
    "GetSessionToken": "AccessDenied",
    "GetFederationToken": "AccessDenied",
    "ListUsers": "InvalidClientTokenId",
    "CreateAccessKey": "InvalidClientTokenId",
}


@pytest.mark.parametrize("caller", ["user", "root"])
def test_what_a_federated_users_session_is_good_for(tenant: Tenant, caller: str) -> None:
    role(tenant, "app", trust(tenant.account_id))
    sts = root_client(tenant, "sts") if caller == "root" else tenant.client("sts", tenant.user("ada", ANYTHING))
    made = sts.get_federation_token(Name="bob", Policy=ANYTHING, Tags=tags(team="red"))
    arn, ident = f"arn:aws:sts::{tenant.account_id}:federated-user/bob", f"{tenant.account_id}:bob"
    assert made["FederatedUser"] == {"FederatedUserId": ident, "Arn": arn}
    iam, sts = tenant.client("iam", made["Credentials"]), tenant.client("sts", made["Credentials"])
    who = sts.get_caller_identity()
    assert (who["Arn"], who["UserId"]) == (arn, ident)
    assert {
        "GetCallerIdentity": outcome(sts.get_caller_identity),
        "AssumeRole": outcome(assume, sts, tenant),
        "GetSessionToken": outcome(sts.get_session_token),
        "GetFederationToken": outcome(sts.get_federation_token, Name="ada"),
        "ListUsers": outcome(iam.list_users),
        "CreateAccessKey": outcome(iam.create_access_key),
    } == FEDERATED


def test_federation_needs_permission(tenant: Tenant) -> None:
    arn = f"arn:aws:sts::{tenant.account_id}:federated-user/bob"
    sts = tenant.client("sts", tenant.user("ada", document(allow("sts:GetFederationToken", arn))))
    assert sts.get_federation_token(Name="bob")
    with refused("AccessDenied", "sts:GetFederationToken"):
        sts.get_federation_token(Name="eve")
    with refused("AccessDenied", "sts:TagSession"):
        sts.get_federation_token(Name="bob", Tags=tags(team="red"))


@pytest.mark.parametrize("operation", ["get_session_token", "get_federation_token"])
def test_sessions_of_roles_mint_no_users_sessions(tenant: Tenant, operation: str) -> None:
    sts = tenant.client("sts", assume(ada_and_app(tenant), tenant))
    members = {"Name": "bob", "Policy": ANYTHING} if operation == "get_federation_token" else {}
    with refused("AccessDenied", "with session credentials"):
        getattr(sts, operation)(**members)


def test_a_restricted_session_mints_nothing_that_exceeds_it(tenant: Tenant) -> None:
    """A key for its own user is the only lasting thing the policy leaves open, and a session of a role has no user."""
    only = document(allow(["iam:CreateAccessKey", "iam:ListUsers"]))
    sts = ada_and_app(tenant)
    iam = tenant.client("iam", assume(sts, tenant, Policy=only))
    with refused("ValidationError", "Must specify userName"):
        iam.create_access_key()
    with refused("AccessDenied", "session policy"):
        iam.create_login_profile(UserName="admin", Password="Correct-horse-8")
    narrow = tenant.client("iam", assume(sts, tenant, Policy=document(allow("iam:ListUsers"))))
    for call, members in (
        (narrow.create_access_key, {"UserName": "admin"}),
        (narrow.update_assume_role_policy, {"RoleName": "app", "PolicyDocument": trust("*")}),
        (narrow.put_role_policy, {"RoleName": "app", "PolicyName": "p", "PolicyDocument": ANYTHING}),
        (narrow.attach_user_policy, {"UserName": "ada", "PolicyArn": "arn:aws:iam::aws:policy/AdministratorAccess"}),
    ):
        with refused("AccessDenied", "session policy"):
            call(**members)


@pytest.mark.parametrize("asked", ["get_session_token", "get_federation_token"])
@pytest.mark.parametrize("ending", ["inactive", "deleted"])
def test_a_users_session_ends_with_the_key_that_asked(tenant: Tenant, asked: str, ending: str) -> None:
    key = tenant.user("ada", ANYTHING)
    members = {"Name": "bob"} if asked == "get_federation_token" else {}
    credentials = getattr(tenant.client("sts", key), asked)(**members)["Credentials"]
    sts = tenant.client("sts", credentials)
    assert sts.get_caller_identity()
    given = {"user_name": "ada", "access_key_id": key["AccessKeyId"]}
    if ending == "inactive":
        tenant.run("iam:UpdateAccessKey", **given, status="Inactive")
    else:
        tenant.run("iam:DeleteAccessKey", **given)
    with refused("InvalidClientTokenId"):
        sts.get_caller_identity()


@pytest.mark.parametrize(
    ("caller", "asked", "seconds"),
    [("user", None, 43_200), ("user", 129_600, 129_600), ("user", 900, 900), ("root", None, 3_600), ("root", 900, 900)],
)
@pytest.mark.parametrize("operation", ["get_session_token", "get_federation_token"])
def test_durations(tenant: Tenant, operation: str, caller: str, asked: int | None, seconds: int) -> None:
    sts = root_client(tenant, "sts") if caller == "root" else tenant.client("sts", tenant.user("ada", ANYTHING))
    members: dict[str, Any] = {"Name": "bob"} if operation == "get_federation_token" else {}
    made = getattr(sts, operation)(**members, **({"DurationSeconds": asked} if asked else {}))
    left = (made["Credentials"]["Expiration"] - datetime.now(UTC)).total_seconds()
    assert seconds - 5 <= left <= seconds


def test_the_account_of_a_key(tenant: Tenant, app: Any) -> None:
    there = open_account(app)
    sts = tenant.client("sts")
    credentials = sts.get_session_token()["Credentials"]
    assert sts.get_access_key_info(AccessKeyId=credentials["AccessKeyId"])["Account"] == tenant.account_id
    foreign = there.admin_key["AccessKeyId"]
    assert sts.get_access_key_info(AccessKeyId=foreign)["Account"] == there.account_id
    for unknown in ("AKIA1111111111111111", "x" * 16):
        with refused("ValidationError", "names no account"):
            sts.get_access_key_info(AccessKeyId=unknown)


@pytest.mark.usefixtures("device")
def test_no_session_mints_a_bearer_token(tenant: Tenant) -> None:
    role_session = assume(ada_and_app(tenant), tenant)
    user_session = tenant.client("sts").get_session_token(**MFA)["Credentials"]
    for key in (role_session, user_session):
        answer = Rest(tenant.app, key).post("/tokens")
        assert (answer.status, answer.code) == (403, "AccessDenied")
        assert "with temporary credentials" in answer.body["detail"]


def test_what_a_bearer_token_may_not_do(tenant: Tenant) -> None:
    token = Rest(tenant.app, tenant.admin_key).post("/tokens").body["Token"]
    for path, body in (("/sts/session-token", {}), ("/sts/federation-token", {"Name": "bob"})):
        answer = Rest(tenant.app, headers={"Authorization": f"Bearer {token}"}).post(path, body)
        assert (answer.status, answer.code) == (403, "AccessDenied")
        assert "with session credentials" in answer.body["detail"]
