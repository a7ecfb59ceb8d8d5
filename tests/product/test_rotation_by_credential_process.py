"""A workload whose SDK has a credential process calls all the while, as its key is replaced: no call fails."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.config import Config

from iamconsole.client.credential_process.__main__ import main
from tests.product.test_key_rotation import TERMS, rotating, send  # noqa: F401

pytestmark = pytest.mark.slow
ROTATIONS = 2


def printed(url: str, key_file: Path, capsys: Any) -> dict[str, str]:
    assert main(["--server", url, "--key-file", str(key_file), "--interval", "0", "--timeout", "20"]) == 0
    said = capsys.readouterr()
    assert not said.err
    return json.loads(said.out)


def test_no_call_fails(rotating: Any, tmp_path: Path, capsys: Any) -> None:  # noqa: F811
    product, account = rotating
    admin = account["Admin"]
    assert send(product, admin, "POST", "/users", {"UserName": "robot"})[0] == 201
    assert send(product, admin, "PUT", "/rotation/schedule", {"UserName": "robot", **TERMS})[0] == 200
    first = send(product, admin, "POST", "/users/robot/access-keys", {})[1]["AccessKey"]
    key_file = tmp_path / "robot.json"
    key_file.write_text(json.dumps(first))
    key_file.chmod(0o600)
    seen = [first["AccessKeyId"]]
    for _ in range(ROTATIONS):
        started = send(product, admin, "POST", "/users/robot/key-rotations", {})[1]["KeyRotation"]
        for _ in range(200):
            key = printed(product.url, key_file, capsys)
            client = boto3.client(
                "sts",
                endpoint_url=product.url,
                region_name="us-east-1",
                aws_access_key_id=key["AccessKeyId"],
                aws_secret_access_key=key["SecretAccessKey"],
                config=Config(retries={"max_attempts": 0}),
            )
            assert client.get_caller_identity()["Arn"].endswith(":user/robot")
            client.close()
            rotation = send(product, admin, "GET", f"/key-rotations/{started['RotationId']}")[1]["KeyRotation"]
            if "EndDate" in rotation:
                break
        assert rotation["State"] == "Done", rotation
        assert json.loads(key_file.read_text())["AccessKeyId"] == rotation["NewAccessKeyId"] != seen[-1]
        seen.append(rotation["NewAccessKeyId"])
