"""Temporary credentials over the wire: every operation of STS by a stock boto3, and a profile with a process."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from tests.support.product import ROOT, Product

pytestmark = pytest.mark.slow
PROCESS = ROOT / "docs" / "examples" / "credential_process.py"


@pytest.fixture(scope="module")
def made(tables: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Product, dict[str, Any]]]:
    with Product(tmp_path_factory.mktemp("product"), processes=1) as product:
        bootstrapped = product.bootstrap("sts")
        product.start()
        yield product, bootstrapped


def client(service: str, product: Product, key: dict[str, str]) -> Any:
    return boto3.client(
        service,
        endpoint_url=product.url,
        region_name="us-east-1",
        aws_access_key_id=key["AccessKeyId"],
        aws_secret_access_key=key["SecretAccessKey"],
        aws_session_token=key.get("SessionToken"),
    )


def role(product: Product, account: dict[str, Any], name: str) -> str:
    trusted = {"Effect": "Allow", "Principal": {"AWS": account["Admin"]["Arn"]}, "Action": "sts:AssumeRole"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [trusted]})
    iam = client("iam", product, account["Admin"])
    arn: str = iam.create_role(RoleName=name, AssumeRolePolicyDocument=document)["Role"]["Arn"]
    return arn


def outcome(call: Any, **members: Any) -> str:
    try:
        call(**members)
    except ClientError as refusal:
        return str(refusal.response["Error"]["Code"])
    return "ok"


def test_every_operation_of_sts_answers(made: tuple[Product, dict[str, Any]]) -> None:
    """One that is refused is refused for a reason of STS: no organization, no such provider, a token that is none."""
    product, account = made
    app = role(product, account, "app")
    client("iam", product, account["Admin"]).enable_outbound_web_identity_federation()
    sts = client("sts", product, account["Admin"])
    token = {"RoleArn": app, "RoleSessionName": "me", "WebIdentityToken": "none"}
    root = {"TargetPrincipal": account["AccountId"], "TaskPolicyArn": {"arn": "arn:aws:iam::aws:policy/root-task/x"}}
    saml = {"RoleArn": app, "PrincipalArn": app.replace("role/app", "saml-provider/none"), "SAMLAssertion": "bm9uZQ=="}
    jwt = {"Audience": ["https://example.com"], "SigningAlgorithm": "RS256"}
    outcomes = {
        "AssumeRole": outcome(sts.assume_role, RoleArn=app, RoleSessionName="me"),
        "AssumeRoleWithSAML": outcome(sts.assume_role_with_saml, **saml),
        "AssumeRoleWithWebIdentity": outcome(sts.assume_role_with_web_identity, **token),
        "AssumeRoot": outcome(sts.assume_root, **root),
        "DecodeAuthorizationMessage": outcome(sts.decode_authorization_message, EncodedMessage="none"),
        "GetAccessKeyInfo": outcome(sts.get_access_key_info, AccessKeyId=account["Admin"]["AccessKeyId"]),
        "GetCallerIdentity": outcome(sts.get_caller_identity),
        "GetDelegatedAccessToken": outcome(sts.get_delegated_access_token, TradeInToken="none"),
        "GetFederationToken": outcome(sts.get_federation_token, Name="bob"),
        "GetSessionToken": outcome(sts.get_session_token),
        "GetWebIdentityToken": outcome(sts.get_web_identity_token, **jwt),
    }
    assert set(outcomes) == set(sts.meta.service_model.operation_names)
    assert outcomes == {
        "AssumeRole": "ok",
        "AssumeRoleWithSAML": "InvalidIdentityToken",
        "AssumeRoleWithWebIdentity": "InvalidIdentityToken",
        "AssumeRoot": "AccessDenied",
        "DecodeAuthorizationMessage": "InvalidAuthorizationMessageException",
        "GetAccessKeyInfo": "ok",
        "GetCallerIdentity": "ok",
        "GetDelegatedAccessToken": "ExpiredTradeInTokenException",
        "GetFederationToken": "ok",
        "GetSessionToken": "ok",
        "GetWebIdentityToken": "ok",
    }


@pytest.mark.parametrize("path", ["/", "/api/v1/users"])
def test_answers_tell_the_time(made: tuple[Product, dict[str, Any]], path: str) -> None:
    """By which clients whose clock is off correct themselves, refused as they are."""
    try:
        headers = urllib.request.urlopen(f"{made[0].url}{path}", timeout=10).headers
    except urllib.error.HTTPError as refused:
        headers = refused.headers
    off = parsedate_to_datetime(headers["Date"]) - datetime.now(UTC)
    assert abs(off.total_seconds()) < 60


def test_a_profile_with_a_process(made: tuple[Product, dict[str, Any]], tmp_path: Path) -> None:
    product, account = made
    key, config = account["Admin"], tmp_path / "config"
    config.write_text(f"""
[profile base]
region = us-east-1
aws_access_key_id = {key["AccessKeyId"]}
aws_secret_access_key = {key["SecretAccessKey"]}
[profile app]
region = us-east-1
credential_process = {sys.executable} {PROCESS} {role(product, account, "process")} base
""")
    environment = {
        "PATH": os.environ["PATH"],
        "AWS_ENDPOINT_URL": product.url,
        "AWS_CONFIG_FILE": str(config),
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    }
    show = "import boto3; print(boto3.Session(profile_name='app').client('sts').get_caller_identity()['Arn'])"
    done = subprocess.run([sys.executable, "-c", show], env=environment, capture_output=True, text=True, check=False)
    arn = f"arn:aws:sts::{account['AccountId']}:assumed-role/process/credential-process"
    assert (done.stdout.strip(), done.returncode) == (arn, 0), done.stderr
