"""Browsers that note whatever a page must not do."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from django.urls import resolve
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.e2e.belongings import up_to_date
from tests.e2e.entering import enter
from tests.e2e.gallery import Picture
from tests.e2e.inspecting import WIDE
from tests.support.tenants import PASSWORD

VIOLATIONS = """document.addEventListener("securitypolicyviolation", ({ blockedURI, effectiveDirective }) =>
  console.error(`Content-Security-Policy: ${effectiveDirective} stopped ${blockedURI}`))"""
NOT_SENT = ("data:", "blob:", "about:")


class Visitor:
    """One person's browser, all of its pages.

    `complaints` are console errors and warnings, violations of the Content-Security-Policy, failed page scripts, and
    requests to other origins than the server's and those of `elsewhere`, such as an identity provider's.
    """

    def __init__(self, browser: Browser, base: str, *, elsewhere: tuple[str, ...] = (), **options: Any) -> None:
        options.setdefault("viewport", {"width": 1280, "height": 800})
        self.origins = (base, *elsewhere)
        self.complaints: list[str] = []
        self.context: BrowserContext = browser.new_context(base_url=base, **options)
        self.context.add_init_script(VIOLATIONS)
        self.context.on("console", self._console)
        self.context.on("weberror", lambda error: self.complaints.append(f"page error: {error.error}"))
        self.context.on("request", self._request)
        self.page: Page = self.context.new_page()

    def _console(self, message: Any) -> None:
        # A 4xx answer is logged by the browser itself, and is what some journeys are about.
        if message.type in ("error", "warning") and "Failed to load resource" not in message.text:
            self.complaints.append(f"{message.type}: {message.text}")

    def _request(self, request: Any) -> None:
        if not request.url.startswith((*NOT_SENT, *(f"{origin}/" for origin in self.origins))):
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


def settle(page: Page) -> None:
    """Wait for the parts that a page asks for once it is loaded."""
    page.wait_for_load_state()
    expect(page.locator(".htmx-request")).to_have_count(0)


@dataclass
class Furnished:
    """A company that is looked at, and a browser for each person who does."""

    url: str
    things: dict[str, str]
    browser: Browser
    inside: dict[str, Visitor] = field(default_factory=dict)

    def visitor(self, who: str) -> Visitor:
        """The browser of one of PEOPLE, who is signed in; a fresh one for nobody."""
        if not who:
            self.leave("")
        if who not in self.inside:
            self.inside[who] = Visitor(self.browser, self.url, reduced_motion="reduce")
            self.inside[who].page.set_default_timeout(10_000)
            enter(self.inside[who].page, who, self.things)
        return self.inside[who]

    def leave(self, who: str) -> None:
        if visitor := self.inside.pop(who, None):
            visitor.close()

    def show(self, picture: Picture) -> Page:
        """The page of a picture, wide and light, prepared."""
        up_to_date()
        page = self.visitor(picture.who).page
        page.set_viewport_size(WIDE)
        page.emulate_media(color_scheme="light")
        answer = page.goto(picture.address(self.things))
        assert answer
        assert answer.status == picture.status, (picture, answer.status)
        settle(page)
        if picture.prepare:
            picture.prepare(page)
            settle(page)
        assert resolve(urlsplit(page.url).path).url_name == picture.shows(self.things), (picture, page.url)
        return page
