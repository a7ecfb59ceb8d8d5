"""Session tokens: required, bound to their key, sealed, over in time; and who is gone has no session."""

from __future__ import annotations

import zlib
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import pytest
from botocore.auth import SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.exceptions import ClientError
from django.conf import settings

from accounts.sts import tokens
from iamconsole.kernel.errors import InvalidClientTokenId
from iamconsole.kernel.sessions import Session, SessionKind
from iamconsole.sealing import KeyRing, Sealer
from tests.query import wire
from tests.query.aws import ANYTHING, refused
from tests.sts.sessions import ada_and_app, assume, role, trust, user_arn
from tests.support.tenants import Tenant, open_account

NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)


def of_role(tenant: Tenant, *, expires: timedelta = timedelta(hours=1), principal: str = "") -> dict[str, str]:
    """Credentials made for role app by hand."""
    role_id = tenant.run("iam:GetRole", role_name="app").role.role_id
    now = datetime.now(UTC)
    session = Session(SessionKind.ROLE, tenant.account_id, principal or role_id, now, now + expires, name="me")
    secret = "s" * 40
    token = tokens.issue(session, access_key_id="ASIAXXXXXXXXXXXXXXXX", secret=secret)
    return {"AccessKeyId": "ASIAXXXXXXXXXXXXXXXX", "SecretAccessKey": secret, "SessionToken": token}


def broken(token: str, at: int) -> str:
    return token[:at] + ("A" if token[at] != "A" else "B") + token[at + 1 :]


def refusal(tenant: Tenant, key: dict[str, Any]) -> str:
    try:
        tenant.client("iam", key).list_users()
    except ClientError as refused_with:
        return str(refused_with.response["Error"]["Code"])
    return "accepted"


def test_every_way_to_present_the_wrong_token(tenant: Tenant) -> None:
    sts = ada_and_app(tenant)
    mine, other = assume(sts, tenant), assume(sts, tenant)
    token = mine["SessionToken"]
    wrong = {
        "none": mine | {"SessionToken": None},
        "another session's": mine | {"SessionToken": other["SessionToken"]},
        "another session's key": mine | {"AccessKeyId": other["AccessKeyId"]},
        "cut": mine | {"SessionToken": token[:-10]},
        "longer": mine | {"SessionToken": token + "A"},
        "huge": mine | {"SessionToken": token + "A" * 9000},
        "no token": mine | {"SessionToken": "none"},
        "on a long-term key": tenant.key("ada") | {"SessionToken": token},
        **{f"altered at {at}": mine | {"SessionToken": broken(token, at)} for at in range(0, len(token), 23)},
    }
    seen = {name: refusal(tenant, key) for name, key in wrong.items()}
    assert seen == dict.fromkeys(wrong, "InvalidClientTokenId")
    with refused("SignatureDoesNotMatch"):
        tenant.client("iam", mine | {"SecretAccessKey": other["SecretAccessKey"]}).list_users()
    assert tenant.client("iam", mine).list_users()


def test_a_session_ends(tenant: Tenant) -> None:
    ada_and_app(tenant)
    assert tenant.client("iam", of_role(tenant)).list_users()
    with refused("ExpiredToken", "The security token included in the request is expired"):
        tenant.client("iam", of_role(tenant, expires=timedelta(seconds=-1))).list_users()


