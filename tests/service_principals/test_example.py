"""docs/examples/reports.py beside the running product: who may call it, what may be passed to it, what it may do."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from typing import Any

import boto3
import pytest

from tests.decisions.test_examples import EXAMPLES, ROOT, fetch, served
from tests.decisions.wire import signed
from tests.query.aws import allow, document, trusting
from tests.support.product import Product, free_port

pytestmark = pytest.mark.slow
ACTIONS = [{"Name": "CreateReport", "AccessLevel": "Write"}, {"Name": "ReadReport", "AccessLevel": "Read"}]
CALLING = allow("reports:*")


class Account:
    """The administrator's view of the product, through its REST and Query doors."""

    def __init__(self, url: str, made: dict[str, Any]) -> None:
        self.url, self.admin = url, made["Admin"]
        self.sts, self.iam = (self.client(service, self.admin) for service in ("sts", "iam"))
        self.id = self.sts.get_caller_identity()["Account"]
        self.name = f"reports.{self.id}.iamconsole"

    def client(self, service: str, key: dict[str, str]) -> Any:
        session = boto3.Session(key["AccessKeyId"], key["SecretAccessKey"], region_name="us-east-1")
        return session.client(service, endpoint_url=self.url)

    def rest(self, path: str, body: Any) -> Any:
        status, content = send(self.admin, "POST", f"{self.url}/api/v1{path}", body, service="iam")
        assert status == 201, content
        return content

    def user(self, name: str, *statements: dict[str, Any]) -> dict[str, str]:
        self.iam.create_user(UserName=name)
        self.iam.put_user_policy(UserName=name, PolicyName="p", PolicyDocument=document(CALLING, *statements))
        return dict(self.iam.create_access_key(UserName=name)["AccessKey"])

    def role(self, name: str, **condition: Any) -> str:
        trust = json.loads(trusting({"Service": self.name}))
        trust["Statement"][0]["Condition"] = condition
        made = self.iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(trust))
        self.iam.put_role_policy(RoleName=name, PolicyName="p", PolicyDocument=document(allow("iam:ListUsers")))
        return str(made["Role"]["Arn"])


def send(key: dict[str, str], method: str, url: str, body: Any = None, *, service: str = "reports") -> tuple[int, Any]:
    content = b"" if body is None else json.dumps(body).encode()
    headers = signed(key, method, url, content, {"Content-Type": "application/json"}, service=service)
    status, _, answer = fetch(url, headers, method, content)
    return status, json.loads(answer)


@pytest.fixture(scope="module")
def account(tables: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Account]:
    product = Product(tmp_path_factory.mktemp("product"), processes=1)
    made = product.bootstrap("reports")
    with product:
        product.start()
        yield Account(product.url, made)


@pytest.fixture(scope="module")
def reports(account: Account) -> Iterator[str]:
    """The service, registered, with a key of its own."""
    account.rest("/services", {"ServicePrefix": "reports", "ServiceName": "Reports", "Actions": ACTIONS})
    key = account.rest("/services/reports/access-keys", None)["AccessKey"]
    port = free_port()
    environment = os.environ | {
        "IAM_URL": account.url,
        "IAM_ACCOUNT_ID": account.id,
        "AWS_ACCESS_KEY_ID": key["AccessKeyId"],
        "AWS_SECRET_ACCESS_KEY": key["SecretAccessKey"],
        "PORT": str(port),
        "PYTHONPATH": str(ROOT),
    }
    with served([sys.executable, str(EXAMPLES / "reports.py")], port, env=environment) as url:
        yield url


def test_from_handing_a_role_over_to_acting_by_it(account: Account, reports: str) -> None:
    source = {"StringEquals": {"aws:SourceAccount": account.id}}
    daily = {"ArnEquals": {"aws:SourceArn": f"arn:aws:reports::{account.id}:report/daily"}}
    role, narrow = account.role("app", **source), account.role("narrow", **source, **daily)
    to_it = {"StringEquals": {"iam:PassedToService": account.name}}
    ada = account.user("ada", allow("iam:PassRole", "*", **to_it))
    bob = account.user("bob")
    eve = account.user("eve", allow("iam:PassRole", "*", StringEquals={"iam:PassedToService": "ec2.amazonaws.com"}))
    for number, key in enumerate((bob, eve)):
        status, said = send(key, "POST", f"{reports}/r{number}", {"role": role})
        assert (status, "iam:PassRole" in said["reason"]) == (403, True), said
        assert send(key, "GET", f"{reports}/r{number}")[0] == 404
    status, said = send(ada, "POST", f"{reports}/daily", {"role": role})
    assert (status, said["for"]) == (201, "ada")
    users = {"users": len(account.iam.list_users()["Users"])}
    assert send(ada, "GET", f"{reports}/daily") == (200, users)
    assert send(bob, "GET", f"{reports}/daily") == (200, users)  # who needs no more than ReadReport

    # A role for one report is of no use to another, whoever passed it.
    for name, expected in (("daily", 200), ("weekly", 502)):
        assert send(ada, "POST", f"{reports}/{name}", {"role": narrow})[0] == 201
        status, said = send(ada, "GET", f"{reports}/{name}")
        assert status == expected, said


def test_who_may_not_call(account: Account, reports: str) -> None:
    account.iam.create_user(UserName="nobody")
    key = account.iam.create_access_key(UserName="nobody")["AccessKey"]
    assert send(key, "GET", f"{reports}/daily")[0] == 403
    assert fetch(f"{reports}/daily")[0] == 401
    assert send(account.admin, "GET", f"{reports}/daily", service="orders")[0] == 401


def test_a_role_for_somebody_else(account: Account, reports: str) -> None:
    """The service is trusted for another account's reports alone: it cannot be talked into using the role."""
    role = account.role("theirs", StringEquals={"aws:SourceAccount": "999999999999"})
    assert send(account.admin, "POST", f"{reports}/theirs", {"role": role})[0] == 201
    status, said = send(account.admin, "GET", f"{reports}/theirs")
    assert (status, "AccessDenied" in said["reason"]) == (502, True)
