"""A second account, and users whose decisions are looked at."""

from __future__ import annotations

from typing import Any

import pytest

from tests.decisions.asking import READ_REPORTS, Doors
from tests.support.tenants import Tenant, open_account


@pytest.fixture
def other(tenant: Tenant, app: Any) -> Tenant:
    """A second account."""
    return open_account(app)


@pytest.fixture
def doors(tenant: Tenant) -> Doors:
    """The account's administrator, who asks of others."""
    return Doors.of(tenant)


@pytest.fixture
def ada(tenant: Tenant) -> dict[str, str]:
    """A user who may read reports; gives a key of hers."""
    return tenant.user("ada", READ_REPORTS)