def test_a_token_lives_through_a_change_of_master_keys(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    old, new = KeyRing("old", {"old": b"o" * 32}), KeyRing("new", {"new": b"n" * 32, "old": b"o" * 32})
    session = Session(SessionKind.ROLE, "123456789012", "AROAXXXXXXXXXXXXXXXXX", NOW, NOW + timedelta(hours=1), "me")
    monkeypatch.setattr(tokens, "sealer", lambda: Sealer(old))
    token = tokens.issue(session, access_key_id="ASIAOLD", secret="s")
    monkeypatch.setattr(tokens, "opener", lambda: Sealer(new))
    assert tokens.opened("ASIAOLD", token) == session
    tokens.opened.cache_clear()
    monkeypatch.setattr(tokens, "opener", lambda: Sealer(KeyRing("new", {"new": b"n" * 32})))
    with pytest.raises(InvalidClientTokenId):
        tokens.opened("ASIAOLD", token)


@pytest.mark.django_db
def test_what_a_token_carries() -> None:
    session = Session(
        SessionKind.FEDERATED_USER,
        "123456789012",
        "AIDAXXXXXXXXXXXXXXXXX",
        NOW,
        NOW + timedelta(hours=1),
        name="ada",
        issuing_key="AKIAXXXXXXXXXXXXXXXX",
        policy=ANYTHING,
        policy_ids=("ANPAXXXXXXXXXXXXXXXXX",),
        tags={"team": "red"},
        transitive=("team",),
        source_identity="ada-at-work",
        mfa=NOW,
        provider={"idp:sub": "7"},
    )
    token = tokens.issue(session, access_key_id="ASIAX", secret="top-secret")
    assert tokens.opened("ASIAX", token) == session
    assert tokens.secret_of("ASIAX", token) == "top-secret"
    assert "secret" not in repr(tokens.opened("ASIAX", token))


@pytest.mark.django_db
def test_nothing_can_be_read_out_of_a_token() -> None:
    session = Session(SessionKind.ROLE, "123456789012", "AROAXXXXXXXXXXXXXXXXX", NOW, NOW + timedelta(hours=1), "me")
    token = tokens.issue(session, access_key_id="ASIAX", secret="canary" * 6)
    with pytest.raises(Exception, match="altered"):
        Sealer(settings.IAM_KEY_RING).open(token, bound_to=("session", "ASIAY"))
    sealed = Sealer(settings.IAM_KEY_RING).open(token, bound_to=("session", "ASIAX"))
    assert orjson.loads(zlib.decompress(sealed))["secret"] == "canary" * 6
    assert "canary" not in token


def test_a_role_that_is_made_again_has_no_sessions(tenant: Tenant) -> None:
    sts = ada_and_app(tenant)
    credentials = assume(sts, tenant)
    tenant.run("iam:DeleteRolePolicy", role_name="app", policy_name="p0")
    tenant.run("iam:DeleteRole", role_name="app")
    with refused("InvalidClientTokenId"):
        tenant.client("sts", credentials).get_caller_identity()
    role(tenant, "app", trust(user_arn(tenant, "ada")), ANYTHING)
    with refused("InvalidClientTokenId"):
        tenant.client("sts", credentials).get_caller_identity()


def test_a_user_that_is_made_again_is_not_trusted(tenant: Tenant) -> None:
    sts = ada_and_app(tenant)
    assert assume(sts, tenant)
    for key in tenant.run("iam:ListAccessKeys", user_name="ada").access_key_metadata:
        tenant.run("iam:DeleteAccessKey", user_name="ada", access_key_id=key.access_key_id)
    tenant.run("iam:DeleteUser", user_name="ada")
    again = tenant.client("sts", tenant.user("ada"))
    with refused("AccessDenied", "because no role trust policy allows"):
        assume(again, tenant)


def test_a_role_that_is_made_again_is_not_trusted(tenant: Tenant) -> None:
    sts = ada_and_app(tenant)
    arn = f"arn:aws:iam::{tenant.account_id}:role/app"
    role(tenant, "next", trust(arn))
    assert assume(tenant.client("sts", assume(sts, tenant)), tenant, "next")
    tenant.run("iam:DeleteRolePolicy", role_name="app", policy_name="p0")
    tenant.run("iam:DeleteRole", role_name="app")
    role(tenant, "app", trust(user_arn(tenant, "ada")))
    with refused("AccessDenied", "because no role trust policy allows"):
        assume(tenant.client("sts", assume(sts, tenant)), tenant, "next")


def test_a_session_of_another_accounts_principal(tenant: Tenant, app: Any) -> None:
    """The unique id counts within its account only."""
    there = open_account(app)
    ada_and_app(tenant)
    role(there, "app", trust(there.account_id))
    foreign = there.run("iam:GetRole", role_name="app").role.role_id
    with refused("InvalidClientTokenId"):
        tenant.client("sts", of_role(tenant, principal=foreign)).get_caller_identity()


@pytest.mark.parametrize("how", ["sessions", "policy"])
def test_revoking_sessions(tenant: Tenant, how: str) -> None:
    sts = ada_and_app(tenant)
    iam = tenant.client("iam", assume(sts, tenant))
    assert iam.list_users()
    if how == "sessions":
        tenant.run("iamconsole:RevokeRoleSessions", role_name="app")
        found = tenant.run("iam:GetRolePolicy", role_name="app", policy_name="AWSRevokeOlderSessions")
        assert "aws:TokenIssueTime" in found.policy_document
    else:
        tenant.run("iam:DeleteRolePolicy", role_name="app", policy_name="p0")
    with refused("AccessDenied"):
        iam.list_users()


def test_sessions_after_the_revocation_work(tenant: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    sts = ada_and_app(tenant)
    tenant.run("iamconsole:RevokeRoleSessions", role_name="app")
    later = datetime.now(UTC) + timedelta(seconds=2)
    monkeypatch.setattr("iamconsole.runtime.calls.clock.now", lambda: later)
    assert tenant.client("iam", assume(sts, tenant)).list_users()


def test_a_presigned_request_carries_its_token(tenant: Tenant) -> None:
    key = assume(ada_and_app(tenant), tenant)
    query = "Action=GetCallerIdentity&Version=2011-06-15"
    for token, status in ((key["SessionToken"], 200), (None, 403), (key["SessionToken"][:-1], 403)):
        request = AWSRequest(method="GET", url=f"{wire.URL}?{query}")
        credentials = Credentials(key["AccessKeyId"], key["SecretAccessKey"], token)
        SigV4QueryAuth(credentials, "sts", "us-east-1", expires=60).add_auth(request)
        answer = wire.send(tenant.app, request)
        assert answer.status == status, answer.text
        assert ("assumed-role/app/me" in answer.text) == (status == 200)


def test_when_a_role_was_last_used(tenant: Tenant, iam: Any) -> None:
    sts = ada_and_app(tenant)
    assert iam.get_role(RoleName="app")["Role"]["RoleLastUsed"] == {}
    tenant.client("sts", assume(sts, tenant)).get_caller_identity()
    used = iam.get_role(RoleName="app")["Role"]["RoleLastUsed"]
    assert used["Region"] == "us-east-1"
    assert datetime.now(UTC) - used["LastUsedDate"] < timedelta(minutes=1)
