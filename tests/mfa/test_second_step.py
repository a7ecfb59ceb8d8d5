"""Signing in with a second factor: nothing is open before it is given, and none counts twice."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
import time_machine
from django.core.cache import cache
from django.db import connection
from django.test import Client

from accounts.mfa.verification import verify_code
from iamconsole.audit.models import AuditEvent
from iamconsole.kernel import clock
from iamconsole.kernel.errors import AccessDenied
from iamconsole.runtime.authentication import second_factor
from tests.console.client import sign_in, with_password
from tests.mfa.authenticator import PRESENT, Key
from tests.mfa.devices import Phone
from tests.mfa.pages import (
    MINE,
    PASSKEY,
    SECOND,
    SELF_SERVICE,
    SIGN_IN,
    codes_of,
    first_step,
    is_in,
    options,
    register,
    signed_in,
)
from tests.support.tenants import PASSWORD, Tenant, open_account
from tests.support.write_guard import setting_up


def restarted(tenant: Tenant, name: str = "ada") -> Client:
    cache.clear()
    return first_step(tenant, name)


def test_the_password_alone_opens_nothing(phone: Phone) -> None:
    client = first_step(phone.tenant)
    for address in ("/console/", "/console/users/", MINE, "/console/verify/"):
        assert client.get(address).status_code == 302, address
    assert client.get("/api/v1/caller-identity").status_code in (401, 403)


def test_a_code_opens_the_console_under_a_new_session_key(phone: Phone) -> None:
    client = first_step(phone.tenant, next="/console/users/")
    before = client.cookies["sessionid"].value
    response = client.post(SECOND, {"authentication_code": phone.code(), "next": "/console/users/"})
    assert response["Location"] == "/console/users/"
    assert client.cookies["sessionid"].value != before
    assert is_in(client)
    assert client.session.get_expiry_age() > second_factor.PATIENCE


def test_a_planted_session_does_not_see_the_second_step(phone: Phone) -> None:
    client = Client()
    planted = client.session
    planted["x"] = 1
    planted.save()
    client.cookies["sessionid"] = planted.session_key
    client.post(SIGN_IN, {"account": phone.tenant.alias, "user_name": "ada", "password": PASSWORD})
    assert client.cookies["sessionid"].value != planted.session_key


def test_without_a_first_step_there_is_no_second(phone: Phone) -> None:
    assert Client().get(SECOND)["Location"] == SIGN_IN
    assert Client().post(SECOND, {"authentication_code": phone.code()})["Location"] == SIGN_IN


def test_a_wrong_password_gets_the_same_answer_with_and_without_mfa(phone: Phone) -> None:
    with_password(phone.tenant, "bob")
    pages = []
    for name in ("ada", "bob", "nobody"):
        cache.clear()
        response = Client().post(SIGN_IN, {"account": phone.tenant.alias, "user_name": name, "password": "wrong"})
        text = re.sub(r'csrfmiddlewaretoken" value="\w+"', "", response.content.decode()).replace(name, "NAME")
        pages.append((response.status_code, text, sorted(response.cookies)))
    assert pages[0] == pages[1] == pages[2]


@pytest.mark.parametrize("given", [{"authentication_code": "12345"}, {"authentication_code": "abcdef"}, {}])
def test_what_is_no_factor_is_refused(phone: Phone, given: dict[str, str]) -> None:
    client = first_step(phone.tenant)
    assert client.post(SECOND, given).status_code == 403
    assert not is_in(client)


def test_five_attempts_and_the_password_is_asked_again(phone: Phone) -> None:
    client = first_step(phone.tenant)
    for _ in range(second_factor.ATTEMPTS):
        assert client.post(SECOND, {"authentication_code": phone.wrong()}).status_code == 403
    over = client.post(SECOND, {"authentication_code": phone.code()})
    assert over.status_code == 429
    assert "Begin again" in over.content.decode()
    assert client.get(SECOND)["Location"] == SIGN_IN


def test_five_minutes_and_the_password_is_asked_again(phone: Phone) -> None:
    client = first_step(phone.tenant)
    with time_machine.travel(clock.now() + timedelta(seconds=second_factor.PATIENCE + 1), tick=False):
        assert client.post(SECOND, {"authentication_code": phone.code()}).status_code == 302
        assert not is_in(client)


def test_a_new_password_ends_a_sign_in_half_way(phone: Phone) -> None:
    client = first_step(phone.tenant)
    phone.tenant.run("iam:UpdateLoginProfile", user_name="ada", password="Another-horse-8")
    assert client.post(SECOND, {"authentication_code": phone.code()})["Location"] == SIGN_IN


def test_a_code_used_at_the_console_is_refused_by_the_api_and_the_other_way_round(phone: Phone) -> None:
    code = phone.code()
    signed_in(phone, code)
    with setting_up(), pytest.raises(AccessDenied):
        verify_code(phone.owner, serial_number=phone.serial_number, code=code, now=clock.now())
    cache.clear()
    with setting_up():
        verify_code(phone.owner, serial_number=phone.serial_number, code=phone.code(1), now=clock.now())
    client = restarted(phone.tenant)
    assert client.post(SECOND, {"authentication_code": phone.code(1)}).status_code == 403


def test_the_code_of_any_device_will_do(phone: Phone) -> None:
    other = Phone.enabled(phone.tenant, "ada", "tablet")
    assert is_in(signed_in(phone, other.code()))


def test_the_trail_tells_both_steps_and_no_code(phone: Phone) -> None:
    client = first_step(phone.tenant)
    wrong, right = phone.wrong(), phone.code(1)
    client.post(SECOND, {"authentication_code": wrong})
    with time_machine.travel(clock.now() + timedelta(seconds=2)):
        assert client.post(SECOND, {"authentication_code": right}).status_code == 302
    rows = AuditEvent.objects.filter(account_id=phone.tenant.account_id, name__in=["CheckMFA", "ConsoleLogin"])
    told = [(row.name, row.error_code) for row in rows.order_by("sequence")]
    assert told == [("CheckMFA", "SignInFailed"), ("CheckMFA", ""), ("ConsoleLogin", "")]
    bodies = "".join(row.body for row in rows)
    assert '"mFAUsed":true' in bodies
    assert f'"{wrong}"' not in bodies
    assert f'"{right}"' not in bodies


# --- recovery codes --------------------------------------------------------------------------------------------------


def recovery_codes(phone: Phone) -> list[str]:
    client = signed_in(phone)
    return codes_of(client.post("/console/mfa/recovery-codes/").content)


@pytest.fixture
def codes(phone: Phone) -> list[str]:
    phone.tenant.run("iam:PutUserPolicy", user_name="ada", policy_name="mfa", policy_document=SELF_SERVICE)
    return recovery_codes(phone)


def test_ten_codes_each_of_which_works_once(phone: Phone, codes: list[str]) -> None:
    assert len(set(codes)) == 10
    assert is_in_with(phone, codes[0])
    assert not is_in_with(phone, codes[0])
    assert is_in_with(phone, codes[1].lower().replace("-", " "))


def is_in_with(phone: Phone, code: str) -> bool:
    client = restarted(phone.tenant)
    client.post(SECOND, {"recovery_code": code})
    return is_in(client)


def test_new_codes_kill_the_old_ones(phone: Phone, codes: list[str]) -> None:
    cache.clear()
    client = signed_in(phone, phone.code(1))
    new = codes_of(client.post("/console/mfa/recovery-codes/").content)
    assert not is_in_with(phone, codes[0])
    assert is_in_with(phone, new[0])


def test_the_codes_of_one_are_not_those_of_another(phone: Phone, codes: list[str]) -> None:
    with_password(phone.tenant, "bob")
    bobs = Phone.enabled(phone.tenant, "bob", "bobs")
    client = restarted(bobs.tenant, "bob")
    assert client.post(SECOND, {"recovery_code": codes[0]}).status_code == 403


def test_codes_go_with_the_last_device(phone: Phone, codes: list[str]) -> None:
    phone.tenant.run("iam:DeactivateMFADevice", user_name="ada", serial_number=phone.serial_number)
    again = Phone.enabled(phone.tenant, "ada", "again")
    assert not is_in_with(again, codes[0])


def test_guessing_recovery_codes_waits_too(phone: Phone, codes: list[str]) -> None:
    client = restarted(phone.tenant)
    client.post(SECOND, {"recovery_code": "AAAA-AAAA-AAAA-AAAA-AAAA-AAAA"})
    assert client.post(SECOND, {"recovery_code": codes[0]}).status_code == 403


def test_of_twenty_at_once_with_one_recovery_code_one_gets_in(transactional_db: Any, app: Any) -> None:
    tenant = open_account(app)
    with_password(tenant, "ada", SELF_SERVICE)
    phone = Phone.enabled(tenant, "ada")
    code = recovery_codes(phone)[0]
    cache.clear()
    clients = [first_step(tenant) for _ in range(20)]
    gate = Barrier(len(clients))

    def use(client: Client) -> int:
        gate.wait()
        try:
            return client.post(SECOND, {"recovery_code": code}).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(len(clients)) as pool:
        answers = list(pool.map(use, clients))
    assert (answers.count(302), answers.count(403)) == (1, 19)


# --- security keys and passkeys --------------------------------------------------------------------------------------


@pytest.fixture
def key(ada: Tenant) -> Key:
    """A security key that ada registered."""
    ada.run("iam:PutUserPolicy", user_name="ada", policy_name="mfa", policy_document=SELF_SERVICE)
    made = Key()
    response = register(sign_in(ada, "ada"), made)
    assert len(codes_of(response.content)) == 10, response.content.decode()
    return made


def test_a_security_key_is_a_second_factor(ada: Tenant, key: Key) -> None:
    key.flags = PRESENT  # whoever gave the password need not prove who he is to the key as well
    client = first_step(ada)
    client.post(SECOND, {"assertion": key.get(options(client.get(SECOND).content))})
    assert is_in(client)


def with_passkey(key: Key, **bent: Any) -> Client:
    for name, value in bent.items():
        setattr(key, name, value)
    client = Client()
    client.post(PASSKEY, {"assertion": key.get(options(client.get(PASSKEY).content))})
    return client


def test_a_passkey_alone_signs_in(ada: Tenant, key: Key) -> None:
    assert is_in(with_passkey(key))
    last = AuditEvent.objects.filter(account_id=ada.account_id, name="ConsoleLogin").order_by("sequence").last()
    assert last.error_code == ""


def test_the_root_user_too(ada: Tenant) -> None:
    root, key = Client(), Key()
    root.post(f"{SIGN_IN}?as=root", {"email": f"root@{ada.alias}.localhost", "password": PASSWORD})
    register(root, key)
    page = with_passkey(key).get("/console/").content.decode()
    assert "Root user" in page
    half_way = Client()
    sent = {"email": f"root@{ada.alias}.localhost", "password": PASSWORD}
    assert half_way.post(f"{SIGN_IN}?as=root", sent)["Location"] == SECOND


@pytest.mark.parametrize(
    "bent",
    [
        {"origin": "http://localhost:8001"},
        {"origin": "http://evil.example"},
        {"rp_id": "evil.example"},
        {"flags": PRESENT},  # a passkey must know its holder
        {"flags": 0x04},
        {"private": Key().private},
        {"id": Key().id},
    ],
    ids=lambda bent: next(iter(bent)),
)
def test_an_answer_that_is_bent_opens_nothing(ada: Tenant, key: Key, bent: dict[str, Any]) -> None:
    assert not is_in(with_passkey(key, **bent))


def test_a_counter_that_does_not_move_on_is_refused(ada: Tenant, key: Key) -> None:
    with_passkey(key, count=10)
    assert not is_in(with_passkey(key, count=4))
    cache.clear()
    assert is_in(with_passkey(key, count=11))


def test_an_answer_counts_once_and_in_its_own_session(ada: Tenant, key: Key) -> None:
    client, other = Client(), Client()
    answer = key.get(options(client.get(PASSKEY).content), counting=False)
    other.get(PASSKEY)
    other.post(PASSKEY, {"assertion": answer})
    assert not is_in(other)
    client.post(PASSKEY, {"assertion": answer})
    assert is_in(client)
    client.post("/console/signout/")
    assert client.post(PASSKEY, {"assertion": answer}).status_code == 403
    assert not is_in(client)


def test_a_passkey_opens_nothing_once_the_console_is_closed_to_its_holder(ada: Tenant, key: Key) -> None:
    ada.run("iam:DeleteLoginProfile", user_name="ada")
    assert not is_in(with_passkey(key))


def test_a_removed_key_opens_nothing(ada: Tenant, key: Key) -> None:
    (device,) = ada.run("iam:ListMFADevices", user_name="ada").mfa_devices
    ada.run("iam:DeactivateMFADevice", user_name="ada", serial_number=device.serial_number)
    assert not is_in(with_passkey(key))


def test_a_key_belongs_to_one_user(ada: Tenant, key: Key) -> None:
    with_password(ada, "bob", SELF_SERVICE)
    response = register(sign_in(ada, "bob"), key)
    assert "registered already" in response.content.decode()
    assert register(sign_in(ada, "bob"), Key(origin="http://evil.example")).status_code == 400


def test_the_key_of_another_is_no_second_factor(ada: Tenant, key: Key) -> None:
    with_password(ada, "bob", SELF_SERVICE)
    register(sign_in(ada, "bob"), Key())
    client = first_step(ada, "bob")
    assert client.post(SECOND, {"assertion": key.get(options(client.get(SECOND).content))}).status_code == 403


def test_guesses_with_passkeys_wait(ada: Tenant, key: Key) -> None:
    for _ in range(6):
        client = with_passkey(Key())
    response = client.post(PASSKEY, {"assertion": key.get(options(client.get(PASSKEY).content))})
    assert response.status_code == 429
