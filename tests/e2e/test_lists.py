"""Lists as administrators use them: views that are found again, and many rows changed at once."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.console.furniture import ALLOW, TRUST
from tests.e2e.preparing import picks
from tests.support.tenants import Tenant

pytestmark = pytest.mark.e2e


def tick(page: Page, *names: str) -> None:
    for name in names:
        page.get_by_label(f"Select {name}", exact=True).check()


def press(page: Page, label: str) -> None:
    page.locator("#bulk").get_by_role("button", name=label, exact=True).click()


def test_a_view_is_saved_opened_by_default_and_deleted(company: Tenant, visitor: Any) -> None:
    for name in ("ada", "bob", "grace"):
        company.run("iam:CreateUser", user_name=name)
    page = visitor().sign_in(company.alias, "admin", path="/console/users/")
    page.get_by_placeholder("Name, e-mail").fill("a")
    expect(page.get_by_role("link", name="Save view")).to_be_visible()
    expect(page.locator("#list-count")).to_have_text("3 of 4 users")
    expect(page.get_by_role("link", name="Export")).to_have_attribute("href", re.compile(r"users\.csv\?q=a$"))
    page.get_by_role("link", name="No console access").click()
    page.get_by_role("link", name="Save view").click()
    page.get_by_label("Name", exact=True).fill("Programs")
    page.get_by_label("Open the list with it").check()
    page.get_by_role("button", name="Save view").click()
    chip = page.locator("#list-filters").get_by_role("link", name="Programs")
    expect(chip).to_have_attribute("aria-current", "true")
    page.goto("/console/users/")
    expect(page.locator("#list-count")).to_have_text("2 of 4 users")
    page.get_by_placeholder("Name, e-mail").fill("")
    expect(page.locator("#list-count")).to_have_text("3 of 4 users")
    page.get_by_role("link", name="All", exact=True).click()
    expect(page.locator("#list-count")).to_have_text("4 of 4 users")
    page.go_back()
    page.get_by_role("link", name="Manage views").click()
    page.get_by_role("button", name="Delete").click()
    expect(page.get_by_text("No views yet")).to_be_visible()


def test_a_leaver_is_deactivated_and_reactivated(company: Tenant, visitor: Any) -> None:
    company.user("ada")
    company.user("bob")
    page = visitor().sign_in(company.alias, "admin", path="/console/users/")
    tick(page, "ada", "bob", "admin")
    expect(page.locator(".selected")).to_contain_text("3")
    press(page, "Deactivate")
    expect(page.get_by_role("heading", name="2 change")).to_be_visible()
    expect(page.get_by_text("only another administrator could undo it")).to_be_visible()
    page.get_by_role("button", name="Deactivate").click()
    expect(page.get_by_text("2 users are deactivated.")).to_be_visible()
    expect(page.get_by_role("cell", name="Deactivated")).to_have_count(2)
    tick(page, "ada")
    page.locator("#bulk").get_by_text("More").click()
    press(page, "Reactivate")
    page.get_by_role("button", name="Preview").click()
    page.get_by_role("button", name="Reactivate").click()
    expect(page.get_by_text("1 user is active again.")).to_be_visible()
    expect(page.get_by_role("cell", name="Deactivated")).to_have_count(1)


def test_groups_roles_and_policies_are_changed_together(company: Tenant, visitor: Any) -> None:
    for number in (1, 2):
        company.run("iam:CreateGroup", group_name=f"team-{number}")
        company.run("iam:CreateRole", role_name=f"job-{number}", assume_role_policy_document=TRUST)
        company.run("iam:CreatePolicy", policy_name=f"Rule{number}", policy_document=ALLOW)
    page = visitor().sign_in(company.alias, "admin", path="/console/groups/?sort=-name")
    tick(page, "team-1", "team-2")
    press(page, "Attach policy")
    picks("Policy", "Rule1")(page)
    page.get_by_role("button", name="Preview").click()
    page.get_by_role("button", name="Attach policy").click()
    expect(page.get_by_text("The policy is on 2 more groups.")).to_be_visible()
    expect(page).to_have_url(re.compile(r"groups/\?sort=-name$"))

    page.goto("/console/roles/")
    tick(page, "job-1", "job-2")
    press(page, "Session length")
    page.get_by_label("Longest session", exact=True).select_option("14400")
    page.get_by_role("button", name="Preview").click()
    page.get_by_role("button", name="Session length").click()
    expect(page.get_by_text("2 roles were changed.")).to_be_visible()

    page.goto("/console/policies/?filter=customer")
    page.locator("[data-select-all]").check()
    press(page, "Delete policies")
    expect(page.get_by_text("detached everywhere first")).to_be_visible()
    page.get_by_role("button", name="Delete policies").click()
    expect(page.get_by_text("2 policies were deleted.")).to_be_visible()
