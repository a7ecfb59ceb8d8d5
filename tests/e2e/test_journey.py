"""The journey of an administrator and of the user that he makes, in two browsers."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.support.tenants import Tenant

pytestmark = pytest.mark.e2e
DOCUMENT = """{
  "Version": "2012-10-17",
  "Statement": [{"Sid": "Lists", "Effect": "Allow", "Action": "iam:ListUsers", "Resource": "*"}]
}"""


def test_make_a_user_with_a_key_grant_something_and_be_denied_the_rest(company: Tenant, visitor: Any) -> None:
    admin = visitor(permissions=["clipboard-read", "clipboard-write"])
    page = admin.sign_in(company.alias, "admin", path="/console/users/")
    expect(page.get_by_role("heading", name="Users")).to_be_visible()
    page.get_by_role("link", name="Create user").click()
    page.get_by_label("User name").fill("grace")
    page.get_by_label("Console access with a generated password").check()
    page.get_by_label("Create an access key for programs").check()
    page.get_by_role("button", name="Add row").click()
    page.locator("[name=tag_key]").last.fill("team")
    page.get_by_role("button", name="Create user").click()
    expect(page.get_by_role("heading", name="Save the credentials of grace")).to_be_visible()
    page.get_by_text("Show").first.click()
    password = page.locator("details[open] code").first.inner_text()
    expect(page.get_by_text(re.compile(r"AKIA[A-Z2-7]{16}"))).to_be_visible()
    page.get_by_role("link", name="I have saved it").click()
    page.get_by_role("link", name="Create inline policy").click()
    page.get_by_label("Policy name").fill("ListsUsers")
    editor = page.locator(".ace_text-input")
    page.locator(".ace_content").click()
    editor.press("Control+a")
    page.keyboard.insert_text(DOCUMENT.replace("Allow", "Alow"))
    expect(page.locator("[data-finding]").first).to_contain_text("Line 3")
    expect(page.locator(".ace_gutter-cell.ace_error")).to_have_count(1)
    page.locator(".ace_content").click()
    editor.press("Control+a")
    page.keyboard.insert_text(DOCUMENT)
    expect(page.locator("#findings [data-severity=error]")).to_have_count(0)
    page.get_by_role("button", name="Review and save").click()
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("link", name="ListsUsers")).to_be_visible()

    grace = visitor()
    hers = grace.sign_in(company.alias, "grace", password, path="/console/users/")
    expect(hers.get_by_role("heading", name="Users")).to_be_visible()
    expect(hers.get_by_role("link", name="Roles")).to_have_count(0)
    expect(hers.get_by_role("button", name=re.compile("^Create user"))).to_have_attribute("aria-disabled", "true")
    hers.goto("/console/users/grace/")
    expect(hers.get_by_role("heading", name="Access denied")).to_be_visible()
    expect(hers.get_by_text("is not authorized to perform: iam:GetUser")).to_be_visible()
    expect(hers.get_by_text("Authorization id", exact=True)).to_be_visible()


def test_lists_without_a_page_load(company: Tenant, visitor: Any) -> None:
    for number in range(30):
        company.run("iam:CreateUser", user_name=f"user-{number:02d}")
    admin = visitor()
    page = admin.sign_in(company.alias, "admin", path="/console/users/")
    page.keyboard.press("/")
    page.keyboard.type("user-1")
    expect(page.locator("tbody tr")).to_have_count(10)
    expect(page).to_have_url(re.compile(r"\?q=user-1$"))
    expect(page.get_by_text("10 of 31 users")).to_be_visible()
    page.get_by_label("Select all rows of this page").check()
    expect(page.locator(".selected-count")).to_have_text("10")
    page.locator("#bulk").get_by_text("More").click()
    page.locator("#bulk").get_by_role("button", name="Delete users").click()
    expect(page.get_by_role("heading", name="Delete 10 users")).to_be_visible()
    page.get_by_role("button", name="Delete users").click()
    expect(page.get_by_text("10 users were deleted.")).to_be_visible()
    expect(page).to_have_url(re.compile(r"\?q=user-1$"))
    page.get_by_role("link", name="Users", exact=True).first.click()
    page.get_by_role("link", name="user-00").click()
    page.get_by_role("link", name="Security credentials").click()
    page.get_by_role("button", name="Create access key").click()
    expect(page.get_by_role("heading", name="Save the credentials of user-00")).to_be_visible()
    page.reload()
    expect(page.get_by_text("This was done already")).to_be_visible()
    expect(page.get_by_text("1 of 2")).to_be_visible()


def test_the_theme_follows_the_choice_without_a_flash(company: Tenant, visitor: Any) -> None:
    admin = visitor(color_scheme="light")
    page = admin.sign_in(company.alias, "admin")
    page.locator("summary").filter(has=page.get_by_label("Theme")).click()
    page.get_by_role("button", name="Dark").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    page.reload()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(14, 17, 23)"
