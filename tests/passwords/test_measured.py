"""What the product's own hasher costs at most, and that no writer waits for it."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest

from accounts.models import PreviousPassword, User
from accounts.passwords import hashing
from iamconsole.kernel import clock
from iamconsole.runtime import dispatch
from tests.support.tenants import PASSWORD, Tenant
from tests.support.write_guard import setting_up

ARGON = "iamconsole.settings.hashers.OwaspArgon2PasswordHasher"


def test_the_longest_memory_is_compared_before_the_transaction(
    tenant: Tenant, settings: Any, monkeypatch: pytest.MonkeyPatch, record_property: Callable[[str, object], None]
) -> None:
    """Twenty-four Argon2 comparisons take about a second; the transaction that follows a small part of that."""
    settings.PASSWORD_HASHERS = [ARGON]
    tenant.run("iam:CreateUser", user_name="ada")
    tenant.run("iam:CreateLoginProfile", user_name="ada", password=PASSWORD)
    user = User.objects.get(account_id=tenant.account_id, name="ada")
    old = PreviousPassword(account_id=tenant.account_id, user=user, hash=user.password, replaced=clock.now())
    with setting_up():
        for _ in range(23):
            old.pk = None
            old.save()
    tenant.run("iam:UpdateAccountPasswordPolicy", password_reuse_prevention=24)
    spent: dict[str, float] = {}

    def timed(name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        def run(*given: Any) -> Any:
            begun = time.perf_counter()
            try:
                return real(*given)
            finally:
                spent[name] = time.perf_counter() - begun

        return run

    compared: list[str] = []
    matches = hashing.matches
    monkeypatch.setattr(hashing, "matches", lambda p, h: bool(compared.append(h)) or matches(p, h))
    monkeypatch.setattr(dispatch, "_prepare", timed("beforehand", dispatch._prepare))
    monkeypatch.setattr(dispatch, "_transact", timed("transaction", dispatch._transact))
    tenant.run("iam:UpdateLoginProfile", user_name="ada", password="Quite-another-8")
    assert len(compared) == 24
    assert all(each.startswith("argon2$argon2id$") for each in compared)
    assert spent["transaction"] < spent["beforehand"]
    user.refresh_from_db()
    assert user.check_password("Quite-another-8")
    for name, seconds in spent.items():
        record_property(name, round(seconds, 3))
