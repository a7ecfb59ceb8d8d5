"""Two hosts that share a key call all the while, as it is replaced five times: no call fails."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.credentials import Credentials

from tests.support.product import PATIENCE, ROOT, Product

pytestmark = pytest.mark.slow
ROTATIONS = 5
TERMS = {"MaxAgeDays": 90, "OverlapSeconds": 1, "QuietSeconds": 1, "GraceSeconds": 1}
WORKER = """
import time
from iamconsole.celery import app
from iamconsole.interfaces.workers import rotation
app.conf.task_always_eager = True
while True:
    rotation.advance()
    time.sleep(0.3)
"""
Key = dict[str, str]


def send(product: Product, key: Key, method: str, path: str, body: Any = None) -> tuple[int, Any]:
    """A signed REST request."""
    url, data = f"{product.url}/api/v1{path}", json.dumps(body).encode() if body is not None else b""
    signed = AWSRequest(method=method, url=url, data=data, headers={"Content-Type": "application/json"})
    SigV4Auth(Credentials(key["AccessKeyId"], key["SecretAccessKey"]), "iam", "us-east-1").add_auth(signed)
    request = urllib.request.Request(url, data=data, method=method, headers=dict(signed.headers))
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.status, json.loads(answer.read() or "null")
    except urllib.error.HTTPError as refused:
        return refused.code, json.loads(refused.read())


class Host(threading.Thread):
    """Calls IAM again and again, and asks now and then whether its key is to be replaced."""

    def __init__(self, product: Product, key: Key) -> None:
        super().__init__(daemon=True)
        self.product, self.key = product, key
        self.calls, self.failures = 0, list[str]()
        self.ending = threading.Event()

    def run(self) -> None:
        while not self.ending.is_set():
            try:
                self._client().get_caller_identity()
            except Exception as failure:
                self.failures.append(repr(failure))
            self.calls += 1
            if self.calls % 5 == 0:
                self._collect()
            time.sleep(0.05)

    def _client(self) -> Any:
        return boto3.session.Session().client(
            "sts",
            endpoint_url=self.product.url,
            region_name="us-east-1",
            aws_access_key_id=self.key["AccessKeyId"],
            aws_secret_access_key=self.key["SecretAccessKey"],
            config=Config(retries={"max_attempts": 0}),
        )

    def _collect(self) -> None:
        status, answer = send(self.product, self.key, "POST", "/rotation/collect")
        if status == 200:
            self.key = {name: answer[name] for name in ("AccessKeyId", "SecretAccessKey")}
        elif status != 404:
            self.failures.append(f"{status} {answer}")


@pytest.fixture
def rotating(tmp_path: Path) -> Iterator[tuple[Product, dict[str, Any]]]:
    """The product and a worker beside it."""
    with Product(tmp_path) as product:
        product.manage("migrate", "--verbosity", "0")
        account = product.bootstrap("rotation")
        product.start()
        command = [sys.executable, "manage.py", "shell", "-c", WORKER]
        worker = subprocess.Popen(command, cwd=ROOT, env=product.environment, stdout=subprocess.DEVNULL)
        try:
            yield product, account
        finally:
            worker.kill()
            worker.wait()


def test_no_call_fails(rotating: tuple[Product, dict[str, Any]]) -> None:
    product, account = rotating
    admin = account["Admin"]
    assert send(product, admin, "POST", "/users", {"UserName": "robot"})[0] == 201
    assert send(product, admin, "PUT", "/rotation/schedule", {"UserName": "robot", **TERMS})[0] == 200
    first = send(product, admin, "POST", "/users/robot/access-keys", {})[1]["AccessKey"]
    hosts = [Host(product, first) for _ in range(2)]
    for host in hosts:
        host.start()
    seen = {first["AccessKeyId"]}
    for _ in range(ROTATIONS):
        started = send(product, admin, "POST", "/users/robot/key-rotations", {})[1]["KeyRotation"]
        ended = until_ended(product, admin, started["RotationId"])
        assert ended["State"] == "Done", ended
        seen.add(ended["NewAccessKeyId"])
    for host in hosts:
        host.ending.set()
        host.join(PATIENCE)
    assert [host.failures for host in hosts] == [[], []]
    assert {host.key["AccessKeyId"] for host in hosts} <= seen
    assert len(seen) == ROTATIONS + 1
    assert all(host.calls > 10 * ROTATIONS for host in hosts)


def until_ended(product: Product, admin: Key, rotation_id: str) -> dict[str, Any]:
    deadline = time.monotonic() + 2 * PATIENCE
    while True:
        status, answer = send(product, admin, "GET", f"/key-rotations/{rotation_id}")
        assert status == 200, answer
        found: dict[str, Any] = answer["KeyRotation"]
        if "EndDate" in found:
            return found
        assert time.monotonic() < deadline, answer
        time.sleep(0.5)
