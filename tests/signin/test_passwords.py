"""Signing in with a password: enumeration-safe, one hash, slowed down without locking out the wrong person."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from accounts.models import LoginProfile
from accounts.passwords import hashing, lockout
from iamconsole.audit.models import AuditEvent
from iamconsole.kernel.call import Origin
from iamconsole.kernel.errors import SignInFailed, TooManyAttempts
from iamconsole.runtime.authentication import passwords
from tests.support.tenants import PASSWORD, Tenant

HERE, ELSEWHERE = Origin(source_ip="198.51.100.7"), Origin(source_ip="203.0.113.9")


def attempt(tenant: Tenant, password: str = PASSWORD, **changed: Any) -> Any:
    given = {"account": tenant.alias, "name": "ada", "as_root": False, "origin": HERE} | changed
    return passwords.sign_in(password=password, **given)


def test_by_alias_by_id_and_by_any_case_of_the_name(ada: Tenant) -> None:
    grouped = f"{ada.account_id[:4]}-{ada.account_id[4:8]}-{ada.account_id[8:]}"
    for account, name in [(ada.alias, "ada"), (ada.account_id, "ADA"), (grouped, "Ada")]:
        assert attempt(ada, account=account, name=name).name == "ada"
    assert LoginProfile.objects.get(account_id=ada.account_id, user__name="ada").last_used is not None


def test_root_by_email(ada: Tenant) -> None:
    user = attempt(ada, account="", name=f"ROOT@{ada.alias}.localhost", as_root=True)
    assert user.is_root
    with pytest.raises(SignInFailed):
        attempt(ada, name="<root_account>")


@pytest.mark.parametrize(
    "changed",
    [
        {"password": "Wrong-password-1"},
        {"name": "nobody"},
        {"name": "admin"},  # exists, without a password
        {"account": "no-such-account"},
        {"account": "000000000000"},
        {"account": "aws"},
        {"name": "ada", "as_root": True},
        {"password": "x" * 100_000},
        {"password": ""},
    ],
)
def test_whatever_is_wrong_gets_the_same_answer_and_costs_one_hash(
    ada: Tenant, monkeypatch: pytest.MonkeyPatch, changed: dict[str, Any]
) -> None:
    hashed: list[int] = []
    real = passwords.check_password
    monkeypatch.setattr(passwords, "check_password", lambda p, e: hashed.append(len(p)) or real(p, e))
    with pytest.raises(SignInFailed) as refused:
        attempt(ada, **changed)
    assert refused.value.message == SignInFailed().message
    assert len(hashed) == 1
    assert hashed[0] <= passwords.MAX_PASSWORD


def test_success_and_failure_are_on_record_without_the_password(ada: Tenant) -> None:
    attempt(ada)
    with pytest.raises(SignInFailed):
        attempt(ada, "Canary-password-9")
    done, failed = AuditEvent.objects.filter(account_id=ada.account_id, name="ConsoleLogin").order_by("sequence")
    assert (done.error_code, failed.error_code) == ("", "SignInFailed")
    assert done.principal.endswith(":user/ada")
    assert "Canary" not in failed.body
    assert PASSWORD not in done.body


def test_failures_make_the_next_attempt_wait_even_with_the_right_password(ada: Tenant) -> None:
    for _ in range(lockout.FREE_BY_NAME):
        with pytest.raises(SignInFailed):
            attempt(ada, "Wrong-password-1")
    for name in ("ada", "ADA", " ada ", "ａｄａ"):  # noqa: RUF001  (one counter for every spelling)
        with pytest.raises(TooManyAttempts, match="Try again in"):
            attempt(ada, name=name)


def test_a_stranger_cannot_lock_the_user_out(ada: Tenant) -> None:
    for _ in range(lockout.FREE_BY_NAME):
        with pytest.raises(SignInFailed):
            attempt(ada, "Wrong-password-1", origin=ELSEWHERE)
    assert attempt(ada).name == "ada"


def test_waiting_doubles_and_ends(ada: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    moments = [1000.0]
    monkeypatch.setattr(lockout.clock, "now", lambda: type("T", (), {"timestamp": lambda _s: moments[0]})())
    for _ in range(lockout.FREE_BY_NAME + 2):
        lockout.failed("a", "n", "1.1.1.1")
    with pytest.raises(TooManyAttempts, match="in 5 seconds"):
        lockout.demand_free("a", "n", "1.1.1.1")
    moments[0] += 5
    lockout.demand_free("a", "n", "1.1.1.1")


def test_one_address_trying_many_names_waits(ada: Tenant) -> None:
    for n in range(lockout.FREE_BY_ADDRESS):
        lockout.failed(ada.alias, f"name-{n}", "198.51.100.7")
    with pytest.raises(TooManyAttempts):
        attempt(ada)
    assert attempt(ada, origin=ELSEWHERE).name == "ada"


def test_of_two_hundred_parallel_guesses_few_reach_the_hasher(monkeypatch: pytest.MonkeyPatch) -> None:
    hashed: list[str] = []
    monkeypatch.setattr(passwords, "check_password", lambda password, _stored: bool(hashed.append(password)))
    monkeypatch.setattr(passwords, "_find", lambda *_: None)
    monkeypatch.setattr(passwords.tenancy, "find", lambda _: None)
    given = {"account": "a", "name": "n", "as_root": False, "origin": HERE}

    def guess(n: int) -> str:
        try:
            passwords.sign_in(password=str(n), **given)
        except (SignInFailed, TooManyAttempts) as refused:
            return type(refused).__name__
        return "in"

    with ThreadPoolExecutor(50) as pool:
        answers = list(pool.map(guess, range(200)))
    assert set(answers) == {"SignInFailed", "TooManyAttempts"}
    assert len(hashed) <= lockout.FREE_BY_NAME + hashing.HASHERS


def test_signing_in_with_a_password_that_was_taken_away(ada: Tenant) -> None:
    ada.run("iam:DeleteLoginProfile", user_name="ada")
    with pytest.raises(SignInFailed):
        attempt(ada)
