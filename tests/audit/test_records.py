"""One record per mutating call and per denial, and nothing in it that may not be there."""

from __future__ import annotations

import json
from typing import Any

import pytest

from accounts.users.models import User
from iamconsole.audit.chain import canonical
from iamconsole.audit.models import AuditEvent
from iamconsole.audit.records import columns_of
from iamconsole.audit.verification import verify
from iamconsole.kernel.call import Origin
from iamconsole.kernel.errors import AccessDenied, Fault, LimitExceeded
from iamconsole.runtime import calls
from iamconsole.runtime.authentication.identities import of_user
from tests.audit.support import records_of, trail_of
from tests.support.tenants import Tenant, run

CANARY = "Canary-Passw0rd-2f9c!"
FORGED = 'x\r\n{"eventName":"Forged"}\x1b[2J\u2028\u2029\x85\x9b31m\x00\x7f'


def call_of(tenant: Tenant, name: str, **origin: Any) -> Any:
    user = User.objects.get(account_id=tenant.account_id, name=name)
    return calls.call_for(of_user(user), door="query", origin=Origin(**origin))


def test_a_change_leaves_one_record(tenant: Tenant) -> None:
    before = len(trail_of(tenant.account_id))
    run(call_of(tenant, "admin", source_ip="192.0.2.1", user_agent="tests"), "iam:CreateUser", user_name="ada")
    (record,) = records_of(tenant.account_id)[before:]
    assert record["eventName"] == "CreateUser"
    assert record["eventSource"] == "iam.amazonaws.com"
    assert record["userIdentity"]["userName"] == "admin"
    assert record["sourceIPAddress"] == "192.0.2.1"
    assert record["requestParameters"]["userName"] == "ada"
    assert record["responseElements"]["user"]["arn"].endswith(":user/ada")
    assert "errorCode" not in record


def test_a_question_leaves_none(tenant: Tenant) -> None:
    before = len(trail_of(tenant.account_id))
    tenant.run("iam:ListUsers")
    tenant.run("iamconsole:LookupAuditEvents")
    with pytest.raises(Fault):
        tenant.run("iam:GetUser", user_name="nobody")
    assert len(trail_of(tenant.account_id)) == before


@pytest.mark.parametrize(
    ("action", "members", "code"),
    [
        ("iam:CreateUser", {"user_name": "admin"}, "EntityAlreadyExists"),
        ("iam:DeleteUser", {"user_name": "nobody"}, "NoSuchEntity"),
        ("iam:CreateUser", {"user_name": "not a name"}, "ValidationError"),
        ("iam:CreateUser", {}, "ValidationError"),
    ],
)
def test_a_failed_change_leaves_its_record_and_nothing_else(
    tenant: Tenant, action: str, members: dict[str, Any], code: str
) -> None:
    users, before = User.objects.filter(account_id=tenant.account_id).count(), len(trail_of(tenant.account_id))
    with pytest.raises(Fault):
        tenant.run(action, **members)
    (record,) = records_of(tenant.account_id)[before:]
    assert (record["eventName"], record["errorCode"]) == (action.partition(":")[2], code)
    assert record["responseElements"] is None
    assert User.objects.filter(account_id=tenant.account_id).count() == users


@pytest.mark.parametrize(("action", "members"), [("iam:CreateUser", {"user_name": "x"}), ("iam:ListUsers", {})])
def test_a_denial_leaves_one_record_even_for_a_question(tenant: Tenant, action: str, members: dict[str, Any]) -> None:
    tenant.user("weak")
    before = len(trail_of(tenant.account_id))
    with pytest.raises(AccessDenied) as denied:
        run(call_of(tenant, "weak"), action, **members)
    (record,) = records_of(tenant.account_id)[before:]
    assert record["errorCode"] == "AccessDenied"
    assert record["eventName"] == action.partition(":")[2]
    assert record["authorizationId"] == denied.value.authorization_id
    assert not User.objects.filter(account_id=tenant.account_id, name="x").exists()


def whole_table() -> str:
    rows = AuditEvent.objects.across_accounts("a secret must be nowhere").values_list()
    return "\n".join(str(value) for row in rows for value in row)


