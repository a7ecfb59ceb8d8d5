"""Trails to write, to tamper with and to verify."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from iamconsole.audit import guard
from tests.support.tenants import Tenant, open_account


@pytest.fixture(autouse=True)
def data_dir(settings: Any, tmp_path: Path) -> Path:
    """Every test exports its checkpoints into a folder of its own."""
    settings.IAM_DATA_DIR = tmp_path
    return tmp_path


@pytest.fixture
def other(tenant: Tenant, app: Any) -> Tenant:
    """A second account."""
    return open_account(app)


@pytest.fixture
def unguarded(db: Any) -> None:
    """What somebody can do who owns the database: the triggers are gone until the test's transaction rolls back."""
    guard.remove(connection)


@pytest.fixture
def write(tenant: Tenant) -> Callable[..., None]:
    """Put so many more records on the account's trail."""

    def more(count: int, *, of: Tenant = tenant, begin: int = 0) -> None:
        for number in range(begin, begin + count):
            of.run("iam:CreateUser", user_name=f"user-{number}-{of.account_id[-3:]}")

    return more
