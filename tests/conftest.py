"""What every test has: an account, a signed client, and guards that are always on."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.signals import request_finished, request_started
from django.db import close_old_connections

from tests.support.tenants import Tenant, open_account
from tests.support.write_guard import guarded


@pytest.fixture(scope="session")
def app() -> Any:
    """The WSGI application, which leaves alone the connection that a test's transaction lives in."""
    from iamconsole.wsgi import application

    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)

    return application


@pytest.fixture(autouse=True)
def write_guard(request: pytest.FixtureRequest) -> Iterator[None]:
    """Always on: whoever writes outside of an operation fails the test."""
    if not {"db", "transactional_db", "tenant"} & set(request.fixturenames):
        yield
        return
    request.getfixturevalue("transactional_db" if "transactional_db" in request.fixturenames else "db")
    with guarded():
        yield


@pytest.fixture
def tenant(db: Any, app: Any) -> Tenant:
    """A fresh account with an administrator."""
    return open_account(app)


@pytest.fixture
def iam(tenant: Tenant) -> Any:
    """The administrator's boto3 client."""
    return tenant.client("iam")
