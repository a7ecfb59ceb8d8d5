"""`POST /api/v1/authenticate`: a service hands over a request that it received."""

from __future__ import annotations

from base64 import b64encode
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

import pytest
import time_machine
from botocore.auth import SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from tests.decisions.asking import Doors, arn
from tests.decisions.wire import document, signed, statement
from tests.support.tenants import Tenant, open_account

AUTHENTICATE = "/api/v1/authenticate"
URL = "https://orders.example.com/orders/7?full=yes"


def received(key: dict[str, str], *, body: bytes = b"", method: str = "GET", service: str = "orders") -> dict[str, Any]:
    headers = signed(key, method, URL, body, {"Content-Type": "text/plain"}, service=service)
    return {"method": method, "url": URL, "headers": headers, "bodyHash": sha256(body).hexdigest()}


def test_the_principal_of_a_request(tenant: Tenant, doors: Doors, ada: dict[str, str]) -> None:
    answer = doors.post(AUTHENTICATE, received(ada))
    assert answer.status == 200
    ident = tenant.run("iam:GetUser", user_name="ada").user.user_id
    assert answer.body["principal"] == {
        "arn": arn(tenant, "user/ada"),
        "account": tenant.account_id,
        "type": "User",
        "userId": ident,
        "name": "ada",
        "accessKeyId": ada["AccessKeyId"],
    }
    assert "decision" not in answer.body


@pytest.mark.parametrize(("resource", "decision"), [("arn:aws:s3:::reports/x", "allow"), ("arn:aws:s3:::x/x", "deny")])
def test_and_whether_he_may(doors: Doors, ada: dict[str, str], resource: str, decision: str) -> None:
    asked = received(ada) | {"action": "s3:GetObject", "resource": resource}
    answer = doors.post(AUTHENTICATE, asked).body
    assert (answer["decision"], answer["principal"]["name"]) == (decision, "ada")
    assert bool(answer.get("authorizationId")) is (decision == "deny")
    assert doors.post(f"{AUTHENTICATE}?detail=none", asked).body["decision"] == decision


@pytest.mark.parametrize("form", ["hash", "body", "pairs", "lists", "path"])
def test_every_way_to_hand_a_request_over(doors: Doors, ada: dict[str, str], form: str) -> None:
    body = b"\x00order"
    given = received(ada, body=body, method="POST")
    if form == "body":
        given["body"] = b64encode(body).decode()
        del given["bodyHash"]
    if form == "pairs":
        given["headers"] = [[name, value] for name, value in given["headers"].items()]
    if form == "lists":
        given["headers"] = {name: [value] for name, value in given["headers"].items()}
    if form == "path":
        given["url"] = "/orders/7?full=yes"
        given["headers"]["Host"] = "orders.example.com"
    assert doors.post(AUTHENTICATE, given).body["principal"]["name"] == "ada"


def test_a_presigned_url_and_a_bearer_token(tenant: Tenant, doors: Doors, ada: dict[str, str]) -> None:
    request = AWSRequest(method="GET", url=URL)
    credentials = Credentials(ada["AccessKeyId"], ada["SecretAccessKey"])
    SigV4QueryAuth(credentials, "orders", "eu-west-1", expires=60).add_auth(request)
    presigned = {"method": "GET", "url": request.url, "headers": {}}
    assert doors.post(AUTHENTICATE, presigned).body["principal"]["name"] == "ada"
    mint = document(statement("Allow", "iamconsole:CreateToken"))
    tenant.run("iam:PutUserPolicy", user_name="ada", policy_name="mint", policy_document=mint)
    token = Doors(tenant.app, ada).bearing().token
    bearer = {"method": "GET", "url": URL, "headers": {"Authorization": f"Bearer {token}"}}
    assert doors.post(AUTHENTICATE, bearer).body["principal"]["name"] == "ada"


def altered(**members: Any) -> Any:
    return lambda given: given | members


@pytest.mark.parametrize(
    ("alter", "code"),
    [
        (altered(url=URL + "&more=1"), "SignatureDoesNotMatch"),
        (altered(method="PUT"), "SignatureDoesNotMatch"),
        (altered(bodyHash="0" * 64), "SignatureDoesNotMatch"),
        (altered(service="billing"), "SignatureDoesNotMatch"),
        (altered(headers={}), "MissingAuthenticationToken"),
        (altered(headers={"Authorization": "AWS4-HMAC-SHA256 nonsense"}), "IncompleteSignature"),
        (altered(headers={"Authorization": "Bearer iamt_x"}), "InvalidClientTokenId"),
    ],
)
def test_a_bad_signature_has_awss_code(doors: Doors, ada: dict[str, str], alter: Any, code: str) -> None:
    answer = doors.post(AUTHENTICATE, alter(received(ada)))
    assert (answer.status, answer.code) == (401, code)
    assert answer.body["of"] == "request"


def test_our_own_callers_fault_is_told_apart(tenant: Tenant, ada: dict[str, str]) -> None:
    assert Doors(tenant.app).post(AUTHENTICATE, received(ada)).body["of"] == "caller"


def test_an_old_request_and_one_of_another_service(doors: Doors, ada: dict[str, str]) -> None:
    assert doors.post(AUTHENTICATE, received(ada) | {"service": "orders"}).status == 200
    old = received(ada)
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=16), tick=False):
        answer = doors.post(AUTHENTICATE, old)
    assert answer.code == "SignatureDoesNotMatch"
    assert "Signature expired" in answer.body["detail"]


def test_another_accounts_key_is_as_unknown_as_nobodys(tenant: Tenant, doors: Doors, app: Any) -> None:
    stranger = open_account(app)
    for key in (stranger.admin_key, {"AccessKeyId": "AKIA" + "X" * 16, "SecretAccessKey": "x" * 40}):
        answer = doors.post(AUTHENTICATE, received(key))
        assert (answer.status, answer.code) == (401, "InvalidClientTokenId")


def test_a_principal_that_the_caller_may_not_ask_about(tenant: Tenant, ada: dict[str, str]) -> None:
    key = tenant.user("svc", document(statement("Allow", "iamconsole:Authorize", arn(tenant, "user/svc"))))
    assert Doors(tenant.app, key).post(AUTHENTICATE, received(ada)).code == "AccessDenied"


GOOD = {"method": "GET", "url": "/", "headers": {}}


@pytest.mark.parametrize(
    ("given", "at"),
    [
        ({}, ["method", "url", "headers"]),
        (GOOD | {"url": "/a b"}, ["url"]),
        (GOOD | {"url": "/a\nb"}, ["url"]),
        (GOOD | {"headers": {"a": 1}}, ["headers"]),
        (GOOD | {"headers": [["a"]]}, ["headers"]),
        (GOOD | {"bodyHash": "ABC"}, ["bodyHash"]),
        (GOOD | {"body": "***"}, ["body"]),
        (GOOD | {"body": "", "bodyHash": "0" * 64}, ["bodyHash"]),
        (GOOD | {"action": "*"}, ["action"]),
        (GOOD | {"context": {"k": None}}, ["context.k"]),
        (GOOD | {"extra": 1}, ["extra"]),
    ],
)
def test_what_is_malformed(doors: Doors, given: Any, at: list[str]) -> None:
    answer = doors.post(AUTHENTICATE, given)
    assert (answer.status, answer.code) == (400, "ValidationError")
    assert sorted(answer.body["errors"]) == sorted(at)
