"""What every test has: an account, a signed client, and guards that are always on."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.test import TransactionTestCase

from iamconsole.audit import guard
from iamconsole.audit.history.recorder import recorder
from iamconsole.replication import freshness
from tests.support.commands import manage as manage  # a fixture
from tests.support.product import keep_tables
from tests.support.tenants import Tenant, open_account, original
from tests.support.write_guard import guarded


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> None:
    """pytest-django's, which migrates; products that tests start need not do that again."""
    if connection.vendor == "sqlite":
        with django_db_blocker.unblock(), connection.cursor():
            keep_tables(connection.connection)


@pytest.fixture(scope="session")
def tables(django_db_setup: None) -> None:
    """What products that a test starts begin with (`Product.begin`)."""


@pytest.fixture(scope="session")
def app(django_db_setup: None, django_db_blocker: Any) -> Any:
    """The WSGI application, which asks the database for the master keys that it ought to have."""
    with django_db_blocker.unblock():
        from iamconsole.wsgi import application

        original(application)
    return application


@pytest.fixture(scope="session", autouse=True)
def flushable() -> Iterator[None]:
    """Tests with transactions of their own empty every table afterwards, which the trail refuses like any deletion."""
    flush = TransactionTestCase._fixture_teardown

    def without_guard(case: TransactionTestCase) -> None:
        with guard.lifted(connection):
            flush(case)
        freshness.forget()  # the emptied log is another one, which would cost each later view a second query

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", without_guard)
        yield


@pytest.fixture(autouse=True)
def no_history() -> Iterator[None]:
    """Decisions of one test are none of the next one's, whose database knows nothing of them."""
    recorder.forget()
    yield
    recorder.forget()


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
