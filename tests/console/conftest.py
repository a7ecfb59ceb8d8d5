"""Who visits the console."""

from __future__ import annotations

import pytest
from django.core.cache import cache
from django.test import Client

from tests.console.client import sign_in, with_password
from tests.support.tenants import PASSWORD, Tenant


@pytest.fixture(autouse=True)
def empty_cache() -> None:
    """Lock-out counters of one test are no business of the next."""
    cache.clear()


@pytest.fixture
def admin(tenant: Tenant) -> Client:
    """The administrator in the console."""
    tenant.run("iam:CreateLoginProfile", user_name="admin", password=PASSWORD)
    return sign_in(tenant, "admin")


@pytest.fixture
def weak(tenant: Tenant) -> Client:
    """A user who may sign in and nothing else."""
    with_password(tenant, "weak")
    return sign_in(tenant, "weak")
