"""Callers of the decision doors."""

from __future__ import annotations

import pytest

from tests.decisions.asking import READ_REPORTS, Doors
from tests.support.tenants import Tenant


@pytest.fixture
def doors(tenant: Tenant) -> Doors:
    """The account's administrator, who signs."""
    return Doors.of(tenant)


@pytest.fixture
def ada(tenant: Tenant) -> dict[str, str]:
    """A user who may read reports; gives a key of hers."""
    return tenant.user("ada", READ_REPORTS)