def test_secrets_are_in_no_record(tenant: Tenant) -> None:
    tenant.run("iam:CreateUser", user_name="ada")
    tenant.run("iam:CreateLoginProfile", user_name="ada", password=CANARY)
    tenant.run("iam:UpdateLoginProfile", user_name="ada", password=f"{CANARY}2")
    secrets = [tenant.key("ada")["SecretAccessKey"], tenant.admin_key["SecretAccessKey"], CANARY]
    refused = [
        ("iam:CreateLoginProfile", {"user_name": "ada", "password": CANARY}),  # has one
        ("iam:CreateLoginProfile", {"user_name": "nobody", "password": CANARY}),
        ("iam:CreateLoginProfile", {"user_name": "ada", "password": CANARY * 20}),  # too long
        ("iam:CreateLoginProfile", {"user_name": "ada", "password": [CANARY]}),
        ("iam:CreateLoginProfile", {"user_name": "ada", "password": f"{CANARY}\x00"}),  # not in the pattern
        ("iam:UpdateLoginProfile", {"user_name": "ada", "password": {"x": CANARY}}),
        ("iam:UpdateLoginProfile", {"user_name": "nobody", "password": CANARY}),
        ("iam:UpdateLoginProfile", {"user_name": "ada", "password": "Canary-"}),  # too weak
        ("iam:UpdateLoginProfile", {"UserName": "ada", "Pasword": CANARY}),  # a misspelled member
    ]
    for action, members in refused:
        with pytest.raises(Fault):
            tenant.run(action, **members)
    with pytest.raises(AccessDenied):
        run(call_of(tenant, "ada"), "iam:UpdateLoginProfile", user_name="ada", password=CANARY)
    secrets.append(tenant.key("ada")["SecretAccessKey"])
    with pytest.raises(LimitExceeded):
        tenant.key("ada")
    text = whole_table()
    assert "HIDDEN_DUE_TO_SECURITY_REASONS" in text
    for secret in [*secrets, "Canary-"]:
        assert secret not in text


def test_what_a_caller_writes_stays_within_its_record(tenant: Tenant) -> None:
    call = call_of(tenant, "admin", source_ip="192.0.2.1", user_agent=FORGED)
    tries = [
        ("iam:CreateUser", {"user_name": FORGED}),
        ("iam:CreateUser", {"user_name": "ada", "tags": [{"key": FORGED, "value": FORGED}]}),
        ("iam:AttachUserPolicy", {"user_name": "admin", "policy_arn": f"arn:aws:iam::1:policy/{FORGED}"}),
        ("iam:DeletePolicy", {"policy_arn": f"arn:aws:iam::{tenant.account_id}:policy/{FORGED}"}),
    ]
    before = len(trail_of(tenant.account_id))
    for action, members in tries:
        with pytest.raises(Fault):
            run(call, action, **members)
    written = trail_of(tenant.account_id)[before:]
    assert len(written) == len(tries)
    for event in written:
        assert event.body.isascii()
        assert event.body.isprintable()
        assert len(event.body.splitlines()) == 1
        assert json.loads(event.body)["userAgent"] == FORGED
        assert event.name != "Forged"
        assert "\0" not in event.resource
    assert verify(tenant.account_id).intact


def test_a_record_can_hold_any_text() -> None:
    for text in (FORGED, "\ud800", "é", "\N{GRINNING FACE}"):
        written = canonical({"b": text, "a": [text]})
        assert written.isascii()
        assert written.isprintable()
        assert json.loads(written) == {"a": [text], "b": text}
        assert canonical(json.loads(written)) == written


def test_columns_hold_what_databases_can_keep() -> None:
    record = {
        "eventName": "n" * 300,
        "userIdentity": {"arn": "a\0\ud800" * 2000},
        "sourceIPAddress": "1" * 100,
        "resources": [{"ARN": "arn\0"}, {"ARN": "other"}],
    }
    columns = columns_of(record)
    assert columns["resource"] == "arn\ufffd"
    assert len(columns["principal"]) == 2048
    assert len(columns["name"]) == 128
    assert len(columns["source_ip"]) == 64
    for text in columns.values():
        assert "\0" not in text
        text.encode()
