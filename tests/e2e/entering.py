"""Who looks at the pages, and how each of them comes in."""

from __future__ import annotations

from typing import Final

import pyotp
from playwright.sync_api import Page

from iamconsole.kernel import clock
from tests.e2e.company import ALIAS, CAREFUL, NEWCOMER, STRANGER
from tests.support.tenants import PASSWORD

PEOPLE: Final = {
    "admin": "admin",
    "switched": "admin",
    "careful": CAREFUL,
    "newcomer": NEWCOMER,
    "stranger": STRANGER,
}


def enter(page: Page, who: str, things: dict[str, str]) -> None:
    """Sign in as one of PEOPLE; as nobody where `who` is empty."""
    if not who:
        return
    page.goto(f"/console/signin/?account={ALIAS}")
    page.get_by_label("User name").fill(PEOPLE[who])
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    if who == "careful":
        page.get_by_label("Code of your authenticator app").fill(pyotp.TOTP(things["seed"]).at(clock.now().timestamp()))
        page.get_by_role("button", name="Verify", exact=True).click()
    page.wait_for_url(lambda address: "/signin/" not in address)
    if who == "switched":
        page.goto(f"/console/switch-role/?account={ALIAS}&roleName=incident-response&colour=red")
        page.get_by_role("button", name="Switch role").click()
        page.locator(".role-button--red").wait_for()
