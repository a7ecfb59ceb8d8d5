"""A rotation of the master key while people sign, with processes killed in the middle: nobody notices."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable
from http.client import HTTPException
from pathlib import Path
from typing import Any
from urllib.error import HTTPError

import boto3
import pyotp
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError, HTTPClientError
from botocore.exceptions import ConnectionError as NoConnection
from botocore.parsers import ResponseParserError

from tests.decisions.wire import signed
from tests.support.product import PATIENCE, ROOT, Product
from tests.support.servers import PostgresServer, ValkeyServer

pytestmark = pytest.mark.slow
GONE = (HTTPClientError, NoConnection, ResponseParserError, OSError, HTTPException)
PHONES, KEYS = 4, 12
PAUSE = 0.03  # seconds between the questions of one thread, so that the product gets to work as well


def client(service: str, product: Product, key: dict[str, str]) -> Any:
    return boto3.client(
        service,
        endpoint_url=product.url,
        region_name="us-east-1",
        aws_access_key_id=key["AccessKeyId"],
        aws_secret_access_key=key["SecretAccessKey"],
        aws_session_token=key.get("SessionToken"),
        config=Config(retries={"max_attempts": 0}, read_timeout=30, connect_timeout=2),
    )


def phone(product: Product, admin: dict[str, str], number: int) -> Callable[[], None]:
    """A user whose device shows a code; gives what signs in by it, once."""
    iam, name = client("iam", product, admin), f"phone-{number}"
    iam.create_user(UserName=name)
    allowed = {"Effect": "Allow", "Action": "*", "Resource": "*"}
    iam.put_user_policy(
        UserName=name, PolicyName="all", PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": allowed})
    )
    key = iam.create_access_key(UserName=name)["AccessKey"]
    made = iam.create_virtual_mfa_device(VirtualMFADeviceName=name)["VirtualMFADevice"]
    totp, serial = pyotp.TOTP(made["Base32StringSeed"].decode()), made["SerialNumber"]
    now = time.time()
    codes = {"AuthenticationCode1": totp.at(now - 60), "AuthenticationCode2": totp.at(now - 30)}
    iam.enable_mfa_device(UserName=name, SerialNumber=serial, **codes)

    def sign_in() -> None:
        client("sts", product, key).get_session_token(SerialNumber=serial, TokenCode=totp.now())

    return sign_in


class Traffic:
    """Threads that prove who they are again and again; refusals are faults, a server that is down is not."""

    def __init__(self, product: Product, admin: dict[str, str]) -> None:
        self.product, self.admin = product, admin
        self.faults: list[str] = []
        self.done: dict[str, int] = {}
        self._over = threading.Event()
        self._phones = [phone(product, admin, number) for number in range(PHONES)]
        self.session = client("sts", product, admin).get_session_token()["Credentials"]
        self.token = self._bearer()
        kinds = {"key": self._long_term, "session": self._temporary, "bearer": self._by_bearer, "new": self._new_key}
        self._threads = [threading.Thread(target=self._run, args=each) for each in kinds.items()]

    def _bearer(self) -> str:
        url = f"{self.product.url}/api/v1/tokens"
        headers = signed(self.admin, "POST", url, b"{}", {"Content-Type": "application/json"}, service="iamconsole")
        asked = urllib.request.Request(url, b"{}", headers)
        with urllib.request.urlopen(asked, timeout=30) as answer:
            return str(json.load(answer)["Token"])

    def _long_term(self) -> None:
        client("sts", self.product, self.admin).get_caller_identity()

    def _temporary(self) -> None:
        client("sts", self.product, self.session).get_caller_identity()

    def _by_bearer(self) -> None:
        headers = {"Authorization": f"Bearer {self.token}"}
        urllib.request.urlopen(urllib.request.Request(f"{self.product.url}/api/v1/users", headers=headers), timeout=30)

    def _new_key(self) -> None:
        """A secret that is sealed now opens now, whichever process is asked."""
        sts = client("sts", self.product, self.admin)
        made = sts.get_federation_token(Name="bob", DurationSeconds=900)["Credentials"]
        for _ in range(3):
            client("sts", self.product, made).get_caller_identity()

    def sign_in_by_phone(self) -> None:
        self._try("phone", self._phones.pop())

    def _run(self, name: str, ask: Callable[[], None]) -> None:
        while not self._over.wait(PAUSE):
            self._try(name, ask)

    def _try(self, name: str, ask: Callable[[], None]) -> None:
        while True:
            try:
                ask()
            except (ClientError, HTTPError) as refused:
                self.faults.append(f"{name}: {refused}")
            except GONE:
                time.sleep(0.1)
                continue
            self.done[name] = self.done.get(name, 0) + 1
            return

    def __enter__(self) -> Traffic:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join()


def killed_rewrap(product: Product) -> None:
    """`master-key rewrap`, killed after its first batch."""
    command = [sys.executable, "manage.py", "master-key", "rewrap"]
    running = subprocess.Popen(
        command, cwd=ROOT, env=product.environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    )
    assert running.stderr
    for line in running.stderr:
        if b": " in line and b"{" not in line:
            break
    os.kill(running.pid, signal.SIGKILL)
    running.communicate()


def status(product: Product) -> dict[str, Any]:
    shown = json.loads(product.manage("master-key", "status", "--json"))
    return {each["Id"]: each for each in shown["MasterKeys"]}


def test_nobody_notices(tables: None, tmp_path: Path) -> None:
    """On the database that this run of the suite is for."""
    with ValkeyServer(fresh=True) as broker:
        if os.environ.get("TEST_WITH") == "postgres":
            with PostgresServer(fresh=True) as server:
                run(tmp_path, REDIS_URL=broker.url, DATABASE_URL=server.url)
        else:
            run(tmp_path, REDIS_URL=broker.url)


def run(place: Path, **environment: str) -> None:
    with Product(place, **environment) as product:
        admin = product.bootstrap("rotating")["Admin"]
        product.start()
        iam = client("iam", product, admin)
        for number in range(KEYS):
            iam.create_user(UserName=f"user-{number}")
            iam.create_access_key(UserName=f"user-{number}")
        (old,) = status(product)
        with Traffic(product, admin) as traffic:
            traffic.sign_in_by_phone()
            product.manage("master-key", "add")
            traffic.sign_in_by_phone()
            killed_rewrap(product)
            product.kill()
            product.start()
            rewraps = [threading.Thread(target=product.manage, args=("master-key", "rewrap")) for _ in range(2)]
            for each in rewraps:
                each.start()
            traffic.sign_in_by_phone()
            for each in rewraps:
                each.join()
            held = status(product)[old]
            assert held["Seals"] == {}
            assert len(held["HeldBy"]) == 1
            assert "sessions issued under it may last" in held["HeldBy"][0]
            seen = dict(traffic.done)
            deadline = time.monotonic() + PATIENCE
            while not all(
                traffic.done.get(name, 0) > seen.get(name, 0) for name in ("key", "session", "bearer", "new")
            ):
                assert time.monotonic() < deadline, (traffic.done, traffic.faults)
                time.sleep(0.05)
        assert traffic.faults == []
        without_the_old_key(product, traffic, old)


def without_the_old_key(product: Product, traffic: Traffic, old: str) -> None:
    deadline = time.monotonic() + 60
    while product.refused("master-key", "retire", old, "--end-sessions") and time.monotonic() < deadline:
        time.sleep(1)
    assert old not in status(product)
    product.stop()
    product.start()
    traffic._long_term()
    traffic._by_bearer()
    traffic.sign_in_by_phone()
    with pytest.raises(ClientError, match="InvalidClientTokenId"):
        traffic._temporary()
    product.manage("audit", "verify", "--all")
    assert traffic.faults == []
    product.stop()
    (Path(product.environment["IAM_DATA_DIR"]) / "master.key").write_text("ab" * 32)
    said = product.refused("master-key", "status")
    assert "is not in the ring" in said
    serving = [sys.executable, "-c", "import iamconsole.wsgi"]
    ended = subprocess.run(serving, cwd=ROOT, env=product.environment, check=False, capture_output=True, text=True)
    assert f"this process does not start: {said.removeprefix('CommandError: ').strip()}" in ended.stderr
