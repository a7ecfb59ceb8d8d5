"""Signed REST requests to a running product."""

from __future__ import annotations

import json
import time
import urllib.error
import urllib.request
from typing import Any

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from tests.support.product import PATIENCE, Product

Key = dict[str, str]


def send(product: Product, key: Key, method: str, path: str, body: Any = None) -> tuple[int, Any]:
    """The status and the body of the answer."""
    url, data = f"{product.url}/api/v1{path}", json.dumps(body).encode() if body is not None else b""
    asked = AWSRequest(method=method, url=url, data=data, headers={"Content-Type": "application/json"})
    SigV4Auth(Credentials(key["AccessKeyId"], key["SecretAccessKey"]), "iam", "us-east-1").add_auth(asked)
    request = urllib.request.Request(url, data=data, method=method, headers=dict(asked.headers))
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.status, json.loads(answer.read() or "null")
    except urllib.error.HTTPError as refused:
        return refused.code, json.loads(refused.read())


def until_ended(product: Product, admin: Key, rotation_id: str) -> dict[str, Any]:
    """The rotation once it is over."""
    deadline = time.monotonic() + 2 * PATIENCE
    while True:
        status, answer = send(product, admin, "GET", f"/key-rotations/{rotation_id}")
        assert status == 200, answer
        found: dict[str, Any] = answer["KeyRotation"]
        if "EndDate" in found:
            return found
        assert time.monotonic() < deadline, answer
        time.sleep(0.1)
