"""A user who may sign in, and counters that begin at nothing."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.core.cache import cache

from tests.support.tenants import PASSWORD, Tenant


@pytest.fixture(autouse=True)
def _forget_failures() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def ada(tenant: Tenant) -> Tenant:
    tenant.run("iam:CreateUser", user_name="ada")
    tenant.run("iam:CreateLoginProfile", user_name="ada", password=PASSWORD)
    return tenant
