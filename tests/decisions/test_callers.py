"""Who may ask, and what the doors refuse before anything is decided."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine

from iamconsole.audit.models import AuditEvent
from tests.decisions.asking import READ_REPORTS, Doors, arn
from tests.decisions.wire import document, statement
from tests.support.tenants import Tenant

AUTHORIZE = "/api/v1/authorize"
POSTS = [AUTHORIZE, "/api/v1/authenticate", "/access/v1/evaluation", "/access/v1/evaluations"]


@pytest.fixture
def question(tenant: Tenant, ada: dict[str, str]) -> dict[str, Any]:
    return {"principal": arn(tenant, "user/ada"), "action": "s3:GetObject", "resource": "arn:aws:s3:::reports/x"}


@pytest.mark.parametrize("service", ["iam", "iamconsole", "execute-api"])
def test_services_a_signature_may_name(tenant: Tenant, question: Any, service: str) -> None:
    assert Doors.of(tenant, service=service).post(AUTHORIZE, question).body["decision"] == "allow"


def test_a_signature_for_another_service_is_refused(tenant: Tenant, question: Any) -> None:
    answer = Doors.of(tenant, service="s3").post(AUTHORIZE, question)
    assert (answer.status, answer.code) == (401, "SignatureDoesNotMatch")


@pytest.mark.parametrize("path", POSTS)
def test_nobody_is_answered(tenant: Tenant, path: str) -> None:
    answer = Doors(tenant.app).post(path, {})
    assert (answer.status, answer.code) == (401, "MissingAuthenticationToken")
    assert answer.headers["WWW-Authenticate"].startswith("AWS4-HMAC-SHA256")


@pytest.mark.parametrize("given", ["Bearer iamt_guessed", "Bearer " + "x" * 5000, "Bearer caf\u00e9", "Bearer "])
def test_a_token_of_nobody(tenant: Tenant, question: Any, given: str) -> None:
    answer = Doors(tenant.app, headers={"Authorization": given}).post(AUTHORIZE, question)
    assert (answer.status, answer.code) == (401, "InvalidClientTokenId")
    assert 'error="invalid_token"' in answer.headers["WWW-Authenticate"]


def test_a_token_asks_until_its_time_or_its_key_ends(tenant: Tenant, question: Any) -> None:
    key = tenant.user("svc", document(statement("Allow", "iamconsole:Authorize")))
    tenant.run(
        "iam:PutUserPolicy", user_name="svc", policy_name="mint", policy_document=document(statement("Allow", "*"))
    )
    bearer = Doors(tenant.app, key).bearing()
    member = {"user_name": "svc", "access_key_id": key["AccessKeyId"]}
    assert bearer.post(AUTHORIZE, question).body["decision"] == "allow"
    with time_machine.travel(datetime.now(UTC) + timedelta(hours=2), tick=False):
        assert bearer.post(AUTHORIZE, question).code == "ExpiredToken"
    tenant.run("iam:UpdateAccessKey", status="Inactive", **member)
    assert bearer.post(AUTHORIZE, question).code == "InvalidClientTokenId"
    assert Doors(tenant.app, key).post(AUTHORIZE, question).code == "InvalidClientTokenId"
    tenant.run("iam:UpdateAccessKey", status="Active", **member)
    assert Doors(tenant.app, key).post(AUTHORIZE, question).status == 200
    assert bearer.post(AUTHORIZE, question).code == "InvalidClientTokenId"  # a key comes back, its tokens do not
    bearer = Doors(tenant.app, key).bearing()
    assert bearer.post(AUTHORIZE, question).status == 200
    tenant.run("iam:DeleteAccessKey", **member)
    assert bearer.post(AUTHORIZE, question).code == "InvalidClientTokenId"


def test_asking_needs_permission_on_the_principal(tenant: Tenant, question: Any) -> None:
    ada = arn(tenant, "user/ada")
    key = tenant.user("svc", document(statement("Allow", "iamconsole:Authorize", ada)))
    doors = Doors(tenant.app, key)
    assert doors.post(AUTHORIZE, question).body["decision"] == "allow"
    for other in ("user/svc", "user/nobody", "root"):
        answer = doors.post(AUTHORIZE, [question, question | {"principal": arn(tenant, other)}])
        assert (answer.status, answer.code) == (403, "AccessDenied")
        assert answer.body["authorizationId"]
        assert "iamconsole:Authorize" in answer.body["detail"]
    assert Doors(tenant.app, tenant.user("bob")).post(AUTHORIZE, question).code == "AccessDenied"


@pytest.mark.parametrize(
    ("condition", "allowed"),
    [
        ({"IpAddress": {"aws:SourceIp": "127.0.0.0/8"}}, True),
        ({"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}, False),
        ({"StringEquals": {"aws:ResourceTag/team": "red"}}, True),
        ({"StringEquals": {"iam:ResourceTag/team": "blue"}}, False),
        ({"Bool": {"aws:SecureTransport": "true"}}, False),
        ({"StringEquals": {"aws:username": "svc"}}, True),
    ],
)
def test_the_permission_sees_the_callers_request(tenant: Tenant, condition: Any, allowed: bool) -> None:
    tenant.user("eve", READ_REPORTS, tags=[{"key": "team", "value": "red"}])
    key = tenant.user("svc", document(statement("Allow", "iamconsole:Authorize", Condition=condition)))
    asked = {"principal": arn(tenant, "user/eve"), "action": "s3:GetObject", "resource": "*"}
    forged = {"X-Forwarded-For": "10.0.0.1", "X-Forwarded-Proto": "https"}
    assert Doors(tenant.app, key, headers=forged).post(AUTHORIZE, asked).status == (200 if allowed else 403)


def test_nothing_is_audited(tenant: Tenant, question: Any) -> None:
    doors = Doors(tenant.app, tenant.user("svc"))
    before = AuditEvent.objects.filter(account_id=tenant.account_id).count()
    assert doors.post(AUTHORIZE, question).status == 403
    assert Doors.of(tenant).post(AUTHORIZE, question).status == 200
    assert AuditEvent.objects.filter(account_id=tenant.account_id).count() == before


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "HEAD"])
@pytest.mark.parametrize("path", POSTS)
def test_other_methods_are_refused(doors: Doors, path: str, method: str) -> None:
    answer = doors.send(method, path)
    assert (answer.status, answer.headers["Allow"]) == (405, "POST")
    if method != "HEAD":
        assert answer.code == "MethodNotAllowed"


@pytest.mark.parametrize("content", [b"", b"{", b'{"a": NaN}', b"\xff", b"[" * 2000])
@pytest.mark.parametrize("path", POSTS)
def test_what_is_not_json(doors: Doors, path: str, content: bytes) -> None:
    assert doors.post(path, content).code == "SerializationException"


def test_a_body_has_bounds_and_a_type(doors: Doors) -> None:
    answer = doors.send("POST", AUTHORIZE, b"[]", Content_Length=str(5 * 1024 * 1024))
    assert (answer.status, answer.code) == (413, "RequestEntityTooLarge")
    assert doors.send("POST", AUTHORIZE, b"[]", Content_Length="many").code == "RequestEntityTooLarge"
    streamed = doors.send("POST", AUTHORIZE, b"", Content_Length="", Transfer_Encoding="chunked")
    assert (streamed.status, streamed.code) == (411, "LengthRequired")
    form = doors.send("POST", AUTHORIZE, b"{}", Content_Type="application/x-www-form-urlencoded")
    assert (form.status, form.code) == (415, "UnsupportedMediaType")


def test_every_reply_is_labelled(doors: Doors, question: Any) -> None:
    identities = set()
    for _ in range(3):
        answer = doors.post(AUTHORIZE, question)
        identities.add(answer.headers["x-amzn-RequestId"])
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Cache-Control"] == "no-store"
        assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
        assert answer.headers["Content-Type"] == "application/json"
        assert int(answer.headers["Content-Length"]) == len(answer.content)
    assert len(identities) == 3


def test_other_paths_go_to_django(tenant: Tenant, doors: Doors) -> None:
    assert doors.send("GET", "/api/v1/users").body["Users"]
    assert json.loads(doors.send("GET", "/healthz").content)["enforcement"] == "on"
    assert doors.send("HEAD", "/healthz").content == b""
    assert doors.post("/api/v1/authorize/", {}).status == 404
