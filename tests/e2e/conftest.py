"""A real browser against a live server; whatever it complains about fails the test."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import TransactionTestCase, testcases
from playwright.sync_api import Browser, sync_playwright

from iamconsole.audit import guard
from tests.e2e.belongings import second_region
from tests.e2e.company import furnish
from tests.e2e.visiting import Furnished, Visitor
from tests.support.tenants import PASSWORD, Tenant, open_account

# Playwright's loop runs in this thread; what the tests prepare through operations is not asynchronous for that.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session", autouse=True)
def flushable() -> Iterator[None]:
    """A live server's tests empty every table afterwards, which the audit trail's triggers refuse like any deletion."""
    flush = TransactionTestCase._fixture_teardown

    def without_guard(case: TransactionTestCase) -> None:
        with guard.lifted(connection):
            flush(case)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", without_guard)
        yield


@pytest.fixture(scope="session")
def whole(app: Any) -> Iterator[None]:
    """Django's test server would serve Django alone, and the Query API and decisions are in front of it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(testcases, "_MediaFilesHandler", lambda _django: app)
        yield


@pytest.fixture(scope="session")
def live_server(whole: None, live_server: Any) -> Any:
    """The whole product behind one address."""
    return live_server


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def company(live_server: Any, app: Any) -> Tenant:
    """An account whose administrator may sign in."""
    cache.clear()
    tenant = open_account(app)
    tenant.run("iam:CreateLoginProfile", user_name="admin", password=PASSWORD)
    return tenant


@pytest.fixture
def visitor(chromium: Browser, live_server: Any) -> Iterator[Any]:
    """Makes browsers; each is closed, and asked for its complaints, when the test ends."""
    made: list[Visitor] = []

    def make(**options: Any) -> Visitor:
        made.append(Visitor(chromium, live_server.url, **options))
        return made[-1]

    yield make
    for one in made:
        one.close()


@pytest.fixture
def furnished(company: Tenant, live_server: Any, chromium: Browser) -> Iterator[Furnished]:
    """A company that is furnished once, for a test that only looks at its pages."""
    with second_region():
        made = Furnished(live_server.url, furnish(company), chromium)
        yield made
        for who in list(made.inside):
            made.leave(who)
