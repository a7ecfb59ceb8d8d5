"""Choosing by typing, in a browser: by keyboard alone, by pointer, in a hurry, and on a telephone."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.console.furniture import ALLOW
from tests.e2e.preparing import picks
from tests.support.tenants import Tenant

pytestmark = pytest.mark.e2e
CREATE = "/console/create/user/"


@pytest.fixture
def stocked(company: Tenant) -> Tenant:
    for name in ("Reports", "ReportsArchive", "Ledger"):
        company.run("iam:CreatePolicy", policy_name=name, policy_document=ALLOW)
    for name in ("devs", "ops"):
        company.run("iam:CreateGroup", group_name=name)
    return company


def chips(page: Page, label: str) -> Locator:
    return page.locator(".field").filter(has_text=label).locator(".picker-chip")


def test_policies_are_chosen_by_keyboard_alone(stocked: Tenant, visitor: Any) -> None:
    page = visitor().sign_in(stocked.alias, "admin", path=CREATE)
    page.get_by_label("User name").fill("grace")
    field = page.get_by_role("combobox", name="Attach policies directly")
    field.focus()
    expect(field).to_have_attribute("aria-expanded", "false")
    page.keyboard.type("repo")
    first = page.get_by_role("option", name="Reports", exact=False).first
    expect(first).to_have_attribute("aria-selected", "true")
    expect(field).to_have_attribute("aria-expanded", "true")
    assert field.get_attribute("aria-activedescendant") == first.get_attribute("id")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    chosen = chips(page, "Attach policies directly")
    expect(chosen).to_have_text(["ReportsArchive"])
    expect(field).to_have_value("")
    page.keyboard.type("ledg")  # in a hurry: before the list is there
    page.keyboard.press("Enter")
    expect(chosen).to_have_text(["ReportsArchive", "Ledger"])
    page.keyboard.press("Escape")
    expect(page.get_by_role("listbox")).to_be_hidden()
    page.keyboard.press("Backspace")
    expect(chosen).to_have_text(["ReportsArchive"])
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("option", name="ReportsArchive")).to_have_attribute("aria-checked", "true")
    page.keyboard.press("Tab")
    expect(page.get_by_role("listbox")).to_be_hidden()
    page.get_by_role("combobox", name="Permissions boundary").fill("no-such-policy")
    page.get_by_role("button", name="Create user").click()
    expect(page.get_by_role("alert")).to_contain_text("There is no policy “no-such-policy”")
    expect(page.get_by_role("combobox", name="Permissions boundary")).to_have_attribute("aria-invalid", "true")
    expect(chosen).to_have_text(["ReportsArchive"])
    picks("Permissions boundary", "Ledger")(page)
    expect(chips(page, "Permissions boundary")).to_have_text(["Ledger"])
    page.get_by_role("button", name="Create user").click()
    expect(page.get_by_text("User grace was created.")).to_be_visible()
    attached = stocked.run("iam:ListAttachedUserPolicies", user_name="grace").attached_policies
    assert [each.policy_name for each in attached] == ["ReportsArchive"]
    bound = stocked.run("iam:GetUser", user_name="grace").user.permissions_boundary
    assert bound.permissions_boundary_arn.endswith("policy/Ledger")


def test_groups_are_chosen_by_touch_on_a_telephone(stocked: Tenant, visitor: Any) -> None:
    page = visitor(viewport={"width": 390, "height": 844}).sign_in(stocked.alias, "admin", path=CREATE)
    page.get_by_label("User name").fill("grace")
    field = page.get_by_role("combobox", name="Groups")
    field.click()
    page.get_by_role("option", name="devs").click()
    page.get_by_role("option", name="ops").click()
    expect(chips(page, "Groups")).to_have_text(["devs", "ops"])
    remove = page.get_by_role("button", name="Remove devs")
    box = remove.bounding_box()
    assert box is not None
    assert min(box["width"], box["height"]) >= 24
    remove.click()
    expect(field).to_be_focused()
    expect(page.locator("[role=status]").filter(has_text="devs was removed.")).to_have_count(1)
    assert page.evaluate("document.documentElement.scrollWidth <= 390")
    page.get_by_role("button", name="Create user").click()
    expect(page.get_by_text("User grace was created.")).to_be_visible()
    assert [each.group_name for each in stocked.run("iam:ListGroupsForUser", user_name="grace").groups] == ["ops"]


def test_without_a_script_names_are_typed_a_line_each(stocked: Tenant, visitor: Any) -> None:
    page = visitor(java_script_enabled=False).sign_in(stocked.alias, "admin", path=CREATE)
    page.get_by_label("User name").fill("grace")
    page.get_by_role("textbox", name="Groups").fill("ops\ndevs")
    page.get_by_role("button", name="Create user").click()
    assert len(stocked.run("iam:ListGroupsForUser", user_name="grace").groups) == 2
