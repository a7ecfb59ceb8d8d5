"""What is done on a page before it is looked at."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from playwright.sync_api import Page

from tests.e2e.company import ALIAS, CAREFUL, wrong_document
from tests.support.tenants import PASSWORD

Step = Callable[[Page], None]
CSV = """UserName,Path,Groups,Tags
kathleen.booth,/engineering/,developers,team=grid
mary.jackson,/engineering/,developers;data,
"""


def presses(name: str) -> Step:
    """Press the button of this name."""
    return lambda page: page.get_by_role("button", name=name, exact=True).first.click()


def follows(name: str) -> Step:
    """Follow the first link of this name."""
    return lambda page: page.get_by_role("link", name=name, exact=True).first.click()


def ticks(*names: str) -> Step:
    """Select rows of a list."""

    def step(page: Page) -> None:
        for name in names:
            page.get_by_label(f"Select {name}").check()

    return step


def bulk(action: str, *names: str) -> Step:
    """The preview of what is done to several at once; what is done seldom stands in a menu."""

    def step(page: Page) -> None:
        ticks(*names)(page)
        bar = page.locator("#bulk")
        if bar.locator(".menu-item", has_text=action).count():
            bar.locator("summary").click()
        bar.get_by_role("button", name=action, exact=True).click()
        page.wait_for_url("**/bulk/**")

    return step


def previewed(action: str, *names: str, picked: tuple[str, str]) -> Step:
    """The next page of one that asks for more than the rows: what is picked in a field."""

    def step(page: Page) -> None:
        bulk(action, *names)(page)
        picks(*picked)(page)
        presses("Preview")(page)
        page.get_by_role("region", name="What this changes for whom").wait_for()

    return step


def reviews(action: str, *names: str) -> Step:
    """The page on what would change if rows of a list were chosen."""

    def step(page: Page) -> None:
        ticks(*names)(page)
        presses(action)(page)
        page.get_by_role("region", name="What this changes for whom").wait_for()

    return step


def trusts(kind: str, field: str, text: str) -> Step:
    """Say whom a new role trusts, and wait for the trust policy that this makes."""

    def step(page: Page) -> None:
        page.get_by_label(kind).first.check()
        page.get_by_label(field, exact=True).fill(text)
        page.locator("#trust-built .code", has_text=text).wait_for()

    return step


def asks_service(page: Page) -> None:
    """A question that is answered with a denial."""
    page.get_by_label("Who", exact=True).fill("user/alan.turing")
    page.get_by_label("Does what").fill("Cancel")
    page.get_by_label("To which resource").fill("arn:aws:orders:::order/1912")
    presses("Ask")(page)
    page.get_by_role("region", name="Answer").wait_for()


def palette(text: str) -> Step:
    """The palette, with what was typed answered."""

    def step(page: Page) -> None:
        page.keyboard.press("Control+k")
        page.get_by_role("combobox").fill(text)
        page.locator("#palette-results :is(.option, .verdict)").first.wait_for()
        page.wait_for_load_state("networkidle")

    return step


def picks(label: str, *names: str) -> Step:
    """Names that are chosen by typing them, with the list closed again."""

    def step(page: Page) -> None:
        field = page.get_by_role("combobox", name=label)
        for name in names:
            field.fill(name)
            page.locator("[role=option][aria-selected=true]").filter(has_text=name).wait_for()
            field.press("Enter")
        field.press("Escape")

    return step


def types(label: str, text: str, chosen: tuple[str, ...] = ()) -> Step:
    """A part of a name, with the list of what has it, beside those that were chosen before."""

    def step(page: Page) -> None:
        picks(label, *chosen)(page)
        page.get_by_role("combobox", name=label).fill(text)
        page.locator("[role=option][aria-selected=true]").wait_for()

    return step


def keys(page: Page) -> None:
    page.keyboard.press("?")
    page.locator("#keys[open]").wait_for()


def account_menu(page: Page) -> None:
    page.locator("summary", has=page.locator(".account-name")).click()


def theme_menu(page: Page) -> None:
    page.locator("summary").filter(has=page.get_by_label("Theme")).click()


def wrong_password(page: Page) -> None:
    """With a name that is nobody's, so that nobody is locked out."""
    _password(page, "nobody", "not-the-password")
    page.get_by_role("alert").wait_for()


def second_step(page: Page) -> None:
    _password(page, CAREFUL, PASSWORD)
    page.wait_for_url("**/signin/mfa/**")


def _password(page: Page, name: str, password: str) -> None:
    page.get_by_label("Account ID or alias").fill(ALIAS)
    page.get_by_label("User name").fill(name)
    page.get_by_label("Password", exact=True).fill(password)
    page.get_by_role("button", name="Sign in", exact=True).click()


def import_preview(page: Page) -> None:
    page.get_by_label("Or its text").fill(CSV)
    page.locator("main form button").first.click()


def create_wrong(page: Page) -> None:
    page.get_by_label("User name").fill("ada lovelace")
    presses("Create user")(page)


def create_user(page: Page) -> None:
    page.get_by_label("User name").fill("edith.clarke")
    page.get_by_label("Console access with a generated password").check()
    page.get_by_label("Create an access key for programs").check()
    presses("Create user")(page)
    page.get_by_text("Save the credentials of").first.wait_for()


def editor(page: Page) -> None:
    page.locator(".ace_content").first.wait_for()


def _typed(page: Page, text: str) -> None:
    page.locator(".ace_content").click()
    page.locator(".ace_text-input").press("Control+a")
    page.keyboard.insert_text(text)


def writes(statement: dict[str, Any], *, name: str = "") -> Step:
    """The review of a policy of one statement."""

    def step(page: Page) -> None:
        editor(page)
        if name:
            page.get_by_label("Policy name").fill(name)
        _typed(page, json.dumps({"Version": "2012-10-17", "Statement": [statement]}, indent=2))
        presses("Review and save")(page)
        page.get_by_role("heading", name="Review the").wait_for()

    return step


def mistakes(page: Page) -> None:
    editor(page)
    _typed(page, wrong_document())
    page.locator(".ace_gutter-cell.ace_error").first.wait_for()


def completion(page: Page) -> None:
    editor(page)
    _typed(page, '{\n  "Version": "2012-10-17",\n  "Statement": [{"Effect": "Allow", "Action": "')
    page.keyboard.type("s3:GetObj", delay=40)
    page.locator(".ace_autocomplete").wait_for()
