"""The palette and the keys, in a browser: by keyboard alone, wide and narrow."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.console.furniture import allowing
from tests.support.tenants import Tenant

pytestmark = pytest.mark.e2e


def test_the_palette_by_keyboard_alone(company: Tenant, visitor: Any) -> None:
    company.user("alice", allowing("s3:GetObject", resource="arn:aws:s3:::reports/*"))
    page = visitor().sign_in(company.alias, "admin")
    page.keyboard.press("Control+k")
    field = page.get_by_role("combobox")
    expect(field).to_be_focused()
    page.keyboard.type("ali")
    option = page.get_by_role("option", name="alice")
    expect(option).to_have_attribute("aria-selected", "true")
    expect(page.locator("#palette-status")).to_have_text("1 result")
    page.keyboard.press("Control+a")
    page.keyboard.type("can alice s3:GetObject reports")
    expect(page.locator("#palette-status")).to_contain_text("Allowed")
    page.keyboard.press("Escape")
    expect(field).to_be_hidden()
    page.keyboard.press("?")
    expect(page.get_by_role("heading", name="Keys")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("g")
    page.keyboard.press("u")
    expect(page).to_have_url(re.compile("/console/users/$"))
    page.wait_for_load_state("load")
    page.keyboard.press("/")
    expect(page.get_by_role("searchbox", name="Name, e-mail, path, key ID or ARN")).to_be_focused()
    page.keyboard.type("g u ?")
    expect(page.get_by_role("heading", name="Keys")).to_be_hidden()
    page.keyboard.press("Control+k")
    page.keyboard.type("create user")
    expect(page.get_by_role("option", name="Create user", exact=True)).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/console/create/user/$"))


def test_the_palette_on_a_telephone_and_times_in_its_zone(company: Tenant, visitor: Any) -> None:
    phone = visitor(viewport={"width": 390, "height": 844}, timezone_id="Asia/Tokyo", locale="en-GB")
    page = phone.sign_in(company.alias, "admin", path="/console/events/")
    expect(page.locator("time").first).to_have_text(re.compile(r"(GMT\+9|JST)$"))
    expect(page.locator("time").first).to_have_attribute("title", re.compile(r" UTC$"))
    page.get_by_role("searchbox", name="Search everything").click()
    page.locator("#palette-input").fill("create")
    expect(page.get_by_role("option", name="Create role")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= 390")
    page.get_by_role("button", name="Close").click()
    expect(page.locator("#palette-input")).to_be_hidden()
