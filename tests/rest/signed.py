"""A caller of the REST door: really signed by botocore, or with a bearer token, or as a browser; no socket."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from tests.support import inprocess

ROOT = f"{inprocess.ENDPOINT}/api/v1"
JSON = "application/json"


@dataclass(frozen=True)
class Answer:
    """A response as a client sees it."""

    status: int
    headers: dict[str, str]
    content: bytes

    @property
    def body(self) -> Any:
        return json.loads(self.content) if self.content else None

    @property
    def code(self) -> str:
        """The problem's code, once it is known to be a whole problem."""
        assert self.headers["Content-Type"] == "application/problem+json", self.content
        problem = self.body
        assert problem["status"] == self.status
        assert problem["requestId"] == self.headers["x-amzn-RequestId"]
        assert problem["type"].endswith(f":{problem['code']}")
        assert problem["title"]
        assert problem["detail"]
        return str(problem["code"])


@dataclass(frozen=True)
class Rest:
    """Sends requests to the application; without a key they are not signed."""

    app: Any
    key: dict[str, str] | None = None
    service: str = "iam"
    headers: dict[str, str] = field(default_factory=dict)

    def send(self, method: str, path: str, body: Any = None, **headers: str) -> Answer:
        """One request under `/api/v1`; a body that is not bytes is sent as JSON."""
        content = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        sent = {"Content-Type": JSON} if content else {}
        sent |= self.headers | {name.replace("_", "-"): value for name, value in headers.items()}
        url = ROOT + path
        if self.key:
            request = AWSRequest(method=method, url=url, data=content, headers=sent)
            credentials = Credentials(
                self.key["AccessKeyId"], self.key["SecretAccessKey"], self.key.get("SessionToken")
            )
            SigV4Auth(credentials, self.service, "us-east-1").add_auth(request)
            sent = dict(request.headers)
        response = inprocess.request(self.app, method, url, sent, content)
        return Answer(response.status_code, dict(response.headers), response.content)

    def get(self, path: str, **headers: str) -> Answer:
        return self.send("GET", path, **headers)

    def post(self, path: str, body: Any = None, **headers: str) -> Answer:
        return self.send("POST", path, body, **headers)
