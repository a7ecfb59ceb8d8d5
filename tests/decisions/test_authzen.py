"""OpenID AuthZEN Authorization API 1.0."""

from __future__ import annotations

from typing import Any

import pytest

from tests.decisions.asking import Doors, arn
from tests.decisions.wire import document, statement
from tests.support.tenants import Tenant, open_account

ONE, MANY = "/access/v1/evaluation", "/access/v1/evaluations"
X, OTHER = {"type": "s3", "id": "arn:aws:s3:::reports/x"}, {"type": "s3", "id": "arn:aws:s3:::other/x"}
READ = {"name": "s3:GetObject"}


@pytest.fixture
def subject(tenant: Tenant, ada: dict[str, str]) -> dict[str, Any]:
    return {"type": "user", "id": arn(tenant, "user/ada")}


def test_one_evaluation(doors: Doors, subject: Any) -> None:
    answer = doors.post(ONE, {"subject": subject, "action": READ, "resource": X}, X_Request_ID="abc-1")
    assert (answer.status, answer.body) == (200, {"decision": True})
    assert answer.headers["X-Request-ID"] == "abc-1"
    denied = doors.post(ONE, {"subject": subject, "action": READ, "resource": OTHER}).body
    assert denied["decision"] is False
    assert denied["context"]["authorizationId"]
    assert "because no identity-based policy allows" in denied["context"]["reason"]


@pytest.mark.parametrize(("kind", "name"), [("user", "ada"), ("user", "pat"), ("role", "reader")])
def test_a_subject_by_its_name(tenant: Tenant, doors: Doors, ada: dict[str, str], kind: str, name: str) -> None:
    allow = document(statement("Allow", "s3:GetObject"))
    trust = document({"Effect": "Allow", "Principal": {"AWS": tenant.account_id}, "Action": "sts:AssumeRole"})
    tenant.user("pat", allow, path="/team/")
    tenant.run("iam:CreateRole", role_name="reader", path="/x/y/", assume_role_policy_document=trust)
    tenant.run("iam:PutRolePolicy", role_name="reader", policy_name="p", policy_document=allow)
    asked = {"subject": {"type": kind, "id": name}, "action": READ, "resource": X}
    assert doors.post(ONE, asked).body == {"decision": True}
    unknown = doors.post(ONE, asked | {"subject": {"type": kind, "id": name.upper()}}).body
    assert unknown["context"]["reason"].endswith("does not exist")


def test_several_share_what_they_do_not_state(doors: Doors, subject: Any) -> None:
    body = {"subject": subject, "action": READ, "evaluations": [{"resource": X}, {"resource": OTHER}]}
    assert [each["decision"] for each in doors.post(MANY, body).body["evaluations"]] == [True, False]


@pytest.mark.parametrize(
    ("semantic", "wanted"),
    [
        (None, [False, True, False]),
        ("execute_all", [False, True, False]),
        ("deny_on_first_deny", [False]),
        ("permit_on_first_permit", [False, True]),
    ],
)
def test_when_several_stop(doors: Doors, subject: Any, semantic: str | None, wanted: list[bool]) -> None:
    evaluations = [{"resource": OTHER}, {"resource": X}, {"resource": OTHER}]
    body: dict[str, Any] = {"subject": subject, "action": READ, "evaluations": evaluations}
    if semantic:
        body["options"] = {"evaluations_semantic": semantic}
    assert [each["decision"] for each in doors.post(MANY, body).body["evaluations"]] == wanted


def test_without_a_list_it_is_one_evaluation(doors: Doors, subject: Any) -> None:
    body = {"subject": subject, "action": READ, "resource": X}
    assert doors.post(MANY, body).body == {"decision": True}
    assert doors.post(MANY, body | {"evaluations": []}).body == {"decision": True}


def test_what_is_wrong_with_one_of_several_is_in_its_answer(doors: Doors, subject: Any) -> None:
    body = {
        "subject": subject,
        "action": READ,
        "evaluations": [{"resource": X}, {}, "x", {"resource": X, "action": {}}],
    }
    answer = doors.post(MANY, body)
    assert answer.status == 200
    first, *wrong = answer.body["evaluations"]
    assert first == {"decision": True}
    assert [each["decision"] for each in wrong] == [False] * 3
    assert {each["context"]["error"]["status"] for each in wrong} == {400}


@pytest.mark.parametrize(
    ("space", "key", "wanted"),
    [
        ("context", "risk", "context:risk"),
        ("context", "aws:SourceVpc", "aws:SourceVpc"),
        ("subject", "shift", "subject:shift"),
        ("resource", "status", "resource:status"),
        ("resource", "aws:ResourceTag/team", "aws:ResourceTag/team"),
        ("action", "soft", "action:soft"),
    ],
)
def test_properties_and_context_become_condition_keys(
    tenant: Tenant, doors: Doors, space: str, key: str, wanted: str
) -> None:
    condition = {"StringEquals": {wanted: "red"}}
    tenant.user("eve", document(statement("Allow", "s3:GetObject", Condition=condition)))
    body: dict[str, Any] = {"subject": {"type": "user", "id": "eve"}, "action": dict(READ), "resource": dict(X)}
    for value, decision in (("red", True), ("blue", False)):
        if space == "context":
            body["context"] = {key: value, "nothing": None}
        else:
            body[space]["properties"] = {key: value}
        assert doors.post(ONE, body).body["decision"] is decision


def test_the_subject_does_not_describe_himself(tenant: Tenant, doors: Doors) -> None:
    condition = {"StringEquals": {"aws:PrincipalTag/team": "red"}}
    tenant.user("eve", document(statement("Allow", "s3:GetObject", Condition=condition)))
    subject = {"type": "user", "id": "eve", "properties": {"aws:PrincipalTag/team": "red"}}
    assert doors.post(ONE, {"subject": subject, "action": READ, "resource": X}).body["decision"] is False


@pytest.mark.parametrize(
    "change",
    [
        {"subject": None},
        {"subject": {"id": "x"}},
        {"subject": {"type": "device", "id": "x"}},
        {"subject": {"type": "user", "id": "a\0b"}},
        {"action": {}},
        {"action": {"name": "read"}},
        {"resource": {"type": "s3"}},
        {"context": []},
        {"context": {"where": {"deep": 1}}},
        {"options": {"evaluations_semantic": "whatever"}, "evaluations": [{}]},
        {"evaluations": "x"},
    ],
)
def test_what_is_malformed(doors: Doors, subject: Any, change: dict[str, Any]) -> None:
    body = {"subject": subject, "action": READ, "resource": X} | change
    assert doors.post(MANY, body).code == "ValidationError"


def test_accounts_are_apart_and_asking_needs_permission(tenant: Tenant, subject: Any, app: Any) -> None:
    stranger = open_account(app)
    body = {"subject": subject, "action": READ, "resource": X}
    assert Doors.of(stranger).post(ONE, body).code == "AccessDenied"
    assert Doors.of(stranger).post(MANY, body | {"evaluations": [{}]}).code == "AccessDenied"
    named = Doors.of(stranger).post(ONE, body | {"subject": {"type": "user", "id": "ada"}})
    assert named.body["context"]["reason"].endswith("does not exist")
    assert Doors(tenant.app, tenant.user("bob")).post(ONE, body).code == "AccessDenied"


def test_the_metadata_is_public(tenant: Tenant) -> None:
    answer = Doors(tenant.app).send("GET", "/.well-known/authzen-configuration")
    here = answer.body["policy_decision_point"]
    assert answer.body["access_evaluation_endpoint"] == here + ONE
    assert answer.body["access_evaluations_endpoint"] == here + MANY
