"""Codes: which count, how often, and how soon after a wrong one."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Barrier
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection

from accounts.mfa import throttle
from accounts.mfa.models import MFADevice
from accounts.mfa.verification import UNKNOWN, WRONG, verify_code
from iamconsole.kernel import clock
from iamconsole.kernel.errors import AccessDenied, InvalidAuthenticationCode
from tests.console.client import with_password
from tests.mfa.devices import STEP, Phone
from tests.support.tenants import Tenant, open_account
from tests.support.write_guard import setting_up

AT_ONCE = 50


def verify(phone: Phone, code: str, *, now: datetime | None = None) -> None:
    with setting_up():  # STS asks within its operation
        verify_code(phone.owner, serial_number=phone.serial_number, code=code, now=now or clock.now())


def refused(phone: Phone, code: str, **more: Any) -> str:
    with pytest.raises(AccessDenied) as denied:
        verify(phone, code, **more)
    return denied.value.message


@pytest.mark.parametrize("steps", [-1, 0, 1])
def test_a_clock_may_be_one_step_off(phone: Phone, steps: int) -> None:
    verify(phone, phone.code(steps))


@pytest.mark.parametrize("steps", [-3, -2, 2, 3, 120])
def test_and_no_more(phone: Phone, steps: int) -> None:
    assert refused(phone, phone.code(steps)) == WRONG


def test_a_code_counts_once_and_so_do_those_before_it(phone: Phone) -> None:
    verify(phone, phone.code(0))
    now = clock.now() + timedelta(seconds=5)
    for code in (phone.code(0), phone.code(-1)):
        assert refused(phone, code, now=now) == WRONG
        now += timedelta(seconds=5)
    verify(phone, phone.code(1), now=now)


def test_the_codes_that_enabled_a_device_are_spent(ada: Tenant) -> None:
    phone = Phone.new(ada)
    phone.user_name = "ada"
    ada.run("iam:EnableMFADevice", **phone.members(phone.pair()))
    assert refused(phone, phone.code()) == WRONG


def test_a_device_of_somebody_else_is_as_unknown_as_one_that_does_not_exist(phone: Phone, ada: Tenant) -> None:
    with_password(ada, "bob")
    bobs = Phone(ada, phone.serial_number, phone.seed, "bob")
    assert refused(bobs, phone.code()) == UNKNOWN
    assert refused(Phone(ada, phone.serial_number + "x", phone.seed, "ada"), phone.code()) == UNKNOWN
    unassigned = Phone.new(ada, "spare")
    unassigned.user_name = "ada"
    assert refused(unassigned, unassigned.code()) == UNKNOWN


@pytest.mark.parametrize("code", ["", "12345", "1234567", "abcdef", "１２３４５６", "      "])  # noqa: RUF001
def test_what_is_no_code_is_wrong(phone: Phone, code: str) -> None:
    assert refused(phone, code) == WRONG


def test_after_a_wrong_code_the_right_one_waits_twice_as_long_each_time(phone: Phone) -> None:
    now = clock.now()
    for wait in (1, 2, 4, 8):
        refused(phone, phone.wrong(), now=now)
        assert refused(phone, phone.code(1), now=now + timedelta(seconds=wait - 0.5)) == WRONG
        now += timedelta(seconds=wait)
    verify(phone, phone.code(1), now=now)


def test_waiting_ends_within_minutes(phone: Phone) -> None:
    now = clock.now()
    for _ in range(20):
        refused(phone, phone.wrong(), now=now)
        now += timedelta(seconds=throttle.LONGEST)
    later = int((now - clock.now()).total_seconds()) // STEP
    verify(phone, phone.code(later), now=now)


def test_the_wait_survives_the_roll_back_of_the_operation_that_failed(ada: Tenant) -> None:
    phone = Phone.new(ada)
    phone.user_name = "ada"
    for codes in ((phone.wrong(), phone.wrong()), phone.pair()):
        with pytest.raises(InvalidAuthenticationCode):
            ada.run("iam:EnableMFADevice", **phone.members(codes))


def test_a_success_forgets_the_failures(phone: Phone) -> None:
    now = clock.now()
    for wait in (1, 2, 4):
        refused(phone, phone.wrong(), now=now)
        now += timedelta(seconds=wait)
    verify(phone, phone.code(0), now=now)
    refused(phone, phone.wrong(), now=now)
    verify(phone, phone.code(1), now=now + timedelta(seconds=1))


@pytest.mark.parametrize("steps", [-110, -7, 9, 115])
def test_resynchronizing_remembers_how_far_a_clock_is_off(phone: Phone, steps: int) -> None:
    with setting_up():
        MFADevice.objects.filter(account_id=phone.tenant.account_id).update(last_step=0)
    cache.clear()  # which remembers spent codes too
    phone.tenant.run("iam:ResyncMFADevice", **phone.members(phone.pair(steps)))
    verify(phone, phone.code(steps + 1))
    assert refused(phone, phone.code(1)) == WRONG


@pytest.mark.parametrize("codes", [(0, 0), (0, -1), (-1, 1), (130, 131)])
def test_resynchronizing_takes_two_codes_in_a_row_within_an_hour(phone: Phone, codes: tuple[int, int]) -> None:
    given = phone.code(codes[0]), phone.code(codes[1])
    with pytest.raises(InvalidAuthenticationCode):
        phone.tenant.run("iam:ResyncMFADevice", **phone.members(given))


def test_resynchronizing_does_not_revive_codes_that_were_spent(phone: Phone) -> None:
    verify(phone, phone.code(0))
    with pytest.raises(InvalidAuthenticationCode):
        phone.tenant.run("iam:ResyncMFADevice", **phone.members(phone.pair(0)))


def race(phone: Phone, codes: list[str]) -> Counter[str]:
    gate = Barrier(len(codes))

    def use(code: str) -> str:
        gate.wait()
        try:
            verify(phone, code)
        except AccessDenied:
            return "refused"
        finally:
            connection.close()
        return "accepted"

    with ThreadPoolExecutor(len(codes)) as pool:
        return Counter(pool.map(use, codes))


def test_of_fifty_at_once_with_one_code_one_gets_through(
    transactional_db: Any, app: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    tenant = open_account(app)
    with_password(tenant, "ada")
    phone = Phone.enabled(tenant, "ada")
    assert race(phone, [phone.code()] * AT_ONCE) == {"accepted": 1, "refused": AT_ONCE - 1}
    # And by the row alone, were there no throttle in front of it: where the cache is lost, no code comes back.
    monkeypatch.setattr(throttle, "attempt", lambda *_: __import__("contextlib").nullcontext())
    assert race(phone, [phone.code(1)] * AT_ONCE) == {"accepted": 1, "refused": AT_ONCE - 1}


def test_of_fifty_guesses_at_once_one_is_looked_at(
    transactional_db: Any, app: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    tenant = open_account(app)
    with_password(tenant, "ada")
    phone = Phone.enabled(tenant, "ada")
    looked_at: list[str] = []
    monkeypatch.setattr("accounts.mfa.totp._matching", lambda _seed, codes, _steps: looked_at.append(codes) or [])
    assert race(phone, [phone.wrong()] * AT_ONCE) == {"refused": AT_ONCE}
    assert 1 <= len(looked_at) <= 3  # one a second, and the fifty take less than four
