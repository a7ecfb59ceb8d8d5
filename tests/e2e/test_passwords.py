"""A password that somebody else chose is changed first, in the browser; and sessions are seen and ended."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

from tests.support.tenants import PASSWORD, Tenant

pytestmark = pytest.mark.e2e
NEW = "correct horse \U0001f40e battery"


def test_the_asvs_profile_a_forced_change_and_the_sessions_of_it(company: Tenant, visitor: Any) -> None:
    company.run("iam:CreateUser", user_name="grace")
    company.run("iam:CreateLoginProfile", user_name="grace", password=PASSWORD, password_reset_required=True)
    admin = visitor().sign_in(company.alias, "admin", path="/console/account/")
    admin.get_by_role("button", name="Use the ASVS profile").click()
    expect(admin.get_by_text("OWASP ASVS 5.0: fifteen characters")).to_be_visible()

    grace = visitor(viewport={"width": 390, "height": 844}, color_scheme="dark")
    page = grace.sign_in(company.alias, "grace", path="/console/sessions/")
    expect(page.get_by_role("heading", name="Choose a new password")).to_be_visible()
    page.get_by_label("Present password").fill(PASSWORD)
    for words in ("password12345678", NEW):
        page.get_by_label("Present password").fill(PASSWORD)
        page.get_by_label("New password", exact=True).fill(words)
        page.get_by_label("New password, once more").fill(words)
        page.get_by_role("button", name="Set the new password").click()
        if words != NEW:
            expect(page.get_by_text("leaked and are guessed first").first).to_be_visible()
    expect(page.get_by_text("Your password was changed.")).to_be_visible()

    elsewhere = visitor().sign_in(company.alias, "grace", NEW)
    page.goto("/console/sessions/")
    expect(page.get_by_text("This one")).to_be_visible()
    page.get_by_role("button", name="End all others").click()
    expect(page.get_by_text("The sessions were ended.")).to_be_visible()
    elsewhere.reload()
    expect(elsewhere.get_by_role("heading", name="Sign in")).to_be_visible()
