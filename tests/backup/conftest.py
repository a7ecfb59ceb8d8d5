"""An installation with people, policies and a trail; and empty machines to restore it on."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import boto3
import psycopg
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from tests.support.product import Product
from tests.support.servers import PostgresServer, postgres_programs

MASTER_KEY = "7a" * 32
ROOT_PASSWORD = "Canary-of-root-41"
SERVICES = ("iam", "sts")
QUESTIONS = [
    (action, resource)
    for action in ("s3:GetObject", "s3:PutObject", "iam:ListUsers", "sqs:SendMessage")
    for resource in ("arn:aws:s3:::reports/q1", "arn:aws:s3:::payroll/may", "*")
]
POLICIES = {
    "ada": [{"Effect": "Allow", "Action": "s3:*", "Resource": "arn:aws:s3:::reports/*"}],
    "grace": [
        {"Effect": "Allow", "Action": ["s3:*", "iam:List*"], "Resource": "*"},
        {"Effect": "Deny", "Action": "s3:*", "Resource": "arn:aws:s3:::payroll/*"},
    ],
    "alan": [],
}


def client(product: Product, key: dict[str, str], service: str = "iam") -> Any:
    return boto3.client(
        service,
        endpoint_url=product.url,
        region_name="us-east-1",
        aws_access_key_id=key["AccessKeyId"],
        aws_secret_access_key=key["SecretAccessKey"],
        config=Config(retries={"max_attempts": 0}),
    )


class Machines:
    """Machines without a product on them yet: a folder each and, where the run is for PostgreSQL, a database each."""

    def __init__(self, place: Path, server: PostgresServer | None) -> None:
        self._place, self._server, self._count = place, server, 0

    def fresh(self, **environment: str) -> Product:
        self._count += 1
        given = {"IAM_MASTER_KEY": MASTER_KEY, "IAM_BOOTSTRAP_ROOT_PASSWORD": ROOT_PASSWORD, **environment}
        if self._server is not None:
            name = f"machine{self._count}"
            with psycopg.connect(self._server.url, autocommit=True) as connection:
                connection.execute(f"CREATE DATABASE {name}")
            given["DATABASE_URL"] = self._server.url.replace("/postgres?", f"/{name}?")
            given["PATH"] = f"{postgres_programs()}{os.pathsep}{os.environ['PATH']}"
        place = self._place / f"machine{self._count}"
        place.mkdir()
        return Product(place, processes=1, **given)


@pytest.fixture(scope="package")
def machines(tables: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machines]:
    """On the kind of database that this run of the suite is for."""
    with ExitStack() as stack:
        server = stack.enter_context(PostgresServer(fresh=True)) if os.environ.get("TEST_WITH") == "postgres" else None
        yield Machines(tmp_path_factory.mktemp("machines"), server)


@dataclass
class Installation:
    """A product with an account, its keys by user, and what it answered before its backup was taken."""

    product: Product
    account: dict[str, Any]
    keys: dict[str, dict[str, str]] = field(default_factory=dict)
    token: str = ""
    answers: dict[str, Any] = field(default_factory=dict)
    backup: Path = Path()

    def populate(self) -> None:
        iam = client(self.product, self.account["Admin"])
        for name, statements in POLICIES.items():
            iam.create_user(UserName=name)
            if statements:
                document = json.dumps({"Version": "2012-10-17", "Statement": statements})
                made = iam.create_policy(PolicyName=f"of-{name}", PolicyDocument=document)["Policy"]
                iam.attach_user_policy(UserName=name, PolicyArn=made["Arn"])
            self.keys[name] = iam.create_access_key(UserName=name)["AccessKey"]
        changed = iam.tag_user(UserName="ada", Tags=[{"Key": "team", "Value": "blue"}])
        self.token = changed["ResponseMetadata"]["HTTPHeaders"]["x-iam-consistency-token"]


def answers(product: Product, installation: Installation) -> dict[str, Any]:
    """Who everybody's key says he is, what he may do himself, and what he would be allowed to."""
    iam = client(product, installation.account["Admin"])
    found: dict[str, Any] = {}
    for name, key in installation.keys.items():
        arn = client(product, key, "sts").get_caller_identity()["Arn"]
        found[name] = arn, _may_list(product, key), [_simulated(iam, arn, *question) for question in QUESTIONS]
    return found


def _may_list(product: Product, key: dict[str, str]) -> str:
    try:
        client(product, key).list_users()
        return "listed"
    except ClientError as refused:
        code: str = refused.response["Error"]["Code"]
        return code


def _simulated(iam: Any, arn: str, action: str, resource: str) -> str:
    asked = iam.simulate_principal_policy(PolicySourceArn=arn, ActionNames=[action], ResourceArns=[resource])
    decision: str = asked["EvaluationResults"][0]["EvalDecision"]
    return decision


@pytest.fixture(scope="package")
def installation(machines: Machines, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """With a backup that was taken while it was running."""
    with machines.fresh() as product:
        made = Installation(product, product.bootstrap("origin"))
        product.start()
        made.populate()
        product.manage("audit", "checkpoint", "--all")
        made.answers = answers(product, made)
        made.backup = tmp_path_factory.mktemp("backups") / "iam.tar"
        product.manage("backup", str(made.backup))
        yield made


@pytest.fixture
def refused() -> Callable[..., str]:
    """What a command says that is refused."""

    def run(product: Product, *words: str) -> str:
        with pytest.raises(subprocess.CalledProcessError) as failed:
            product.manage(*words)
        said: str = failed.value.stderr
        assert "Traceback" not in said
        return said

    return run
