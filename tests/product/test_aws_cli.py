"""The unchanged aws CLI against the product: the README's five minutes, faults, waiters, other regions."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.product import Product

pytestmark = pytest.mark.slow


class Aws:
    """The aws CLI with a key of its own."""

    def __init__(self, endpoint: str, key: dict[str, str], *, region: str = "us-east-1") -> None:
        self._environment = {
            "PATH": os.environ["PATH"],
            "HOME": "/nonexistent",
            "AWS_ENDPOINT_URL": endpoint,
            "AWS_REGION": region,
            "AWS_DEFAULT_REGION": region,
            "AWS_ACCESS_KEY_ID": key["AccessKeyId"],
            "AWS_SECRET_ACCESS_KEY": key["SecretAccessKey"],
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_MAX_ATTEMPTS": "1",
        }

    def __call__(self, *words: str) -> Any:
        """Run a command that succeeds; gives what it prints."""
        done = self._run(*words)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout) if done.stdout.strip() else None

    def refused(self, *words: str) -> str:
        """Run a command that AWS's CLI would report as refused; gives its message."""
        done = self._run(*words)
        assert done.returncode in (254, 255), (done.stdout, done.stderr)  # version 2 of the CLI, version 1
        return done.stderr.strip()

    def _run(self, *words: str) -> subprocess.CompletedProcess[str]:
        command = [str(Path(sys.executable).with_name("aws")), *words, "--output", "json"]
        return subprocess.run(command, env=self._environment, capture_output=True, text=True, check=False, timeout=60)


@pytest.fixture(scope="module")
def made(tables: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Product, dict[str, Any]]]:
    with Product(tmp_path_factory.mktemp("product"), processes=1) as product:
        bootstrapped = product.bootstrap("cli")
        product.start()
        yield product, bootstrapped


def test_the_five_minutes_of_the_readme(made: tuple[Product, dict[str, Any]]) -> None:
    product, account = made
    admin = Aws(product.url, account["Admin"])
    assert admin("sts", "get-caller-identity")["Arn"] == account["Admin"]["Arn"]
    user = admin("iam", "create-user", "--user-name", "ada")["User"]
    ada = Aws(product.url, admin("iam", "create-access-key", "--user-name", "ada")["AccessKey"], region="eu-west-1")
    assert ada.refused("iam", "list-users").startswith(
        f"An error occurred (AccessDenied) when calling the ListUsers operation: User: {user['Arn']} is not authorized "
        f"to perform: iam:ListUsers on resource: arn:aws:iam::{account['AccountId']}:user/ "
        "because no identity-based policy allows the iam:ListUsers action"
    )
    document = {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Action": "iam:ListUsers", "Resource": "*"},
            {
                "Effect": "Deny",
                "Action": "iam:*",
                "Resource": "*",
                "Condition": {"NotIpAddress": {"aws:SourceIp": "127.0.0.0/8"}},
            },
        ],
    }
    words = ("iam", "put-user-policy", "--user-name", "ada", "--policy-name", "list", "--policy-document")
    admin(*words, json.dumps(document))
    assert {each["UserName"] for each in ada("iam", "list-users")["Users"]} >= {"ada", "admin"}
    document["Statement"][1]["Condition"] = {"IpAddress": {"aws:SourceIp": "127.0.0.0/8"}}
    admin(*words, json.dumps(document))
    assert "with an explicit deny in an identity-based policy" in ada.refused("iam", "list-users")


def test_a_whole_life_with_waiters_and_conflicts(made: tuple[Product, dict[str, Any]]) -> None:
    product, account = made
    aws = Aws(product.url, account["Admin"], region="eu-west-1")
    trust = json.dumps(
        {
            "Version": "2012-10-17",
            "Statement": [
                {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}
            ],
        }
    )
    allow = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]})
    aws("iam", "create-role", "--role-name", "app", "--assume-role-policy-document", trust)
    aws("iam", "create-instance-profile", "--instance-profile-name", "app")
    arn = aws("iam", "create-policy", "--policy-name", "p", "--policy-document", allow)["Policy"]["Arn"]
    aws("iam", "wait", "role-exists", "--role-name", "app")
    aws("iam", "wait", "instance-profile-exists", "--instance-profile-name", "app")
    aws("iam", "wait", "policy-exists", "--policy-arn", arn)
    aws("iam", "wait", "user-exists", "--user-name", "admin")
    aws("iam", "attach-role-policy", "--role-name", "app", "--policy-arn", arn)
    aws("iam", "add-role-to-instance-profile", "--instance-profile-name", "app", "--role-name", "app")
    for number in range(5):
        aws("iam", "create-user", "--user-name", f"page-{number}", "--tags", "Key=team,Value=red")
    pages = aws("iam", "list-users", "--page-size", "2")["Users"]
    assert sum(each["UserName"].startswith("page-") for each in pages) == 5
    details = aws("iam", "get-account-authorization-details", "--filter", "Role", "LocalManagedPolicy")
    assert [role["RoleName"] for role in details["RoleDetailList"]] == ["app"]
    for words, code in [
        (("delete-role", "--role-name", "app"), "DeleteConflict"),
        (("delete-policy", "--policy-arn", arn), "DeleteConflict"),
        (("delete-instance-profile", "--instance-profile-name", "app"), "DeleteConflict"),
        (("get-user", "--user-name", "nobody"), "NoSuchEntity"),
        (("create-user", "--user-name", "PAGE-1"), "EntityAlreadyExists"),
    ]:
        assert f"({code})" in aws.refused("iam", *words)
    aws("iam", "remove-role-from-instance-profile", "--instance-profile-name", "app", "--role-name", "app")
    aws("iam", "detach-role-policy", "--role-name", "app", "--policy-arn", arn)
    aws("iam", "delete-instance-profile", "--instance-profile-name", "app")
    aws("iam", "delete-role", "--role-name", "app")
    aws("iam", "delete-policy", "--policy-arn", arn)


def test_a_wrong_key_is_told_as_aws_tells_it(made: tuple[Product, dict[str, Any]]) -> None:
    product, account = made
    wrong = account["Admin"] | {"SecretAccessKey": "w" * 40}
    said = Aws(product.url, wrong).refused("iam", "list-users")
    assert "(SignatureDoesNotMatch)" in said
    assert "Check your AWS Secret Access Key and signing method" in said
    absent = account["Admin"] | {"AccessKeyId": "AKIAABSENTABSENT1234"}
    said = Aws(product.url, absent).refused("iam", "list-users")
    assert said.endswith(
        "(InvalidClientTokenId) when calling the ListUsers operation: "
        "The security token included in the request is invalid."
    )
