"""A second account, for what must not cross from one to the other."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.tenants import Tenant, open_account


@pytest.fixture
def other(tenant: Tenant, app: Any) -> Tenant:
    return open_account(app)
