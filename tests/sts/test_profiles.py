"""Profiles of unchanged AWS clients: botocore obtains the credentials of a role by itself."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import botocore.session
import pytest

from tests.federation.conftest import believed
from tests.federation.conftest import idp as idp  # a fixture
from tests.federation.idp import AUDIENCE, Idp
from tests.mfa.conftest import ada as ada  # a fixture
from tests.mfa.conftest import empty_cache as empty_cache  # a fixture
from tests.mfa.conftest import phone as phone  # a fixture
from tests.mfa.devices import Phone
from tests.query.aws import ANYTHING
from tests.sts.sessions import role, role_arn, trust, user_arn
from tests.support import inprocess
from tests.support.tenants import Tenant


def session_of(tenant: Tenant, path: Path, profile: str, text: str, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A botocore session of a profile, whose requests end in the application."""
    (path / "config").write_text(text)
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(path / "config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(path / "none"))
    monkeypatch.setenv("AWS_ENDPOINT_URL", inprocess.ENDPOINT)
    session = botocore.session.Session(profile=profile)

    def send(request: Any, **_kwargs: Any) -> Any:
        body = request.body or b""
        body = body.encode() if isinstance(body, str) else body
        return inprocess.request(tenant.app, request.method, request.url, dict(request.headers), body)

    session.register("before-send", send)
    return session


def who(session: Any) -> str:
    arn: str = session.create_client("sts", region_name="us-east-1").get_caller_identity()["Arn"]
    return arn


def test_a_profile_with_a_role_and_a_chain_of_them(
    tenant: Tenant, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = tenant.user("ada")
    role(tenant, "app", trust(user_arn(tenant, "ada"), StringEquals={"sts:ExternalId": "x-1"}), ANYTHING)
    role(tenant, "next", trust(role_arn(tenant, "app")), ANYTHING)
    text = f"""
[profile ada]
aws_access_key_id = {key["AccessKeyId"]}
aws_secret_access_key = {key["SecretAccessKey"]}
[profile app]
region = us-east-1
role_arn = {role_arn(tenant, "app")}
source_profile = ada
external_id = x-1
role_session_name = from-a-profile
[profile next]
region = us-east-1
role_arn = {role_arn(tenant, "next")}
source_profile = app
role_session_name = hop
"""
    start = f"arn:aws:sts::{tenant.account_id}:assumed-role"
    assert who(session_of(tenant, tmp_path, "app", text, monkeypatch)) == f"{start}/app/from-a-profile"
    assert who(session_of(tenant, tmp_path, "next", text, monkeypatch)) == f"{start}/next/hop"


def test_a_profile_that_asks_for_a_code(phone: Phone, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tenant = phone.tenant
    key = tenant.key("ada")
    role(tenant, "app", trust(user_arn(tenant, "ada"), Bool={"aws:MultiFactorAuthPresent": "true"}), ANYTHING)
    text = f"""
[profile ada]
aws_access_key_id = {key["AccessKeyId"]}
aws_secret_access_key = {key["SecretAccessKey"]}
[profile app]
region = us-east-1
role_arn = {role_arn(tenant, "app")}
source_profile = ada
mfa_serial = {phone.serial_number}
role_session_name = with-a-code
"""
    asked: list[str] = []

    def prompter(question: str) -> str:
        asked.append(question)
        return phone.code()

    session = session_of(tenant, tmp_path, "app", text, monkeypatch)
    providers = session.get_component("credential_provider")
    providers.get_provider("assume-role")._prompter = prompter
    assert who(session) == f"arn:aws:sts::{tenant.account_id}:assumed-role/app/with-a-code"
    assert asked == [f"Enter MFA code for {phone.serial_number}: "]


def test_a_profile_with_a_token_file(tenant: Tenant, idp: Idp, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A workload's token, from a provider on loopback, as Kubernetes mounts one; by profile and by environment."""
    provider = believed(tenant, idp.url).arn
    name = provider.partition("/")[2]
    trusting = trust(
        {"Federated": provider},
        "sts:AssumeRoleWithWebIdentity",
        StringEquals={f"{name}:aud": AUDIENCE, f"{name}:sub": "ada"},
    )
    role(tenant, "app", trusting, ANYTHING)
    token = tmp_path / "token"
    token.write_text(idp.token())
    text = f"""
[profile app]
region = us-east-1
role_arn = {role_arn(tenant, "app")}
web_identity_token_file = {token}
role_session_name = from-a-file
[profile plain]
region = us-east-1
"""
    start = f"arn:aws:sts::{tenant.account_id}:assumed-role/app"
    assert who(session_of(tenant, tmp_path, "app", text, monkeypatch)) == f"{start}/from-a-file"
    monkeypatch.setenv("AWS_WEB_IDENTITY_TOKEN_FILE", str(token))
    monkeypatch.setenv("AWS_ROLE_ARN", role_arn(tenant, "app"))
    monkeypatch.setenv("AWS_ROLE_SESSION_NAME", "from-the-environment")
    session = session_of(tenant, tmp_path, "plain", text, monkeypatch)
    monkeypatch.delenv("AWS_PROFILE", raising=False)
    session.set_config_variable("profile", None)
    assert who(session) == f"{start}/from-the-environment"
