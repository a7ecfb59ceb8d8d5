"""A second account, and a service of the first."""

from __future__ import annotations

from typing import Any

import pytest

from tests.service_principals.acting import registered
from tests.support.tenants import Tenant, open_account


@pytest.fixture
def other(tenant: Tenant, app: Any) -> Tenant:
    return open_account(app)


@pytest.fixture
def key(tenant: Tenant) -> dict[str, str]:
    """A key of service `orders`, which the account registered."""
    return registered(tenant)
