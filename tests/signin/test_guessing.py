"""Guessing at every password door: counted exactly, at few places, told nothing, and locking nobody else out."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from accounts.passwords import hashing, lockout
from iamconsole.kernel.call import Origin
from iamconsole.kernel.errors import SignInFailed, TooManyAttempts
from iamconsole.runtime.authentication import passwords
from tests.support.tenants import PASSWORD, Tenant, open_account

HERE, ELSEWHERE = Origin(source_ip="198.51.100.7"), Origin(source_ip="203.0.113.9")


def attempt(tenant: Tenant, password: str = "Wrong-password-1", **changed: Any) -> User:
    given: dict[str, Any] = {"account": tenant.alias, "name": "ada", "as_root": False, "origin": HERE}
    return passwords.sign_in(password=password, **given | changed)


def counts(tenant: Tenant) -> list[int]:
    return [cache.get(key, 0) for key, _ in lockout._counters(tenant.account_id, "ada", "198.51.100.7")]


# --- counting ------------------------------------------------------------------------------------------------


def test_two_hundred_parallel_failures_are_counted_exactly() -> None:
    with ThreadPoolExecutor(50) as pool:
        list(pool.map(lambda _: lockout.failed("a", "n", "198.51.100.7"), range(200)))
    assert [cache.get(key) for key, _ in lockout._counters("a", "n", "198.51.100.7")] == [200, 200]


def test_a_window_that_ends_while_counting_begins_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lockout.cache, "add", lambda *_: True)
    lockout.failed("a", "n", "198.51.100.7")
    assert [cache.get(key) for key, _ in lockout._counters("a", "n", "198.51.100.7")] == [1, 1]


def test_two_hundred_parallel_guesses_keep_nobody_out_who_comes_from_elsewhere(
    transactional_db: None, app: Any
) -> None:
    tenant = open_account(app)
    tenant.run("iam:CreateUser", user_name="ada")
    tenant.run("iam:CreateLoginProfile", user_name="ada", password=PASSWORD)

    def guess(n: int) -> str:
        try:
            attempt(tenant, f"Wrong-password-{n}")
        except (SignInFailed, TooManyAttempts) as refused:
            return type(refused).__name__
        finally:
            connection.close()
        return "in"

    with ThreadPoolExecutor(16) as pool:
        guesses = [pool.submit(guess, n) for n in range(200)]
        assert attempt(tenant, PASSWORD, origin=ELSEWHERE).name == "ada"
        answers = [each.result() for each in guesses]
    assert set(answers) == {"SignInFailed", "TooManyAttempts"}
    assert answers.count("SignInFailed") == counts(tenant)[0] <= lockout.FREE_BY_NAME + hashing.HASHERS


def test_a_counter_survives_the_roll_back_of_what_was_going_on(ada: Tenant) -> None:
    with transaction.atomic():
        lockout.failed(ada.account_id, "ada", "198.51.100.7")
        transaction.set_rollback(True)
    assert counts(ada) == [1, 1]


def test_a_failure_counts_though_it_cannot_be_recorded(ada: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "_record", lambda *_a, **_k: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        attempt(ada)
    assert counts(ada) == [1, 1]


def test_id_and_alias_of_an_account_share_one_counter(ada: Tenant) -> None:
    grouped = f"{ada.account_id[:4]}-{ada.account_id[4:8]}-{ada.account_id[8:]}"
    for n in range(lockout.FREE_BY_NAME):
        with pytest.raises(SignInFailed):
            attempt(ada, account=(ada.alias, ada.account_id, grouped)[n % 3])
    for account in (ada.alias, ada.alias.upper(), ada.account_id, grouped):
        with pytest.raises(TooManyAttempts):
            attempt(ada, PASSWORD, account=account)


def test_the_door_of_the_old_password_shares_the_counter_of_sign_in(ada: Tenant) -> None:
    ada.run("iam:UpdateAccountPasswordPolicy", allow_users_to_change_password=True)
    here = Client(REMOTE_ADDR="198.51.100.7")
    sent = {"account": ada.alias, "user_name": "ada", "password": PASSWORD}
    assert here.post("/console/signin/", sent).status_code == 302
    guess = {"old_password": "Wrong-password-1", "new_password": "Another-horse-8", "again": "Another-horse-8"}
    for _ in range(lockout.FREE_BY_NAME):
        assert "incorrect" in here.post("/console/password/", guess).content.decode()
    assert "Too many attempts" in here.post("/console/password/", guess | {"old_password": PASSWORD}).content.decode()
    with pytest.raises(TooManyAttempts):
        attempt(ada, PASSWORD)
    assert attempt(ada, PASSWORD, origin=ELSEWHERE).name == "ada"


# --- telling nothing -----------------------------------------------------------------------------------------

VARIES = re.compile(rb'value="[A-Za-z0-9]{64}"|in \d+ seconds')  # Django's CSRF token, and time that passes
ANSWERS = {
    "wrong password": {},
    "unknown user": {"user_name": "nobody"},
    "no password": {"user_name": "admin"},
    "unknown account": {"account": "no-such-account"},
    "root by name": {"user_name": "<root_account>"},
}


def answered(tenant: Tenant, wrong: dict[str, str]) -> tuple[int, dict[str, str], bytes]:
    sent = {"account": tenant.alias, "user_name": "ada", "password": "Wrong-password-1"} | wrong
    response = Client().post("/console/signin/", sent)
    headers = {k: v for k, v in response.headers.items() if k not in ("x-amzn-RequestId", "Content-Length", "Expires")}
    body = VARIES.sub(b"", response.content)
    for typed in sent.values():
        body = body.replace(typed.replace("<", "&lt;").replace(">", "&gt;").encode(), b"TYPED")
    return response.status_code, headers, body


@pytest.mark.parametrize("locked", [False, True], ids=["free", "locked out"])
def test_status_headers_and_page_are_the_same_whatever_is_wrong(ada: Tenant, locked: bool) -> None:
    seen = {}
    for name, wrong in ANSWERS.items():
        cache.clear()
        for _ in range(lockout.FREE_BY_NAME if locked else 0):
            answered(ada, wrong)
        seen[name] = answered(ada, wrong)
    assert {status for status, _, _ in seen.values()} == {429 if locked else 403}
    assert all(answer == seen["wrong password"] for answer in seen.values()), seen


def test_the_database_is_asked_as_much_whatever_is_wrong(ada: Tenant) -> None:
    """Beside the one hash: an unknown user costs the queries of a wrong password."""
    seen = {}
    for name in ("wrong password", "unknown user", "no password"):
        cache.clear()
        with CaptureQueriesContext(connection) as queries:
            answered(ada, ANSWERS[name])
        seen[name] = [re.sub(r"'[^']*'|\d+", "?", query["sql"])[:60] for query in queries]
    assert seen["unknown user"] == seen["no password"] == seen["wrong password"]


@pytest.mark.parametrize("wrong", [{}, {"name": "nobody"}, {"name": "admin"}, {"account": "no-such-account"}])
def test_while_locked_out_nothing_is_hashed(
    ada: Tenant, monkeypatch: pytest.MonkeyPatch, wrong: dict[str, str]
) -> None:
    for _ in range(lockout.FREE_BY_NAME):
        with pytest.raises(SignInFailed):
            attempt(ada, **wrong)
    monkeypatch.setattr(passwords, "check_password", lambda *_: pytest.fail("hashed"))
    with pytest.raises(TooManyAttempts):
        attempt(ada, PASSWORD, **wrong)


# --- costing little --------------------------------------------------------------------------------------------


def test_no_more_passwords_are_hashed_at_a_time_than_there_are_places(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sign-in, proof of an old password, reuse prevention and new hashes share the places."""
    running, most, lock = 0, 0, threading.Lock()
    pause = threading.Event()

    def slow(*_given: Any) -> bool:
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
        pause.wait(0.01)
        with lock:
            running -= 1
        return False

    monkeypatch.setattr(hashing, "check_password", slow)
    monkeypatch.setattr(hashing, "make_password", slow)
    monkeypatch.setattr(passwords, "check_password", slow)
    monkeypatch.setattr(passwords, "_find", lambda *_: None)
    monkeypatch.setattr(passwords.tenancy, "find", lambda _: None)

    def sign_in(n: int) -> None:
        with pytest.raises(SignInFailed):
            passwords.sign_in(account="a", name=f"n{n}", password="x", as_root=False, origin=Origin(source_ip=f"::{n}"))

    doors: list[Callable[[int], Any]] = [sign_in, lambda _: hashing.matches("x", "y"), lambda _: hashing.made("x")]
    with ThreadPoolExecutor(24) as pool:
        list(pool.map(lambda n: doors[n % 3](n), range(60)))
    assert most == hashing.HASHERS


def test_whoever_finds_no_place_is_told_to_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hashing, "PATIENCE", 0.01)
    with hashing.place(), hashing.place(), pytest.raises(TooManyAttempts, match="Try again in a few seconds"):
        hashing.made("x")
    assert hashing.made("x")


@pytest.mark.parametrize("length", [4096, 4097, 1_000_000])
def test_an_endless_password_is_cut_before_it_is_hashed(
    ada: Tenant, monkeypatch: pytest.MonkeyPatch, length: int
) -> None:
    hashed: list[int] = []
    monkeypatch.setattr(passwords, "check_password", lambda p, _: bool(hashed.append(len(p))))
    with pytest.raises(SignInFailed):
        attempt(ada, "x" * length)
    assert hashed == [4096]
