"""Whoever takes a device away ends what was opened with it at every door, temporary credentials too."""

from __future__ import annotations

from typing import Any

import pytest

from accounts.mfa import totp
from accounts.mfa.models import MFADevice
from iamconsole.kernel import clock
from tests.decisions.asking import Doors
from tests.decisions.test_authenticate import AUTHENTICATE, received
from tests.mfa.devices import Phone
from tests.query.aws import ANYTHING, refused
from tests.rest.signed import Rest
from tests.support.write_guard import setting_up

QUESTION = {"action": "s3:GetObject", "resource": "arn:aws:s3:::reports/x"}


@pytest.fixture
def sts(phone: Phone) -> Any:
    phone.tenant.run("iam:PutUserPolicy", user_name="ada", policy_name="p", policy_document=ANYTHING)
    return phone.tenant.client("sts", phone.tenant.key("ada"))


def with_mfa(sts: Any, phone: Phone) -> dict[str, str]:
    found: dict[str, str] = sts.get_session_token(SerialNumber=phone.serial_number, TokenCode=phone.code())[
        "Credentials"
    ]
    return found


def statuses(phone: Phone, key: dict[str, str]) -> list[int]:
    """What REST and the decision door say."""
    door = Doors.of(phone.tenant).post(AUTHENTICATE, received(key) | QUESTION)
    return [Rest(phone.tenant.app, key).get("/users").status, door.status]


def test_temporary_credentials_with_mfa_end_with_a_device(phone: Phone, sts: Any) -> None:
    key = with_mfa(sts, phone)
    assert phone.tenant.client("iam", key).list_users()
    assert statuses(phone, key) == [200, 200]
    phone.tenant.run("iam:DeactivateMFADevice", user_name="ada", serial_number=phone.serial_number)
    for service, operation in (("iam", "list_users"), ("sts", "get_caller_identity")):
        with refused("InvalidClientTokenId"):
            getattr(phone.tenant.client(service, key), operation)()
    assert statuses(phone, key) == [401, 401]


def test_those_without_mfa_go_on(phone: Phone, sts: Any) -> None:
    key = sts.get_session_token()["Credentials"]
    phone.tenant.run("iam:DeactivateMFADevice", user_name="ada", serial_number=phone.serial_number)
    assert phone.tenant.client("sts", key).get_caller_identity()
    assert statuses(phone, key) == [401, 200]


def test_the_next_device_opens_sessions_again(phone: Phone, sts: Any) -> None:
    phone.tenant.run("iam:DeactivateMFADevice", user_name="ada", serial_number=phone.serial_number)
    key = with_mfa(sts, Phone.enabled(phone.tenant, "ada", "tablet"))
    assert statuses(phone, key) == [200, 200]


def test_a_device_that_is_taken_away_while_its_code_is_looked_at(phone: Phone) -> None:
    device = MFADevice.objects.get(account_id=phone.tenant.account_id)
    phone.tenant.run("iam:DeactivateMFADevice", user_name="ada", serial_number=phone.serial_number)
    with setting_up():
        assert not totp.spend(device, phone.code(), clock.now())
