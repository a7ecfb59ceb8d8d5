"""My devices, those of others, and what a session with or without MFA may do."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from botocore.exceptions import ClientError
from django.core.cache import cache
from django.test import Client

from accounts.mfa.models import MFADevice, RecoveryCode
from iamconsole.kernel import clock
from iamconsole.runtime.authentication import second_factor
from tests.console.client import sign_in, with_password
from tests.mfa.authenticator import Key
from tests.mfa.devices import Phone
from tests.mfa.pages import MINE, SELF_SERVICE, VERIFY, codes_of, is_in, register, signed_in
from tests.query.aws import allow, deny, document
from tests.support.tenants import PASSWORD, Tenant

APP = "/console/mfa/app/"


@pytest.fixture
def browser(tenant: Tenant) -> Client:
    """A user who may see to his own devices, signed in."""
    with_password(tenant, "eve", SELF_SERVICE)
    return sign_in(tenant, "eve")


def hidden(html: str, name: str) -> str:
    return html.partition(f'name="{name}" value="')[2].partition('"')[0]


def begin(browser: Client, tenant: Tenant) -> Phone:
    html = browser.post(APP, {"virtual_mfa_device_name": "eve-phone"}).content.decode()
    return Phone(tenant, hidden(html, "serial_number"), hidden(html, "seed"), "eve")


def finish(browser: Client, phone: Phone, codes: tuple[str, str]) -> Any:
    form = {"do": "enable", "serial_number": phone.serial_number, "seed": phone.seed}
    return browser.post(APP, form | {"authentication_code1": codes[0], "authentication_code2": codes[1]})


def test_an_app_is_enrolled_and_brings_recovery_codes(tenant: Tenant, browser: Client) -> None:
    assert "A password alone opens the console" in browser.get(MINE).content.decode()
    phone = begin(browser, tenant)
    wrong = finish(browser, phone, (phone.wrong(), phone.wrong()))
    assert wrong.status_code == 400
    assert "not valid" in wrong.content.decode()
    assert phone.seed in wrong.content.decode()
    assert "no-store" in wrong["Cache-Control"]
    cache.clear()
    done = finish(browser, phone, phone.pair())
    codes = codes_of(done.content)
    assert len(codes) == 10
    assert "no-store" in done["Cache-Control"]
    page = browser.get(MINE).content.decode()
    assert "eve-phone" in page
    assert "10 codes are left" in page
    assert phone.seed not in page
    assert codes[0] not in page
    stored = "".join(RecoveryCode.objects.filter(account_id=tenant.account_id).values_list("digest", flat=True))
    assert codes[0].replace("-", "") not in stored


def test_the_codes_come_back_as_a_file(browser: Client) -> None:
    response = browser.post("/console/mfa/recovery-codes.txt", {"codes": "AAAA\nBBBB"})
    assert response.content == b"AAAA\nBBBB"
    assert "attachment" in response["Content-Disposition"]
    assert browser.get("/console/mfa/recovery-codes.txt").status_code == 405


def test_giving_up_leaves_nothing(tenant: Tenant, browser: Client) -> None:
    phone = begin(browser, tenant)
    assert browser.post(APP, {"do": "cancel", "serial_number": phone.serial_number})["Location"] == MINE
    assert not MFADevice.objects.filter(account_id=tenant.account_id).exists()


def test_a_name_that_is_taken_is_told_beside_the_field(tenant: Tenant, browser: Client) -> None:
    Phone.new(tenant, "eve-phone")
    response = browser.post(APP, {"virtual_mfa_device_name": "eve-phone"})
    assert response.status_code == 400
    assert "already exists" in response.content.decode()


def test_the_second_device_brings_no_new_codes(tenant: Tenant, browser: Client) -> None:
    register(browser, Key())
    response = register(browser, Key(), "green")
    assert response["Location"] == MINE
    page = browser.get(MINE).content.decode()
    assert page.count("Passkey or security key") == 2
    assert f"arn:aws:iam::{tenant.account_id}:u2f/user/eve/green-" in page


def test_with_one_device_a_second_is_recommended(browser: Client) -> None:
    advice = "Add a second device"
    assert advice not in browser.get(MINE).content.decode()
    register(browser, Key())
    assert advice in browser.get(MINE).content.decode()
    register(browser, Key(), "green")
    assert advice not in browser.get(MINE).content.decode()


# --- the drill -------------------------------------------------------------------------------------------------------

DRILL = "/console/mfa/recovery-codes/drill/"


def test_a_code_is_tried_and_replaced_by_a_fresh_one(tenant: Tenant, browser: Client) -> None:
    codes = codes_of(register(browser, Key()).content)
    answer = browser.post(DRILL, {"recovery_code": codes[0].lower().replace("-", " "), "submission": "once"})
    (fresh,) = codes_of(answer.content)
    assert fresh not in codes
    assert "no-store" in answer["Cache-Control"]
    assert "10 codes are left" in browser.get(MINE).content.decode()
    again = browser.post(DRILL, {"recovery_code": codes[0]})
    assert again.status_code == 400
    assert 'id="id_recovery_code_error"' in again.content.decode()
    cache.clear()
    assert codes_of(browser.post(DRILL, {"recovery_code": fresh}).content)
    record = tenant.run("iamconsole:LookupAuditEvents", event_name="ReplaceRecoveryCode").events[0].cloud_trail_event
    assert fresh not in record
    assert codes[0] not in record


def test_guesses_in_the_drill_are_slowed_down(browser: Client) -> None:
    codes = codes_of(register(browser, Key()).content)
    assert browser.post(DRILL, {"recovery_code": "nothing"}).status_code == 400
    assert browser.post(DRILL, {"recovery_code": codes[0]}).status_code == 400  # too soon: it was not looked at
    cache.clear()
    assert browser.post(DRILL, {"recovery_code": codes[0]}).status_code == 200


def test_codes_of_others_are_none_of_mine(tenant: Tenant, browser: Client) -> None:
    register(browser, Key())
    with_password(tenant, "bob", SELF_SERVICE)
    theirs = codes_of(register(sign_in(tenant, "bob"), Key()).content)
    assert browser.post(DRILL, {"recovery_code": theirs[0]}).status_code == 400


# --- what is dangerous asks again ------------------------------------------------------------------------------------


@pytest.fixture
def late(phone: Phone) -> Any:
    """Ada's browser, eleven minutes after she gave a code."""
    phone.tenant.run("iam:PutUserPolicy", user_name="ada", policy_name="mfa", policy_document=SELF_SERVICE)
    client = signed_in(phone)
    with time_machine.travel(clock.now() + timedelta(seconds=second_factor.FRESH + 60)):
        yield client


