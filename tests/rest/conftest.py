"""Callers of the REST door."""

from __future__ import annotations

import pytest

from tests.rest.signed import Rest
from tests.support.tenants import Tenant


@pytest.fixture
def rest(tenant: Tenant) -> Rest:
    """The account's administrator, who signs."""
    return Rest(tenant.app, tenant.admin_key)


@pytest.fixture
def anonymous(tenant: Tenant) -> Rest:
    return Rest(tenant.app)
