"""Whatever fails, nothing is allowed."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import InterfaceError, OperationalError, connection

from iamconsole.replication import freshness
from iamconsole.replication.projection import policy_sets
from iamconsole.replication.projection.rows import HomeRows
from iamconsole.runtime.decisions import answers, explanations, subjects
from policies import engine
from tests.decisions.asking import READ_REPORTS, Doors, arn
from tests.support.tenants import Tenant, open_account

X = "arn:aws:s3:::reports/x"
ALLOWED = {"action": "s3:GetObject", "resource": X}


@pytest.fixture
def asked(tenant: Tenant, ada: dict[str, str]) -> dict[str, Any]:
    return {"principal": arn(tenant, "user/ada"), **ALLOWED}


def failing(fault: Exception) -> Any:
    def fail(*_args: Any, **_kwargs: Any) -> Any:
        raise fault

    return fail


PLACES = [
    (freshness, "view"),
    (HomeRows, "by_id"),
    (HomeRows, "by_arn"),
    (policy_sets, "_load"),
    (subjects, "named"),
    (answers, "decided"),
    (explanations, "checks"),
]


@pytest.mark.parametrize(("module", "name"), PLACES, ids=[name for _, name in PLACES])
@pytest.mark.parametrize(
    ("fault", "status", "code"),
    [
        (OperationalError("gone"), 503, "ServiceUnavailable"),
        (InterfaceError("closed"), 503, "ServiceUnavailable"),
        (RuntimeError("unforeseen"), 500, "InternalFailure"),
    ],
)
def test_a_failure_anywhere_is_a_refusal(
    doors: Doors, asked: Any, monkeypatch: Any, module: Any, name: str, fault: Exception, status: int, code: str
) -> None:
    monkeypatch.setattr(module, name, failing(fault))
    answer = doors.post("/api/v1/authorize", asked)
    assert (answer.status, answer.code) == (status, code)
    assert b"allow" not in answer.content.replace(b"nothing is allowed", b"")


@pytest.mark.parametrize(
    "path", ["/api/v1/authenticate", "/access/v1/evaluation", "/access/v1/evaluations", "/forward-auth"]
)
def test_every_door_refuses_without_a_database(doors: Doors, monkeypatch: Any, path: str) -> None:
    monkeypatch.setattr(freshness, "view", failing(OperationalError("gone")))
    assert doors.post(path, {}).status == 503


def test_an_evaluation_that_fails_is_a_denial(doors: Doors, asked: Any, monkeypatch: Any) -> None:
    decide = engine.authorize

    def fault(request: Any, policies: Any) -> Any:
        if request.action == "s3:GetObject":
            raise engine.EngineFault("broken")
        return decide(request, policies)

    monkeypatch.setattr(engine, "authorize", fault)
    answer = doors.post("/api/v1/authorize", asked).body
    assert answer["decision"] == "deny"
    assert answer["reason"] == answers.FAILED
    assert answer["authorizationId"]
    assert doors.post("/api/v1/authorize?detail=none", asked).body == {"decision": "deny"}


@pytest.mark.parametrize("fault", [OperationalError, InterfaceError])
def test_a_lost_connection_is_replaced_once(transactional_db: Any, app: Any, monkeypatch: Any, fault: Any) -> None:
    """The server restarted: the first query fails, the next connection answers."""
    tenant = open_account(app)
    tenant.user("ada", READ_REPORTS)
    doors = Doors.of(tenant)
    asked = {"principal": arn(tenant, "user/ada"), **ALLOWED}
    view, lost = freshness.view, connection.connection
    faults = [fault("gone")]

    def once() -> Any:
        if faults:
            raise faults.pop()
        return view()

    monkeypatch.setattr(freshness, "view", once)
    assert doors.post("/api/v1/authorize", asked).body["decision"] == "allow"
    assert connection.connection is not lost
    faults += [fault("gone"), fault("still gone")]
    assert doors.post("/api/v1/authorize", asked).status == 503


def test_a_document_that_does_not_parse_is_no_policy(doors: Doors, asked: Any, monkeypatch: Any) -> None:
    malformed = engine.MalformedPolicy("broken", line=1, column=1, path=())
    monkeypatch.setattr(policy_sets, "compiled", failing(malformed))
    assert doors.post("/api/v1/authorize", asked).status == 500
