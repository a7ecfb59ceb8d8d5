"""What every test has: an account, a signed client, and guards that are always on."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.signals import request_finished, request_started
from django.db import close_old_connections

from tests.support.tenants import Tenant, open_account


@pytest.fixture(scope="session")
def app() -> Any:
    """The WSGI application, which leaves alone the connection that a test's transaction lives in."""
    from iamconsole.wsgi import application

    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)

    return application


@pytest.fixture
def tenant(db: Any, app: Any) -> Tenant:
    """A fresh account with an administrator."""
    return open_account(app)


@pytest.fixture
def iam(tenant: Tenant) -> Any:
    """The administrator's boto3 client."""
    return tenant.client("iam")
