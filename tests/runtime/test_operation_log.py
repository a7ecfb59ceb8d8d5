"""The line that production writes of each operation, and what no line of any door ever holds."""

from __future__ import annotations

import io
import json
import logging
import logging.config
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from iamconsole.kernel.errors import EntityAlreadyExists
from iamconsole.runtime import dispatch
from iamconsole.settings import logs
from tests.rest.signed import Rest
from tests.support.tenants import Tenant, run


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    """What production would write to stderr, every logger at its most talkative."""
    stream = io.StringIO()
    config = logs.configure(operations="INFO")
    handler = logging.StreamHandler(stream)
    formatter = dict(config["formatters"]["json"])
    handler.addFilter(lambda record: not record.name.startswith("botocore"))  # the client's own words, not ours
    handler.setFormatter(formatter.pop("()")(**formatter))
    root, own = logging.getLogger(), logging.getLogger(logs.OPERATIONS)
    before = root.level, own.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    own.setLevel(logging.INFO)
    yield stream
    root.removeHandler(handler)
    root.setLevel(before[0])
    own.setLevel(before[1])


def records(lines: io.StringIO, event: str = "operation") -> list[dict[str, Any]]:
    return [found for line in lines.getvalue().splitlines() if (found := json.loads(line))["event"] == event]


def test_an_operation_is_one_record(tenant: Tenant, lines: io.StringIO) -> None:
    call = tenant.operator()
    run(call, "iam:CreateUser", user_name="ada")
    (record,) = records(lines)
    assert record.pop("latency_ms") > 0
    assert record.pop("timestamp").endswith("Z")
    assert record == {
        "event": "operation",
        "level": "info",
        "logger": logs.OPERATIONS,
        "operation": "iam:CreateUser",
        "account": tenant.account_id,
        "door": "cli",
        "request_id": call.request_id,
        "principal": call.principal.arn,
        "code": "ok",
    }


def test_a_refusal_names_its_code(tenant: Tenant, lines: io.StringIO) -> None:
    with pytest.raises(EntityAlreadyExists):
        tenant.run("iam:CreateUser", user_name="admin")
    assert records(lines)[-1]["code"] == "EntityAlreadyExists"


def test_whatever_is_logged_inside_names_the_request(
    tenant: Tenant, lines: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_args: Any) -> None:
        raise ZeroDivisionError("of the handler")

    monkeypatch.setattr(dispatch, "_handle", broken)
    with pytest.raises(ClientError) as failed:
        tenant.client().list_users()
    (record,) = records(lines, "operation failed")
    assert record["request_id"] == failed.value.response["ResponseMetadata"]["RequestId"]
    assert (record["operation"], record["account"], record["door"]) == ("iam:ListUsers", tenant.account_id, "query")
    assert "ZeroDivisionError" in record["exception"]
    assert records(lines)[-1]["code"] == "InternalFailure"


def test_the_next_record_knows_nothing_of_it(tenant: Tenant, lines: io.StringIO) -> None:
    tenant.run("iam:ListUsers")
    logging.getLogger("elsewhere").warning("later")
    (record,) = records(lines, "later")
    assert "request_id" not in record


def test_no_secret_of_any_door_is_in_a_line(tenant: Tenant, app: Any, lines: io.StringIO) -> None:
    iam, sts = tenant.client(), tenant.client("sts")
    iam.create_user(UserName="ada")
    canaries = ["Canary-Password-77!", "Canary-Password-78!"]
    iam.create_login_profile(UserName="ada", Password=canaries[0])
    made = iam.create_access_key(UserName="ada")["AccessKey"]
    canaries.append(made["SecretAccessKey"])
    session = sts.get_session_token()["Credentials"]
    canaries += [session["SecretAccessKey"], session["SessionToken"]]
    bearer = Rest(app, tenant.admin_key).post("/tokens").body["Token"]
    canaries.append(bearer)
    with pytest.raises(ClientError):
        iam.create_login_profile(UserName="ada", Password=canaries[1])
    with pytest.raises(ClientError):
        tenant.client("iam", {**made, "SessionToken": "Canary-of-no-session"}).list_users()
    written = lines.getvalue()
    assert len(records(lines)) > 5
    assert [canary for canary in [*canaries, "Canary-of-no-session"] if canary in written] == []
