"""A caller of the decision doors: signed, with a bearer token, or nobody."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from tests.decisions.wire import document, signed, statement
from tests.rest.signed import Answer, Rest
from tests.support import inprocess
from tests.support.tenants import Tenant

URL = inprocess.ENDPOINT


READ_REPORTS = document(statement("Allow", "s3:GetObject", "arn:aws:s3:::reports/*", Sid="Read"))


@dataclass(frozen=True)
class Doors:
    """The decision doors as one caller sees them."""

    app: Any
    key: dict[str, str] | None = None
    token: str = ""
    service: str = "iam"
    headers: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, tenant: Tenant, **members: Any) -> Doors:
        return cls(tenant.app, tenant.admin_key, **members)

    def bearing(self, **members: Any) -> Doors:
        """The same caller with a token of his key."""
        return Doors(self.app, token=Rest(self.app, self.key).post("/tokens").body["Token"], **members)

    def send(self, method: str, path: str, body: Any = None, **headers: str) -> Answer:
        content = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        sent = {"Content-Type": "application/json"} if content else {}
        sent |= self.headers | {name.replace("_", "-"): value for name, value in headers.items()}
        if self.token:
            sent["Authorization"] = f"Bearer {self.token}"
        elif self.key:
            sent = signed(self.key, method, URL + path, content, sent, service=self.service)
        response = inprocess.request(self.app, method, URL + path, sent, content)
        return Answer(response.status_code, dict(response.headers), response.content)

    def post(self, path: str, body: Any = None, **headers: str) -> Answer:
        return self.send("POST", path, body, **headers)

    def authorize(self, principal: str, action: str, resource: str, **members: Any) -> Any:
        """One decision, which must be given."""
        question = {"principal": principal, "action": action, "resource": resource, **members}
        answer = self.post("/api/v1/authorize", question)
        assert answer.status == 200, answer.content
        return answer.body


def arn(tenant: Tenant, rest: str) -> str:
    return f"arn:aws:iam::{tenant.account_id}:{rest}"
