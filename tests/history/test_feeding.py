"""What the doors decide is on record, and what only looks like a decision is not."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from botocore.exceptions import ClientError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import AccessKey, User
from iamconsole.audit.history.models import AccessHistory, LastAccess
from iamconsole.audit.history.recorder import recorder
from iamconsole.kernel.operation import REGISTRY
from iamconsole.kernel.shapes import Sensitive, metadata_of
from iamconsole.runtime.authorization import authorize, examine, locate
from iamconsole.runtime.decisions import answers
from policies import engine
from tests.decisions.asking import Doors, arn
from tests.decisions.test_authenticate import received
from tests.history.support import ADA, counted, decision, listed, rows
from tests.query.aws import allow, deny, document
from tests.rest.signed import Rest
from tests.support.tenants import Tenant

START = datetime(2027, 3, 1, 12, tzinfo=UTC)
REPORT = "arn:aws:s3:::reports/7"


def test_a_question_is_on_record_with_all_that_decided_it(tenant: Tenant, doors: Doors, ada: Any) -> None:
    facts = {"aws:SourceIp": "10.1.2.3", "orders:Limit": 5, "orders:Kinds": ["a", "b"], "orders:Rush": True}
    doors.authorize(arn(tenant, "user/ada"), "s3:GetObject", REPORT, context=facts)
    (entry,) = listed(tenant, action="s3:GetObject")
    user = User.objects.get(account_id=tenant.account_id, name="ada")
    assert (entry.principal, entry.principal_id) == (arn(tenant, "user/ada"), user.unique_id)
    assert (entry.resource, entry.resource_account, entry.verdict) == (REPORT, tenant.account_id, "ALLOW")
    assert (entry.count, entry.detail, entry.door) == (1, "FULL", "decisions")
    context = {each.key: each.values for each in entry.context}
    assert context["aws:SourceIp"] == ["10.1.2.3"]
    assert (context["orders:Limit"], context["orders:Kinds"], context["orders:Rush"]) == (["5"], ["a", "b"], ["true"])
    assert not {"aws:CurrentTime", "aws:EpochTime"} & set(context)
    (statement,) = entry.statements
    assert (statement.sid, statement.effect, statement.type, statement.name) == ("Read", "ALLOW", "user", "p0")
    (policy,) = entry.policies
    assert (policy.policy, policy.digest) == (statement.policy, statement.digest)
    assert len(policy.digest) == 64
    assert entry.position > 0


@pytest.mark.parametrize(
    ("statements", "verdict", "deciding"),
    [((allow(),), "ALLOW", 1), ((allow(), deny("iam:ListUsers")), "EXPLICIT_DENY", 1), ((), "IMPLICIT_DENY", 0)],
)
def test_an_operation_is_on_record_by_its_door(tenant: Tenant, statements: Any, verdict: str, deciding: int) -> None:
    key = tenant.user("bob", *([document(*statements)] if statements else []))
    if verdict == "ALLOW":
        tenant.client("iam", key).list_users()
    else:
        with pytest.raises(ClientError, match="AccessDenied"):
            tenant.client("iam", key).list_users()
    Rest(tenant.app, key).get("/users")
    found = listed(tenant, principal=arn(tenant, "user/bob"), action="iam:ListUsers")
    assert [(each.door, each.verdict, len(each.statements)) for each in found] == [
        ("rest", verdict, deciding),
        ("query", verdict, deciding),
    ]


def test_every_action_that_an_operation_implies_is_on_record(tenant: Tenant) -> None:
    trust = document({"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"})
    tenant.run("iam:CreateRole", role_name="r", assume_role_policy_document=trust)
    tenant.run("iam:CreateInstanceProfile", instance_profile_name="i")
    recorder.forget()
    tenant.run("iam:AddRoleToInstanceProfile", instance_profile_name="i", role_name="r")
    assert {"iam:AddRoleToInstanceProfile", "iam:PassRole"} <= {entry.action for entry in listed(tenant)}


def test_what_everybody_may_do_is_not_decided_and_not_on_record(tenant: Tenant, ada: Any) -> None:
    tenant.client("sts", ada).get_caller_identity()
    assert listed(tenant, principal=arn(tenant, "user/ada")) == []


def test_looking_whether_one_may_and_simulating_leave_nothing(tenant: Tenant) -> None:
    call, operation = tenant.operator(), REGISTRY["iam:ListUsers"]
    request = operation.decode({})
    assert recorder.flush()
    before = AccessHistory.objects.filter(account_id=tenant.account_id).count()
    examine(call, operation, request, locate(call, operation.on, request))
    tenant.run("iam:SimulateCustomPolicy", policy_input_list=[document(allow())], action_names=["s3:GetObject"])
    assert listed(tenant, action="s3:GetObject") == []
    assert listed(tenant, action="iam:ListUsers") == []
    authorize(call, operation, request, locate(call, operation.on, request))
    assert len(listed(tenant, action="iam:ListUsers")) == 1
    assert AccessHistory.objects.filter(account_id=tenant.account_id).count() > before


def test_a_principal_that_is_not_there_and_a_decision_that_fails(
    tenant: Tenant, doors: Doors, ada: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    doors.authorize(arn(tenant, "user/nobody"), "s3:GetObject", REPORT)
    real = engine.authorize

    def failing(request: Any, policies: Any) -> Any:
        if request.action == "s3:PutObject":
            raise engine.EngineFault("no")
        return real(request, policies)

    monkeypatch.setattr(answers.engine, "authorize", failing)
    doors.authorize(arn(tenant, "user/ada"), "s3:PutObject", REPORT)
    (stranger,) = listed(tenant, action="s3:GetObject")
    assert (stranger.principal_id, stranger.verdict) == (None, "IMPLICIT_DENY")
    assert not LastAccess.objects.filter(account_id=tenant.account_id, principal_id="").exists()
    (failed,) = listed(tenant, action="s3:PutObject")
    assert failed.verdict == "IMPLICIT_DENY"


def test_another_accounts_statements_are_not_shown(tenant: Tenant) -> None:
    granting = engine.compiled(
        document({"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*", "Sid": "Theirs"}),
        engine.PolicyKind.RESOURCE,
    )
    theirs = engine.Bound(engine.Source(id="theirs", type="resource", name="theirs"), granting)
    own = engine.Bound(
        engine.Source(id="own", type="user"), engine.compiled(document(allow()), engine.PolicyKind.IDENTITY)
    )
    request = engine.Request(ADA, "s3:GetObject", REPORT, {}, "999999999999")
    found = engine.authorize(request, engine.Policies(identity=(own,), resource=(theirs,)))
    assert found.allowed
    recorder.decided(found, "decisions")
    assert recorder.flush()
    (row,) = rows()
    assert (row.account_id, row.resource_account_id) == (ADA.account, "999999999999")
    assert [each["policy"] for each in json.loads(row.statements)] == ["own"]


def test_a_decision_asks_the_database_nothing_for_its_record(tenant: Tenant, doors: Doors, ada: Any) -> None:
    doors.authorize(arn(tenant, "user/ada"), "s3:GetObject", REPORT)
    with CaptureQueriesContext(
        connection,
    ) as asked:
        answers.recorder.decided(decision(), "decisions")
        answers.recorder.key_used("AKIA", tenant.account_id, "s3", "home")
        answers.recorder.denied(decision("arn:aws:s3:::x/x"), "0" * 26)
    assert len(asked) == 0
    with CaptureQueriesContext(connection) as asked:
        for resource in (REPORT, "arn:aws:s3:::x/x"):
            doors.authorize(arn(tenant, "user/ada"), "s3:GetObject", resource)
    assert not [query for query in asked if not query["sql"].startswith("SELECT")]
    assert AccessHistory.objects.filter(account_id=tenant.account_id).count() == 0


def test_a_key_is_known_to_be_used_to_the_quarter_of_an_hour(tenant: Tenant, doors: Doors, ada: Any) -> None:
    def used() -> Any:
        key = AccessKey.objects.get(account_id=tenant.account_id, pk=ada["AccessKeyId"])
        return key.last_used, key.last_used_service, key.last_used_region

    assert used()[0] is None
    for minutes, expected in ((0, 0), (14, 0), (16, 16)):
        with time_machine.travel(START + timedelta(minutes=minutes), tick=False):
            assert doors.post("/api/v1/authenticate", received(ada)).status == 200
            assert recorder.flush()
        assert used() == (START + timedelta(minutes=expected), "orders", "us-east-1")


def test_so_are_those_who_ask_by_signature_and_by_token(tenant: Tenant, doors: Doors, ada: Any) -> None:
    for who in (doors, doors.bearing()):
        AccessKey.objects.filter(account_id=tenant.account_id).exclude(last_used=None)
        recorder.forget()
        who.authorize(arn(tenant, "user/ada"), "s3:GetObject", REPORT)
        assert [use[:2] for use in recorder._uses.values()] == [
            (tenant.account_id, "iam" if who is doors else "iamconsole")
        ]


def test_no_condition_key_is_fed_by_a_secret() -> None:
    secret = [
        (operation.action, member)
        for operation in REGISTRY.values()
        for member in operation.conditions.values()
        if Sensitive
        in (
            *operation.input.model_fields[member].metadata,
            *metadata_of(operation.input.model_fields[member].annotation),
        )
    ]
    assert secret == []


def test_nothing_secret_gets_into_the_history(tenant: Tenant) -> None:
    tenant.run("iam:CreateUser", user_name="eve")
    tenant.run("iam:CreateLoginProfile", user_name="eve", password="Sesame-open-99!")
    key = tenant.key("eve")
    recorder.decided(decision(aws__referer="https://elsewhere.example/reset?token=s3same"), "query")
    assert recorder.flush()
    held = [row.context + row.statements + row.resource for row in AccessHistory.objects.across_accounts("a test")]
    assert counted(tenant.account_id) > 0
    for secret in ("Sesame-open-99!", key["SecretAccessKey"], "s3same"):
        assert not [text for text in held if secret in text]


def test_last_access_outlives_the_row_and_knows_attempts_from_what_was_allowed(
    tenant: Tenant, doors: Doors, ada: Any
) -> None:
    def ask(minutes: int, resource: str) -> None:
        with time_machine.travel(START + timedelta(minutes=minutes), tick=False):
            context = {"aws:RequestedRegion": f"region-{minutes}"}
            doors.authorize(arn(tenant, "user/ada"), "s3:GetObject", resource, context=context)

    ask(1, REPORT)
    assert recorder.flush()
    ask(2, "arn:aws:s3:::reports/8")
    ask(3, "arn:aws:s3:::elsewhere/9")
    assert recorder.flush()
    user = User.objects.get(account_id=tenant.account_id, name="ada")
    (found,) = LastAccess.objects.filter(account_id=tenant.account_id, principal_id=user.unique_id)
    assert (found.service, found.action, found.principal) == ("s3", "s3:GetObject", arn(tenant, "user/ada"))
    assert (found.attempted, found.allowed) == (START + timedelta(minutes=3), START + timedelta(minutes=2))
    assert (found.region, found.resource) == ("region-2", "arn:aws:s3:::reports/8")


def test_a_session_counts_for_its_role(tenant: Tenant, doors: Doors) -> None:
    trust = document({"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"})
    role = tenant.run("iam:CreateRole", role_name="r", assume_role_policy_document=trust).role
    session = f"arn:aws:sts::{tenant.account_id}:assumed-role/r/"
    for name in ("one", "two"):
        doors.authorize(session + name, "s3:GetObject", REPORT)
    found = listed(tenant, principal=role.role_id)
    assert [each.principal for each in found] == [session + "two", session + "one"]
    assert LastAccess.objects.get(account_id=tenant.account_id, principal_id=role.role_id).principal == role.arn
