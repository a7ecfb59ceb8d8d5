"""A real browser against a live server; whatever it complains about fails the test."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import TransactionTestCase
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from iamconsole.audit import guard
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
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


class Visitor:
    """One person's browser.

    `complaints` are console errors, CSP violations, failed page scripts, and requests to other origins than the
    server's and those of `elsewhere`, such as an identity provider's.
    """

    def __init__(self, browser: Browser, base: str, *, elsewhere: tuple[str, ...] = (), **options: Any) -> None:
        options.setdefault("viewport", {"width": 1280, "height": 800})
        self.context: BrowserContext = browser.new_context(base_url=base, **options)
        self.page: Page = self.context.new_page()
        self.complaints: list[str] = []
        self.origins = (base, *elsewhere)
        self.page.on("request", self._request)
        self.page.on("console", self._console)
        self.page.on("pageerror", lambda error: self.complaints.append(f"page error: {error}"))

    def _console(self, message: Any) -> None:
        # A 4xx answer is logged by the browser itself, and is what some journeys are about.
        if message.type in ("error", "warning") and "Failed to load resource" not in message.text:
            self.complaints.append(f"{message.type}: {message.text}")

    def _request(self, request: Any) -> None:
        if request.url.startswith("http") and not request.url.startswith(tuple(f"{each}/" for each in self.origins)):
            self.complaints.append(f"request to another origin: {request.url}")

    def sign_in(self, account: str, name: str, password: str = PASSWORD, *, path: str = "/console/") -> Page:
        self.page.goto(path)
        self.page.get_by_label("Account ID or alias").fill(account)
        self.page.get_by_label("User name").fill(name)
        self.page.get_by_label("Password", exact=True).fill(password)
        self.page.get_by_role("button", name="Sign in").click()
        self.page.wait_for_url(lambda address: "/signin/" not in address)
        return self.page

    def close(self) -> None:
        self.context.close()
        assert not self.complaints, self.complaints


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
