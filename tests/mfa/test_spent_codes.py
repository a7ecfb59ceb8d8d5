"""A code is good once, whatever became of what it was given for, and whichever door saw it first."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from itertools import count
from typing import Any

import pytest
from botocore.exceptions import ClientError
from django.db import IntegrityError

from accounts.mfa import throttle
from iamconsole.kernel import clock
from iamconsole.kernel.call import Call
from iamconsole.runtime import dispatch
from tests.mfa.devices import Phone
from tests.mfa.pages import SECOND, first_step
from tests.query.aws import ANYTHING, refused
from tests.rest.signed import Rest
from tests.sts.sessions import role, role_arn, trust, user_arn

WRONG = "invalid MFA one time pass code"


@pytest.fixture(autouse=True)
def _slow(monkeypatch: pytest.MonkeyPatch) -> None:
    """The thirty seconds of a code do not end while one door after the other is tried; each call has its moment."""
    began, microseconds = clock.now(), count()
    monkeypatch.setattr(clock, "now", lambda: began + timedelta(microseconds=next(microseconds)))


@pytest.fixture
def key(phone: Phone) -> dict[str, str]:
    """A key of ada's, who may do anything and assume role app."""
    phone.tenant.run("iam:PutUserPolicy", user_name="ada", policy_name="p", policy_document=ANYTHING)
    role(phone.tenant, "app", trust(user_arn(phone.tenant, "ada")))
    return phone.tenant.key("ada")


def console(phone: Phone, _key: dict[str, str]) -> bool:
    return first_step(phone.tenant).post(SECOND, {"authentication_code": phone.code()}).status_code == 302


def asking(name: str, **members: Any) -> Callable[[Phone, dict[str, str]], bool]:
    def ask(phone: Phone, key: dict[str, str]) -> bool:
        given = {"SerialNumber": phone.serial_number, "TokenCode": phone.code()}
        given |= {"RoleArn": role_arn(phone.tenant, "app"), "RoleSessionName": "me"} if name == "assume_role" else {}
        try:
            getattr(phone.tenant.client("sts", key), name)(**given, **members)
        except ClientError as refusal:
            return WRONG not in refusal.response["Error"]["Message"]
        return True

    return ask


def rest(phone: Phone, key: dict[str, str]) -> bool:
    given = {"SerialNumber": phone.serial_number, "TokenCode": phone.code()}
    return Rest(phone.tenant.app, key).post("/sts/session-token", given).status == 200


def resynchronizing(phone: Phone, key: dict[str, str]) -> bool:
    first, second = phone.pair()
    try:
        phone.tenant.client("iam", key).resync_mfa_device(
            UserName="ada", SerialNumber=phone.serial_number, AuthenticationCode1=first, AuthenticationCode2=second
        )
    except ClientError as refusal:
        return bool(refusal.response["Error"]["Code"] != "InvalidAuthenticationCode")
    return True


DOORS = {
    "console": console,
    "GetSessionToken": asking("get_session_token"),
    "AssumeRole": asking("assume_role"),
    "REST": rest,
    "ResyncMFADevice": resynchronizing,
}


@pytest.mark.parametrize("first", DOORS)
def test_a_code_is_spent_for_every_door_by_the_first(
    phone: Phone, key: dict[str, str], first: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(throttle, "FIRST", 0)  # no waiting: each door has to see by itself that the code is spent
    assert DOORS[first](phone, key)
    for name, door in DOORS.items():
        assert not door(phone, key), name


def test_the_code_of_a_refused_operation_is_spent(phone: Phone) -> None:
    """The refusal rolls back the row, and the code may have been seen on its way."""
    sts = phone.tenant.client("sts", phone.tenant.key("ada"))
    given = {"SerialNumber": phone.serial_number, "TokenCode": phone.code()}
    with refused("AccessDenied", "sts:AssumeRole"):
        sts.assume_role(RoleArn=role_arn(phone.tenant, "none"), RoleSessionName="me", **given)
    with refused("AccessDenied", WRONG):
        sts.get_session_token(**given)


def test_a_code_is_not_lost_by_an_operation_that_is_run_again(phone: Phone, monkeypatch: pytest.MonkeyPatch) -> None:
    lost = iter([IntegrityError("lost a race")])

    def locate(call: Call, *given: Any) -> Any:
        for error in lost:
            raise error
        return real(call, *given)

    real = dispatch.locate
    monkeypatch.setattr(dispatch, "locate", locate)
    sts = phone.tenant.client("sts", phone.tenant.key("ada"))
    given = {"SerialNumber": phone.serial_number, "TokenCode": phone.code()}
    assert sts.get_session_token(**given)
    with refused("AccessDenied", WRONG):
        sts.get_session_token(**given)
