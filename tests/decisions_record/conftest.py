"""Denials to explain: two accounts, and a user who is refused."""

from __future__ import annotations

from typing import Any

import pytest

from tests.decisions_record.support import Denied
from tests.support.tenants import Tenant, open_account


@pytest.fixture
def other(tenant: Tenant, app: Any) -> Tenant:
    """A second account."""
    return open_account(app)


@pytest.fixture
def ada(tenant: Tenant) -> Denied:
    """A user with one inline policy, `p`, who is about to be refused."""
    return Denied(tenant, tenant.user("ada"))
