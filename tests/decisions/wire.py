"""What goes over the wire: signatures and policy documents."""

from __future__ import annotations

import json
from typing import Any

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials


def statement(effect: str, action: str | list[str], resource: str | list[str] = "*", **members: Any) -> dict[str, Any]:
    return {"Effect": effect, "Action": action, "Resource": resource, **members}


def document(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def signed(
    key: dict[str, str], method: str, url: str, content: bytes, headers: dict[str, str], *, service: str = "iam"
) -> dict[str, str]:
    """The headers of a request, signed by botocore."""

    request = AWSRequest(method=method, url=url, data=content, headers=headers)
    credentials = Credentials(key["AccessKeyId"], key["SecretAccessKey"], key.get("SessionToken"))
    SigV4Auth(credentials, service, "us-east-1").add_auth(request)
    return dict(request.headers)
