"""A second account, for what must not be told across accounts."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.tenants import Tenant, open_account


@pytest.fixture
def other(tenant: Tenant, app: Any) -> Tenant:
    """A second account."""
    return open_account(app)
