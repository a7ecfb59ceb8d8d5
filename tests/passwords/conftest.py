"""A user who may do nothing but what the account gives everybody; and a clock that can be moved."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.cache import cache

from iamconsole.kernel import clock
from tests.support.tenants import PASSWORD, Tenant


@pytest.fixture(autouse=True)
def _forget_failures() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def ada(tenant: Tenant) -> Any:
    """A client of ada, who has a password and no policies."""
    key = tenant.user("ada")
    tenant.run("iam:CreateLoginProfile", user_name="ada", password=PASSWORD)
    return tenant.client("iam", key)


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """`later(days=90)`: it is that much later now."""
    passed = timedelta()
    real = clock.now

    def now() -> datetime:
        return real() + passed

    def move(**by: float) -> None:
        nonlocal passed
        passed += timedelta(**by)

    monkeypatch.setattr(clock, "now", now)
    return move
