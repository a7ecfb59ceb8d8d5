"""`POST /api/v1/authorize`: what is asked, and what comes back."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from accounts.users.models import User
from iamconsole.kernel import clock
from iamconsole.replication import freshness, log
from iamconsole.runtime import calls, context
from iamconsole.runtime.authentication.identities import of_user
from iamconsole.runtime.decisions import subjects
from iamconsole.runtime.decisions.names import principal_name
from tests.decisions.asking import READ_REPORTS, Doors, arn
from tests.decisions.wire import document, statement
from tests.support.tenants import Tenant, open_account

X, OTHER = "arn:aws:s3:::reports/x", "arn:aws:s3:::other/x"


def test_an_allow_says_what_allowed(tenant: Tenant, doors: Doors, ada: dict[str, str]) -> None:
    answer = doors.authorize(arn(tenant, "user/ada"), "s3:GetObject", X)
    assert answer["decision"] == "allow"
    assert "authorizationId" not in answer
    (check,) = answer["checks"]
    assert (check["type"], check["result"]) == ("PRINCIPAL", "ALLOW")
    assert check["matched"][0]["sid"] == "Read"
    assert answer["nearMisses"] == []
    assert answer["position"] == log.position_of(tenant.account_id)


def test_a_denial_has_an_id_a_reason_and_the_near_miss(tenant: Tenant, doors: Doors) -> None:
    mfa = {"Condition": {"Bool": {"aws:MultiFactorAuthPresent": "true"}}}
    tenant.user("ada", document(statement("Allow", "s3:PutObject", Sid="WithMfa", **mfa)))
    answer = doors.authorize(arn(tenant, "user/ada"), "s3:PutObject", X, context={"aws:MultiFactorAuthPresent": False})
    assert answer["decision"] == "deny"
    assert answer["authorizationId"].isalnum()
    assert "because no identity-based policy allows the s3:PutObject action" in answer["reason"]
    (miss,) = answer["nearMisses"]
    assert (miss["sid"], miss["key"], miss["wanted"]) == ("WithMfa", "aws:MultiFactorAuthPresent", ["true"])
    assert miss["found"] == "false"
    allowed = doors.authorize(arn(tenant, "user/ada"), "s3:PutObject", X, context={"aws:MultiFactorAuthPresent": True})
    assert allowed["decision"] == "allow"


def test_an_explicit_deny_names_its_statement(tenant: Tenant, doors: Doors) -> None:
    tenant.user("ada", document(statement("Allow", "*"), statement("Deny", "iam:List*", Sid="NoIam")))
    answer = doors.authorize(arn(tenant, "user/ada"), "iam:ListUsers", "*")
    assert answer["decision"] == "deny"
    assert answer["checks"][0]["result"] == "EXPLICIT_DENY"
    assert [matched["sid"] for matched in answer["checks"][0]["matched"]] == ["NoIam"]


def test_a_list_is_answered_in_its_order(tenant: Tenant, doors: Doors, ada: dict[str, str]) -> None:
    base = {"principal": arn(tenant, "user/ada"), "action": "s3:GetObject"}
    asked = [base | {"resource": X if number % 3 else OTHER} for number in range(1000)]
    answer = doors.post("/api/v1/authorize?detail=none", asked)
    assert answer.status == 200
    assert answer.body == [{"decision": "allow" if number % 3 else "deny"} for number in range(1000)]


def test_detail_none_leaves_the_decision_alone(tenant: Tenant, doors: Doors, ada: dict[str, str]) -> None:
    asked = {"principal": arn(tenant, "user/ada"), "action": "s3:GetObject", "resource": OTHER}
    assert doors.post("/api/v1/authorize?detail=none", asked).body == {"decision": "deny"}
    assert doors.post("/api/v1/authorize?detail=some", asked).code == "InvalidParameterValue"
    assert doors.post("/api/v1/authorize?detail=full&detail=none", asked).code == "InvalidQueryParameter"


@pytest.mark.parametrize(
    "principal", ["user/nobody", "role/nobody", "user/ada/ada", "user/ADA", "user/x/ada"], ids=lambda name: name
)
def test_an_unknown_principal_is_denied_with_a_reason(
    tenant: Tenant, doors: Doors, ada: dict[str, str], principal: str
) -> None:
    everybody = document(statement("Allow", "s3:*", "arn:aws:s3:::reports/*", Principal="*"))
    answer = doors.authorize(arn(tenant, principal), "s3:GetObject", X, resourcePolicy=everybody)
    assert answer["decision"] == "deny"
    assert answer["authorizationId"]
    assert answer["reason"].endswith("does not exist")


def test_the_root_user_needs_no_policy(tenant: Tenant, doors: Doors) -> None:
    assert doors.authorize(arn(tenant, "root"), "s3:DeleteBucket", "arn:aws:s3:::b")["decision"] == "allow"


TRUST = document(
    {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"},
)


@pytest.fixture
def role(tenant: Tenant) -> str:
    tenant.run("iam:CreateRole", role_name="reader", path="/team/", assume_role_policy_document=TRUST)
    tenant.run("iam:PutRolePolicy", role_name="reader", policy_name="read", policy_document=READ_REPORTS)
    return arn(tenant, "role/team/reader")


def test_a_role_and_a_session_of_it(tenant: Tenant, doors: Doors, role: str) -> None:
    session = f"arn:aws:sts::{tenant.account_id}:assumed-role/reader/job-7"
    for principal in (role, session):
        assert doors.authorize(principal, "s3:GetObject", X)["decision"] == "allow"
        assert doors.authorize(principal, "s3:GetObject", OTHER)["decision"] == "deny"
    tenant.run("iam:PutRolePolicy", role_name="reader", policy_name="own", policy_document=document(
        statement("Allow", "s3:PutObject", "arn:aws:s3:::home/${aws:userid}"),
        statement("Allow", "s3:ListBucket", Condition={"ArnEquals": {"aws:PrincipalArn": role}}),
    ))  # fmt: skip
    ident = tenant.run("iam:GetRole", role_name="reader").role.role_id
    assert doors.authorize(session, "s3:PutObject", f"arn:aws:s3:::home/{ident}:job-7")["decision"] == "allow"
    assert doors.authorize(role, "s3:PutObject", f"arn:aws:s3:::home/{ident}:-")["decision"] == "deny"
    assert doors.authorize(session, "s3:ListBucket", "arn:aws:s3:::b")["decision"] == "allow"


def test_a_boundary_holds_against_a_resource_policy_that_names_the_role(
    tenant: Tenant, doors: Doors, role: str
) -> None:
    """A grant to the role is limited by its boundary; one to the session itself is not, as in AWS."""
    made = tenant.run("iam:CreatePolicy", policy_name="edge", policy_document=document(statement("Allow", "ec2:*")))
    tenant.run("iam:PutRolePermissionsBoundary", role_name="reader", permissions_boundary=made.policy.arn)
    for_role = document(statement("Allow", "s3:*", "*", Principal={"AWS": role}))
    assert doors.authorize(role, "s3:GetObject", X, resourcePolicy=for_role)["decision"] == "deny"
    session = f"arn:aws:sts::{tenant.account_id}:assumed-role/reader/job-7"
    for_session = document(statement("Allow", "s3:*", "*", Principal={"AWS": session}))
    assert doors.authorize(session, "s3:GetObject", X, resourcePolicy=for_session)["decision"] == "allow"


def test_the_principals_own_keys_cannot_be_stated(tenant: Tenant, doors: Doors) -> None:
    tenant.user(
        "ada",
        document(
            statement("Allow", "s3:GetObject", "arn:aws:s3:::home/${aws:username}/*"),
            statement("Allow", "s3:PutObject", Condition={"StringEquals": {"aws:PrincipalTag/team": "red"}}),
            statement("Allow", "s3:ListBucket", Condition={"StringEquals": {"aws:PrincipalTag/unit": "one"}}),
        ),
        tags=[{"key": "team", "value": "red"}],
    )
    ada = arn(tenant, "user/ada")
    lies = {"AWS:UserName": "bob", "aws:PrincipalTag/team": "blue", "aws:principaltag/unit": "one", "aws:userid": "x"}
    assert doors.authorize(ada, "s3:GetObject", "arn:aws:s3:::home/ada/x", context=lies)["decision"] == "allow"
    assert doors.authorize(ada, "s3:GetObject", "arn:aws:s3:::home/bob/x", context=lies)["decision"] == "deny"
    assert doors.authorize(ada, "s3:PutObject", "*", context=lies)["decision"] == "allow"
    assert doors.authorize(ada, "s3:ListBucket", "*", context=lies)["decision"] == "deny"


def test_what_a_subject_says_of_itself_is_what_operations_see(tenant: Tenant, ada: dict[str, str]) -> None:
    for user in User.objects.filter(account_id=tenant.account_id):
        name = principal_name(user.arn)
        assert name
        subject = subjects.named(name, freshness.view())
        assert subject
        seen = context.of_caller(calls.call_for(of_user(user), door="rest"))
        own = {key for key in seen if key.startswith("aws:Principal") or key in ("aws:userid", "aws:username")}
        assert {key: seen[key] for key in own} == subject.facts


def test_the_moment_is_filled_in_and_may_be_stated(tenant: Tenant, doors: Doors) -> None:
    year = datetime.now(UTC).year
    within = {
        "DateLessThan": {"aws:CurrentTime": f"{year + 2}-01-01T00:00:00Z"},
        "NumericGreaterThan": {"aws:EpochTime": "1"},
    }
    tenant.user("ada", document(statement("Allow", "s3:GetObject", Condition=within)))
    ada = arn(tenant, "user/ada")
    assert doors.authorize(ada, "s3:GetObject", X)["decision"] == "allow"
    later = {"AWS:currenttime": f"{year + 3}-01-01T00:00:00Z"}
    assert doors.authorize(ada, "s3:GetObject", X, context=later)["decision"] == "deny"
    assert clock.now().year == year


@pytest.mark.parametrize(
    ("stated", "operator", "wanted"),
    [
        ("red", "StringEquals", "red"),
        (7, "NumericEquals", "7"),
        (1.5, "NumericLessThan", "2"),
        (True, "Bool", "true"),
        (["red", "blue"], "ForAllValues:StringEquals", ["red", "blue", "green"]),
        ([1, 2], "ForAnyValue:NumericEquals", "2"),
    ],
)
def test_context_values_of_every_kind(tenant: Tenant, doors: Doors, stated: Any, operator: str, wanted: Any) -> None:
    tenant.user("ada", document(statement("Allow", "app:Use", Condition={operator: {"app:Key": wanted}})))
    ada = arn(tenant, "user/ada")
    assert doors.authorize(ada, "app:Use", "*", context={"app:Key": stated})["decision"] == "allow"
    other: Any = (
        ["no"] if isinstance(stated, list) and isinstance(stated[0], str) else [9] if isinstance(stated, list) else 99
    )
    assert doors.authorize(ada, "app:Use", "*", context={"app:Key": other})["decision"] == "deny"


def test_a_resource_policy_that_comes_along(tenant: Tenant, doors: Doors, ada: dict[str, str]) -> None:
    ada_arn = arn(tenant, "user/ada")
    allow = document(statement("Allow", "s3:PutObject", "arn:aws:s3:::reports/*", Principal={"AWS": ada_arn}))
    deny = document(statement("Deny", "s3:GetObject", "arn:aws:s3:::reports/*", Principal="*", Sid="Closed"))
    assert doors.authorize(ada_arn, "s3:PutObject", X, resourcePolicy=allow)["decision"] == "allow"
    answer = doors.authorize(ada_arn, "s3:GetObject", X, resourcePolicy=deny)
    assert (answer["decision"], answer["checks"][0]["type"]) == ("deny", "RESOURCE")
    assert doors.authorize(ada_arn, "s3:GetObject", X)["decision"] == "allow"


def test_a_resource_of_another_account_needs_both(tenant: Tenant, doors: Doors, ada: dict[str, str]) -> None:
    ada_arn = arn(tenant, "user/ada")
    tenant.run(
        "iam:PutUserPolicy", user_name="ada", policy_name="sqs", policy_document=document(statement("Allow", "sqs:*"))
    )
    queue = "arn:aws:sqs:eu-1:999999999999:queue"
    assert doors.authorize(ada_arn, "sqs:SendMessage", queue)["decision"] == "deny"
    theirs = document(statement("Allow", "sqs:*", queue, Principal={"AWS": ada_arn}))
    assert doors.authorize(ada_arn, "sqs:SendMessage", queue, resourcePolicy=theirs)["decision"] == "allow"
    owner = {"aws:resourceaccount": "999999999999"}
    assert doors.authorize(ada_arn, "s3:GetObject", X, context=owner)["decision"] == "deny"


def test_another_accounts_policy_counts_but_is_not_shown(tenant: Tenant, doors: Doors, app: Any) -> None:
    stranger = open_account(app)
    tenant.user("ada", document(statement("Allow", "sqs:*")))
    ada, queue = arn(tenant, "user/ada"), f"arn:aws:sqs:eu-1:{stranger.account_id}:queue"
    for effect, decision in (("Allow", "allow"), ("Deny", "deny")):
        theirs = document(statement(effect, "sqs:*", queue, Principal={"AWS": ada}, Sid="TheirSecret"))
        stranger.run("iamconsole:PutResourcePolicy", resource_arn=queue, policy_document=theirs)
        answer = doors.authorize(ada, "sqs:SendMessage", queue)
        assert answer["decision"] == decision
        assert "RESOURCE" in [check["type"] for check in answer["checks"]]
        assert "TheirSecret" not in json.dumps(answer)


def test_at_least_is_reached_or_refused(tenant: Tenant, doors: Doors, ada: dict[str, str]) -> None:
    position = log.position_of(tenant.account_id)
    asked = {"principal": arn(tenant, "user/ada"), "action": "s3:GetObject", "resource": X}
    reached = doors.post("/api/v1/authorize", asked | {"atLeast": log.token(tenant.account_id, position)})
    assert (reached.status, reached.body["position"]) == (200, position)
    ahead = doors.post("/api/v1/authorize", asked | {"atLeast": log.token(tenant.account_id, position + 1)})
    assert (ahead.status, ahead.code) == (503, "ServiceUnavailable")
    assert ahead.headers["Retry-After"] == "1"
    assert doors.post("/api/v1/authorize", asked | {"atLeast": "forged"}).code == "InvalidInput"


GOOD = {"principal": "arn:aws:iam::123456789012:user/a", "action": "s3:GetObject", "resource": "*"}


@pytest.mark.parametrize(
    ("given", "at"),
    [
        ({}, ["principal", "action", "resource"]),
        (GOOD | {"principal": "ada"}, ["principal"]),
        (GOOD | {"principal": "arn:aws:iam::123456789012:group/a"}, ["principal"]),
        (GOOD | {"principal": ["arn:aws:iam::123456789012:user/a"]}, ["principal"]),
        (GOOD | {"action": "s3:Get*"}, ["action"]),
        (GOOD | {"action": "GetObject"}, ["action"]),
        (GOOD | {"resource": ""}, ["resource"]),
        (GOOD | {"resource": "x" * 2049}, ["resource"]),
        (GOOD | {"context": []}, ["context"]),
        (GOOD | {"context": {"k": {"a": 1}}}, ["context.k"]),
        (GOOD | {"context": {"k": None}}, ["context.k"]),
        (GOOD | {"context": {"k": [["x"]]}}, ["context.k"]),
        (GOOD | {"context": {"app:K": "1", "app:k": "2"}}, ["context.app:k"]),
        (GOOD | {"context": {f"k{n}": "" for n in range(257)}}, ["context"]),
        (GOOD | {"context": {"k": ["x"] * 257}}, ["context.k"]),
        (GOOD | {"resourcePolicy": {"Statement": []}}, ["resourcePolicy"]),
        (GOOD | {"atLeast": 5}, ["atLeast"]),
        (GOOD | {"Principal": "x"}, ["Principal"]),
        ([GOOD, "x", GOOD | {"action": 1}], ["1", "2.action"]),
        (None, ["."]),
    ],
)
def test_what_is_malformed_is_named_by_its_place(doors: Doors, given: Any, at: list[str]) -> None:
    answer = doors.post("/api/v1/authorize", json.dumps(given).encode())
    assert (answer.status, answer.code) == (400, "ValidationError")
    assert sorted(answer.body["errors"]) == sorted(at)


@pytest.mark.parametrize("count", [0, 1001])
def test_a_list_has_bounds(doors: Doors, count: int) -> None:
    assert doors.post("/api/v1/authorize", [GOOD] * count).code == "ValidationError"


def test_a_malformed_resource_policy_is_told(tenant: Tenant, doors: Doors) -> None:
    twice = document(statement("Deny", "*", Principal="*")).replace('"Deny"', '"Deny", "Effect": "Allow"')
    answer = doors.post("/api/v1/authorize", GOOD | {"principal": arn(tenant, "root"), "resourcePolicy": twice})
    assert (answer.status, answer.code) == (400, "MalformedPolicyDocument")


def test_only_principals_of_the_callers_account(tenant: Tenant, doors: Doors, app: Any) -> None:
    stranger = open_account(app)
    stranger.user("eve", document(statement("Allow", "*")))
    for principal in ("user/eve", "user/nobody", "root"):
        answer = doors.post("/api/v1/authorize", GOOD | {"principal": arn(stranger, principal)})
        assert (answer.status, answer.code) == (403, "AccessDenied")
        assert answer.body["detail"].startswith("Only principals of account")
