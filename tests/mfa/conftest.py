"""Devices to test with, and a cache without failures of other tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.core.cache import cache

from tests.console.client import with_password
from tests.mfa.devices import Phone
from tests.support.tenants import Tenant


@pytest.fixture(autouse=True)
def empty_cache() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def ada(tenant: Tenant) -> Tenant:
    """The account, with a user ada who may sign in."""
    with_password(tenant, "ada")
    return tenant


@pytest.fixture
def phone(ada: Tenant) -> Phone:
    """An authenticator app of ada's, enabled ten minutes ago."""
    return Phone.enabled(ada, "ada")
