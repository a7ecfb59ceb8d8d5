"""Requests of any shape at the Query door, signed or not, and answers as they came."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from unittest import mock

import botocore.auth
from botocore.auth import SigV4Auth, SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from tests.support import inprocess
from tests.support.tenants import Tenant

FORM = "application/x-www-form-urlencoded; charset=utf-8"
URL = inprocess.ENDPOINT + "/"


@dataclass(frozen=True)
class Answer:
    """Status, headers and text of an answer."""

    status: int
    headers: dict[str, str]
    text: str

    def between(self, element: str) -> str:
        """The text of the first element of that name, as it stands in the XML."""
        found = re.search(rf"<{element}>(.*?)</{element}>", self.text, re.DOTALL)
        return found[1] if found else ""

    @property
    def code(self) -> str:
        return self.between("Code")


def send(app: Any, request: AWSRequest) -> Answer:
    """Send a request as it is."""
    body = request.data or b""
    body = body.encode() if isinstance(body, str) else body
    url = request.prepare().url
    answer = inprocess.request(app, request.method, url, dict(request.headers.items()), body)
    return Answer(answer.status_code, dict(answer.headers), answer.content.decode())


def unsigned(body: str | bytes = "", *, method: str = "POST", query: str = "", **headers: str) -> AWSRequest:
    """A request with a form body and no signature."""
    url = f"{URL}?{query}" if query else URL
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    return AWSRequest(method=method, url=url, data=body, headers={"Content-Type": FORM} | given)


def signed(
    tenant: Tenant,
    body: str | bytes = "",
    *,
    secret: str = "",
    key: str = "",
    service: str = "iam",
    region: str = "us-east-1",
    late: timedelta = timedelta(),
    **more: Any,
) -> AWSRequest:
    """A request signed by the administrator, or wrongly in one way."""
    request = unsigned(body, **more)
    credentials = Credentials(key or tenant.admin_key["AccessKeyId"], secret or tenant.admin_key["SecretAccessKey"])
    _sign(SigV4Auth(credentials, service, region), request, late)
    return request


def presigned(tenant: Tenant, query: str, *, expires: int = 60, late: timedelta = timedelta()) -> AWSRequest:
    """A GET with its signature in the URL."""
    request = AWSRequest(method="GET", url=f"{URL}?{query}")
    credentials = Credentials(tenant.admin_key["AccessKeyId"], tenant.admin_key["SecretAccessKey"])
    _sign(SigV4QueryAuth(credentials, "iam", "us-east-1", expires=expires), request, late)
    return request


def _sign(signer: SigV4Auth, request: AWSRequest, late: timedelta) -> None:
    real = botocore.auth.get_current_datetime

    def shifted(*args: Any, **kwargs: Any) -> datetime:
        return real(*args, **kwargs) - late

    with mock.patch("botocore.auth.get_current_datetime", shifted):
        signer.add_auth(request)