DANGEROUS = ["/console/mfa/remove/?serial={serial}", "/console/mfa/recovery-codes/", APP, "/console/mfa/key/"]


@pytest.mark.parametrize("address", DANGEROUS)
def test_what_is_dangerous_asks_for_a_fresh_factor(phone: Phone, late: Client, address: str) -> None:
    address = address.format(serial=phone.serial_number)
    for asked in (late.get(address), late.post(address)):
        assert (asked.status_code, asked["Location"].partition("?")[0]) == (302, VERIFY)
    assert MFADevice.objects.get(account_id=phone.tenant.account_id).enabled
    question = late.get(asked["Location"])
    assert question.status_code == 200
    wrong = late.post(VERIFY, {"authentication_code": phone.wrong(), "next": address})
    assert wrong.status_code == 403
    assert late.get(address).status_code == 302
    cache.clear()
    given = late.post(VERIFY, {"authentication_code": phone.code(), "next": address})
    assert given["Location"] == address
    assert late.get(address).status_code == 200


def test_the_question_leads_nowhere_else(phone: Phone, late: Client) -> None:
    given = late.post(VERIFY, {"authentication_code": phone.code(), "next": "https://evil.example/"})
    assert given["Location"] == "/console/"


def test_an_administrators_removal_asks_him_too(phone: Phone) -> None:
    tenant = phone.tenant
    tenant.run("iam:CreateLoginProfile", user_name="admin", password=PASSWORD)
    admins = Phone.enabled(tenant, "admin", "admins")
    client = signed_in(admins)
    address = f"/console/users/ada/mfa/remove/?serial={phone.serial_number}"
    with time_machine.travel(clock.now() + timedelta(seconds=second_factor.FRESH + 60)):
        assert client.post(address)["Location"].startswith(VERIFY)
    assert client.post(address).status_code == 302
    assert not MFADevice.objects.filter(account_id=tenant.account_id, user__name="ada").exists()


def test_without_a_device_nothing_is_asked(tenant: Tenant, browser: Client) -> None:
    assert browser.get(APP).status_code == 200
    assert browser.get(VERIFY)["Location"] == "/console/"


def test_an_operators_link_lets_root_put_his_devices_in_order(tenant: Tenant) -> None:
    root, key = Client(), Key()
    root.post("/console/signin/?as=root", {"email": f"root@{tenant.alias}.localhost", "password": PASSWORD})
    register(root, key)
    token = tenant.run("iamconsole:CreateBreakglassLink").breakglass_link.token
    let_in = Client()
    let_in.post(f"/console/signin/breakglass/{token}")
    serial = MFADevice.objects.get(account_id=tenant.account_id).serial_number
    assert let_in.post(f"/console/mfa/remove/?serial={serial}")["Location"] == MINE
    assert not MFADevice.objects.filter(account_id=tenant.account_id).exists()
    assert is_in(let_in)
    assert not is_in(root)


# --- taking a device away --------------------------------------------------------------------------------------------


