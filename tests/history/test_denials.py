"""The authorization id of a decision door can be asked about, a moment later, by those who may."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError
from django.db import OperationalError

from iamconsole.audit.history import explaining
from iamconsole.audit.history.recorder import MOST_ASKED, recorder
from iamconsole.audit.models import AuthorizationRecord
from tests.decisions.asking import Doors, arn
from tests.decisions.test_authenticate import received
from tests.decisions.test_forward_auth import nginx
from tests.history.support import ACCOUNT, decision, lost
from tests.query.aws import allow, document
from tests.support.tenants import Tenant

ELSEWHERE = "arn:aws:s3:::elsewhere/7"
CONTEXT = {"orders:Limit": 5, "orders:Kinds": ["a", 2], "orders:Rush": True}


def asked_of(tenant: Tenant, doors: Doors, ada: Any, door: str) -> str:
    """A denial's id, as a door gives it."""
    him, action = arn(tenant, "user/ada"), "s3:GetObject"
    if door == "authorize":
        return str(doors.authorize(him, action, ELSEWHERE, context=CONTEXT)["authorizationId"])
    if door == "authenticate":
        answer = doors.post("/api/v1/authenticate", received(ada) | {"action": action, "resource": ELSEWHERE})
        return str(answer.body["authorizationId"])
    if door == "authzen":
        question = {
            "subject": {"type": "user", "id": "ada"},
            "action": {"name": action},
            "resource": {"type": "object", "id": ELSEWHERE},
        }
        return str(doors.post("/access/v1/evaluation", question).body["context"]["authorizationId"])
    answer = Doors(tenant.app, ada).post(
        "/api/v1/authorize", {"principal": him, "action": action, "resource": ELSEWHERE}
    )
    assert answer.status == 403
    return str(answer.body["authorizationId"])


def details(tenant: Tenant, authorization_id: str, key: Any = None) -> Any:
    return tenant.client("iam-toolbox", key).get_request_authorization_details(authorizationId=authorization_id)


@pytest.mark.parametrize("door", ["authorize", "authenticate", "authzen", "may-not-ask"])
def test_an_id_of_every_door_is_explained(tenant: Tenant, doors: Doors, ada: Any, door: str) -> None:
    found = asked_of(tenant, doors, ada, door)
    with pytest.raises(ClientError, match="ResourceNotFound"):
        details(tenant, found)
    assert recorder.flush()
    told = details(tenant, found)
    (evaluation,) = told["evaluations"]
    assert evaluation["evaluatedEffect"] == "IMPLICIT_DENY"
    assert evaluation["action"] == ("iamconsole:Authorize" if door == "may-not-ask" else "s3:GetObject")
    assert told["requestContext"]["aws:username"] == "ada"
    if door == "authorize":
        context = told["requestContext"]
        assert (context["orders:Limit"], context["orders:Kinds"], context["orders:Rush"]) == ("5", ["a", "2"], "true")
    (policy,) = told["policies"]
    text = tenant.client("iam-toolbox").get_request_authorization_policy(authorizationId=found, policyUri=policy["uri"])
    assert text["policyDocument"]["Statement"][0]["Sid"] == "Read"
    assert tenant.run("iamconsole:ExplainDenial", authorization_id=found).authorization_id == found


def test_of_forward_auth(tenant: Tenant, ada: Any) -> None:
    mint = document(allow("iamconsole:CreateToken"))
    tenant.run("iam:PutUserPolicy", user_name="ada", policy_name="mint", policy_document=mint)
    answer = Doors(tenant.app, ada).bearing().send("GET", "/forward-auth", **nginx("/public/a"))
    assert answer.status == 403, answer.content
    assert recorder.flush()
    found = details(tenant, answer.headers["X-Iam-Authorization-Id"])
    assert found["evaluations"][0]["action"] == "web:GET"


def test_only_within_the_account_and_with_the_right(tenant: Tenant, other: Tenant, doors: Doors, ada: Any) -> None:
    found = asked_of(tenant, doors, ada, "authorize")
    assert recorder.flush()
    with pytest.raises(ClientError, match="ResourceNotFound"):
        details(other, found)
    with pytest.raises(ClientError, match="AccessDenied"):
        details(tenant, found, ada)


def test_where_no_id_is_given_nothing_is_kept(tenant: Tenant, doors: Doors, ada: Any) -> None:
    question = {"principal": arn(tenant, "user/ada"), "action": "s3:GetObject", "resource": ELSEWHERE}
    assert doors.post("/api/v1/authorize?detail=none", question).body == {"decision": "deny"}
    assert recorder.flush()
    assert not AuthorizationRecord.objects.filter(account_id=tenant.account_id).exists()


def test_of_a_flood_a_few_are_explained_and_the_rest_is_counted(tenant: Tenant, doors: Doors, ada: Any) -> None:
    question = {"principal": arn(tenant, "user/ada"), "action": "s3:GetObject", "resource": ELSEWHERE}
    answers = doors.post("/api/v1/authorize", [question] * 300).body
    assert recorder.flush()
    assert recorder.flush()  # what was counted while explaining
    kept = AuthorizationRecord.objects.filter(account_id=tenant.account_id).count()
    assert kept == explaining.MOST_OF_ONE < MOST_ASKED < len(answers)
    assert lost(tenant.account_id) == {"explanation": len(answers) - kept}
    with pytest.raises(ClientError, match="ResourceNotFound"):
        details(tenant, answers[-1]["authorizationId"])


@pytest.mark.usefixtures("db")
def test_one_account_does_not_take_all_the_room() -> None:
    for number in range(3):
        account_id = f"{number:012d}"
        for _ in range(explaining.MOST_OF_ONE + 5):
            recorder.denied(decision(ELSEWHERE, account_id=account_id), f"{number}{_}".zfill(26))
    assert recorder.flush()
    kept = [AuthorizationRecord.objects.filter(account_id=f"{number:012d}").count() for number in range(3)]
    assert kept == [explaining.MOST_OF_ONE, explaining.MOST_OF_ONE, 0]


@pytest.mark.usefixtures("db")
def test_a_database_that_does_not_answer_leaves_them_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    def down(*_: Any, **__: Any) -> None:
        raise OperationalError("down")

    recorder.denied(decision(ELSEWHERE), "0" * 26)
    recorder.denied(decision(ELSEWHERE), "1" * 26)
    with monkeypatch.context() as broken:
        broken.setattr(explaining, "keep", down)
        assert not recorder.flush()
    assert recorder.flush()
    kept = AuthorizationRecord.objects.filter(account_id=ACCOUNT).order_by("id")
    assert [record.authorization_id for record in kept] == ["0" * 26, "1" * 26]
    assert lost() == {}


@pytest.mark.usefixtures("db")
def test_one_that_cannot_be_explained_is_counted() -> None:
    twice = decision(ELSEWHERE)
    twice.request.context.update({"Orders:X": "1", "orders:x": "2"})
    recorder.denied(twice, "0" * 26)
    assert recorder.flush()
    assert recorder.flush()
    assert lost() == {"explanation": 1}
