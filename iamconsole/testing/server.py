"""IAM Console on a free port with data that is thrown away, for suites that test against it."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections import deque
from pathlib import Path
from typing import Any, Self

from iamconsole.interfaces.cli.launcher.process import Child, Service

ROOT = Path(__file__).resolve().parents[2]
ACCOUNT_ID = "123456789012"
ALIAS = "testing"
LOOPBACK = "127.0.0.1"
PATIENCE = 90.0  # seconds to come up; a few, where nothing else runs
GRACE = 30.0
LINES = 200  # of output kept for a failure


class ServerFailed(RuntimeError):
    """The server did not come up; the message ends with what it said."""


class IamConsole:
    """A running installation in test mode with one account; `with` starts and stops it.

    `endpoint_url` is for `AWS_ENDPOINT_URL` and clients, `credentials` the root user's key, which `reset` leaves.
    """

    account_id = ACCOUNT_ID
    region_name = "us-east-1"

    def __init__(self) -> None:
        self.endpoint_url = ""
        self.credentials: dict[str, str] = {}
        self._said: deque[str] = deque(maxlen=LINES)
        self._child: Child | None = None

    def __enter__(self) -> Self:
        self._place = Path(tempfile.mkdtemp(prefix="iamconsole-testing-"))
        try:
            self._start()
        except BaseException:
            self._stop()
            raise
        return self

    def __exit__(self, *_fault: object) -> None:
        self._stop()

    def client(self, service: str = "iam", **options: Any) -> Any:
        """A boto3 client of the root user, or of whoever holds the credentials given in `options`."""
        try:
            import boto3
        except ImportError:
            raise RuntimeError(
                "boto3 is not installed; use endpoint_url and credentials with a client of yours"
            ) from None
        chosen = {"endpoint_url": self.endpoint_url, "region_name": self.region_name, **self.credentials}
        return boto3.client(service, **(chosen | options))

    @property
    def environment(self) -> dict[str, str]:
        """Variables that point any AWS SDK or tool of a subprocess here."""
        return {
            "AWS_ENDPOINT_URL": self.endpoint_url,
            "AWS_REGION": self.region_name,
            "AWS_ACCESS_KEY_ID": self.credentials["aws_access_key_id"],
            "AWS_SECRET_ACCESS_KEY": self.credentials["aws_secret_access_key"],
        }

    def reset(self) -> None:
        """Empty the account; the root user and its key stay."""
        body = json.dumps({"account": self.account_id}).encode()
        request = urllib.request.Request(f"{self.endpoint_url}/testing/reset", data=body, method="POST")  # noqa: S310
        try:
            urllib.request.urlopen(request, timeout=30).close()  # noqa: S310
        except urllib.error.HTTPError as refused:
            raise RuntimeError(f"the account was not reset: {refused.read().decode(errors='replace')}") from refused

    def _start(self) -> None:
        port = _free_port()
        self.endpoint_url = f"http://{LOOPBACK}:{port}"
        ours = {
            "DJANGO_SETTINGS_MODULE": "iamconsole.settings.embedded",
            "IAM_BIND": LOOPBACK,
            "IAM_DATA_DIR": str(self._place),
            "IAM_ENV_FILE": os.devnull,
            "IAM_PORT": str(port),
            "IAM_TEST_MODE": "1",
        }
        self._open_account(ours)
        service = Service(
            "iam-console",
            ["env", *_unset(ours), sys.executable, "manage.py", "run"],
            lambda: any("READY" in line for line in self._said),
            environment=ours,
            directory=str(ROOT),
        )
        self._child = Child(service, lambda _name, line: self._said.append(line))
        deadline = time.monotonic() + PATIENCE
        while not service.ready():
            if self._child.has_ended() or time.monotonic() > deadline:
                self._child.kill()
                raise ServerFailed("IAM Console did not come up:\n" + "\n".join(self._said))
            time.sleep(0.05)

    def _open_account(self, ours: dict[str, str]) -> None:
        """One account with a key of its root user: that is what a reset leaves."""
        command = ["env", *_unset(ours), sys.executable, "manage.py", "bootstrap", "--json", "--root-access-key"]
        command += ["--account-alias", ALIAS, "--account-id", ACCOUNT_ID]
        done = subprocess.run(
            command, cwd=ROOT, env={**os.environ, **ours}, capture_output=True, text=True, timeout=PATIENCE, check=False
        )
        if done.returncode:
            raise ServerFailed(f"no account could be opened:\n{done.stderr}")
        root = json.loads(done.stdout)["Root"]
        self.credentials = {
            "aws_access_key_id": root["AccessKeyId"],
            "aws_secret_access_key": root["SecretAccessKey"],
        }

    def _stop(self) -> None:
        if self._child is not None:
            self._child.ask_to_stop()
            self._child.wait(GRACE)
            self._child.kill()
        shutil.rmtree(self._place, ignore_errors=True)


def _unset(ours: dict[str, str]) -> list[str]:
    """For `env`: what the suite's own environment says of an installation is not meant for this one."""
    foreign = [name for name in os.environ if name.startswith("IAM_") or name in ("DATABASE_URL", "REDIS_URL")]
    return [word for name in foreign if name not in ours for word in ("-u", name)]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        port: int = probe.getsockname()[1]
        return port
