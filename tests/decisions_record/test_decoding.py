"""sts:DecodeAuthorizationMessage: the token of a REST problem, decoded by a stock boto3 client."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from botocore.exceptions import ClientError

from iamconsole.audit.decisions import messages
from iamconsole.audit.models import AuditEvent
from iamconsole.kernel import clock
from iamconsole.replication.log import token
from tests.decisions_record.support import Denied
from tests.query.aws import allow, deny, refused
from tests.rest.signed import Rest
from tests.support.tenants import Tenant


def problem(ada: Denied) -> dict[str, Any]:
    return dict(Rest(ada.tenant.app, ada.key).get("/users").body)


def decoded(tenant: Tenant, message: str) -> dict[str, Any]:
    answer = tenant.client("sts").decode_authorization_message(EncodedMessage=message)
    return dict(json.loads(answer["DecodedMessage"]))


def values(*texts: str) -> dict[str, Any]:
    return {"items": [{"value": text} for text in texts]}


def test_a_message_says_what_aws_says(tenant: Tenant, ada: Denied) -> None:
    ada.may(allow(), deny(["iam:List*", "iam:Get*"], "*", IpAddress={"aws:SourceIp": "127.0.0.0/8"}) | {"Sid": "No"})
    told = decoded(tenant, problem(ada)["encodedAuthorizationMessage"])
    user = tenant.client("iam").get_user(UserName="ada")["User"]
    context = told["context"]
    conditions = {each["key"]: each["values"] for each in context.pop("conditions")["items"]}
    assert conditions["aws:SourceIp"] == values("127.0.0.1")
    assert conditions["aws:ResourceAccount"] == values(tenant.account_id)
    assert told == {
        "allowed": False,
        "explicitDeny": True,
        "matchedStatements": {
            "items": [
                {
                    "statementId": "No",
                    "effect": "DENY",
                    "principals": values(user["UserId"]),
                    "principalGroups": {"items": []},
                    "actions": values("iam:List*", "iam:Get*"),
                    "resources": values("*"),
                    "conditions": {"items": [{"key": "aws:SourceIp", "values": values("127.0.0.0/8")}]},
                }
            ]
        },
        "failures": {"items": []},
        "context": {
            "principal": {"id": user["UserId"], "arn": user["Arn"]},
            "action": "iam:ListUsers",
            "resource": f"arn:aws:iam::{tenant.account_id}:user/",
        },
    }


def test_an_implicit_deny_matched_nothing(tenant: Tenant, ada: Denied) -> None:
    told = decoded(tenant, problem(ada)["encodedAuthorizationMessage"])
    assert (told["explicitDeny"], told["matchedStatements"]) == (False, {"items": []})


def test_the_message_holds_nothing_but_the_id(ada: Denied) -> None:
    body = problem(ada)
    assert messages.authorization_id_of(body["encodedAuthorizationMessage"]) == body["authorizationId"]


def invalid() -> Any:
    return refused("InvalidAuthorizationMessageException", "not valid")


def test_a_message_that_is_not_ours_is_refused(tenant: Tenant, ada: Denied) -> None:
    message = problem(ada)["encodedAuthorizationMessage"]
    sts = tenant.client("sts")
    other_purpose = token(tenant.account_id, 1)
    for text in ("x", message[:-2], f"{message}A", message.replace("t1.", "t2."), f"{message}\n", other_purpose):
        with invalid():
            sts.decode_authorization_message(EncodedMessage=text)
    with pytest.raises(sts.exceptions.InvalidAuthorizationMessageException):
        sts.decode_authorization_message(EncodedMessage=messages.encoded("0" * 26))


def test_another_account_cannot_decode_it(tenant: Tenant, other: Tenant, ada: Denied) -> None:
    message = problem(ada)["encodedAuthorizationMessage"]
    with invalid():
        other.client("sts").decode_authorization_message(EncodedMessage=message)
    assert decoded(tenant, message)


def test_an_expired_message_is_refused(tenant: Tenant, ada: Denied) -> None:
    message = problem(ada)["encodedAuthorizationMessage"]
    with time_machine.travel(clock.now() + timedelta(days=7, seconds=1)), invalid():
        decoded(tenant, message)


def test_it_takes_the_permission(tenant: Tenant, ada: Denied) -> None:
    message = problem(ada)["encodedAuthorizationMessage"]
    sts = tenant.client("sts", ada.key)
    with pytest.raises(ClientError, match="not authorized to perform: sts:DecodeAuthorizationMessage"):
        sts.decode_authorization_message(EncodedMessage=message)
    ada.may(allow("sts:DecodeAuthorizationMessage"))
    assert sts.decode_authorization_message(EncodedMessage=message)["DecodedMessage"]


def test_the_trail_says_who_decoded_but_not_what(tenant: Tenant, ada: Denied) -> None:
    decoded(tenant, problem(ada)["encodedAuthorizationMessage"])
    (event,) = AuditEvent.objects.filter(account_id=tenant.account_id, name="DecodeAuthorizationMessage")
    assert "iam:ListUsers" not in event.body