def test_removing_a_device_ends_all_sessions_but_this_one(phone: Phone) -> None:
    phone.tenant.run("iam:PutUserPolicy", user_name="ada", policy_name="mfa", policy_document=SELF_SERVICE)
    other = signed_in(phone, phone.code(0))
    cache.clear()
    mine = signed_in(phone, phone.code(1))
    assert mine.post(f"/console/mfa/remove/?serial={phone.serial_number}")["Location"] == MINE
    assert is_in(mine)
    assert not is_in(other)
    assert not MFADevice.objects.filter(account_id=phone.tenant.account_id).exists()


def test_an_administrator_sees_and_removes_a_lost_device(phone: Phone) -> None:
    tenant = phone.tenant
    theirs = signed_in(phone)
    tenant.run("iam:CreateLoginProfile", user_name="admin", password=PASSWORD)
    admin = sign_in(tenant, "admin")
    assert phone.serial_number in admin.get("/console/users/ada/tab/credentials/").content.decode()
    address = f"/console/users/ada/mfa/remove/?serial={phone.serial_number}"
    assert "Remove phone?" in admin.get(address).content.decode()
    admin.post(address)
    assert not is_in(theirs)
    assert is_in(sign_in(tenant, "ada"))  # by password alone again


def test_ones_own_device_goes_by_ones_own_page(phone: Phone) -> None:
    query = f"?serial={phone.serial_number.replace(':', '%3A').replace('/', '%2F')}"
    asked = signed_in(phone).post(f"/console/users/ADA/mfa/remove/{query}")
    assert asked["Location"] == f"/console/mfa/remove/{query}"


def test_a_user_goes_with_his_devices(phone: Phone) -> None:
    tenant = phone.tenant
    tenant.run("iam:CreateLoginProfile", user_name="admin", password=PASSWORD)
    admin = sign_in(tenant, "admin")
    assert "MFA device is removed" in admin.get("/console/users/ada/delete/").content.decode()
    assert admin.post("/console/users/ada/delete/", {"confirm": "ada"}).status_code == 302
    assert not MFADevice.objects.filter(account_id=tenant.account_id).exists()


def test_whoever_may_not_is_denied(tenant: Tenant, phone: Phone) -> None:
    with_password(tenant, "bob", SELF_SERVICE)
    bob = sign_in(tenant, "bob")
    assert bob.post(f"/console/users/ada/mfa/remove/?serial={phone.serial_number}").status_code == 403
    assert bob.get(f"/console/mfa/remove/?serial={phone.serial_number}").status_code == 404
    assert MFADevice.objects.get(account_id=tenant.account_id).enabled


# --- condition keys --------------------------------------------------------------------------------------------------

LISTS = allow("iam:ListUsers")
POLICIES = {
    "Bool": document(allow("iam:ListUsers", Bool={"aws:MultiFactorAuthPresent": "true"})),
    "deny BoolIfExists": document(LISTS, deny("*", BoolIfExists={"aws:MultiFactorAuthPresent": "false"})),
    "deny Bool": document(LISTS, deny("*", Bool={"aws:MultiFactorAuthPresent": "false"})),
    "Null": document(allow("iam:ListUsers", Null={"aws:MultiFactorAuthAge": "false"})),
    "age": document(allow("iam:ListUsers", NumericLessThan={"aws:MultiFactorAuthAge": "600"})),
    "false": document(allow("iam:ListUsers", Bool={"aws:MultiFactorAuthPresent": "false"})),
}
# Who may, of: a session with MFA, the same half an hour later, a session without, a long-term key.
MAY = {
    "Bool": (True, True, False, False),
    "deny BoolIfExists": (True, True, False, False),
    "deny Bool": (True, True, False, True),  # AWS's well-known trap: a long-term key has no such key to deny by
    "Null": (True, True, False, False),
    "age": (True, False, False, False),
    "false": (False, False, True, False),
}


@pytest.mark.parametrize("policy", POLICIES)
def test_policies_that_ask_for_mfa_bite_as_awss(phone: Phone, policy: str) -> None:
    tenant, text = phone.tenant, POLICIES[policy]
    without = sign_in_before(tenant, text)
    tenant.run("iam:PutUserPolicy", user_name="ada", policy_name="p", policy_document=text)
    given = signed_in(phone)
    now = given.get("/console/users/").status_code == 200
    with time_machine.travel(clock.now() + timedelta(minutes=30)):
        later = given.get("/console/users/").status_code == 200
    key = tenant.client("iam", tenant.key("ada"))
    assert (now, later, without, _may(key)) == MAY[policy]


def sign_in_before(tenant: Tenant, text: str) -> bool:
    with_password(tenant, "bob", text)
    return sign_in(tenant, "bob").get("/console/users/").status_code == 200


def _may(key: Any) -> bool:
    try:
        return bool(key.list_users()["Users"])
    except ClientError:
        return False


def test_the_rest_door_knows_what_the_session_knows(phone: Phone) -> None:
    text = POLICIES["Bool"]
    phone.tenant.run("iam:PutUserPolicy", user_name="ada", policy_name="p", policy_document=text)
    response = signed_in(phone).get("/api/v1/users")
    assert response.status_code == 200, json.loads(response.content)
