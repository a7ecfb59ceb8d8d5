"""A leaver in a real browser: what he signs with, what stops working, and taking him out of a group."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

from tests.console.furniture import allowing
from tests.support.keys import ssh
from tests.support.tenants import PASSWORD, Tenant

pytestmark = pytest.mark.e2e


@pytest.mark.parametrize("width", [1280, 390])
def test_credentials_are_given_and_all_of_a_user_is_switched_off(company: Tenant, visitor: Any, width: int) -> None:
    company.user("ada", allowing("s3:*"))
    company.run("iam:CreateLoginProfile", user_name="ada", password=PASSWORD)
    company.run("iam:CreateGroup", group_name="devs")
    company.run("iam:AddUserToGroup", group_name="devs", user_name="ada")
    theirs = visitor().sign_in(company.alias, "ada")
    tab = "/console/users/ada/tab/credentials/"
    page = visitor(viewport={"width": width, "height": 844}).sign_in(company.alias, "admin", path=tab)
    page.get_by_role("link", name="Upload SSH public key").click()
    page.get_by_label("Public key", exact=True).fill("no key")
    page.get_by_role("button", name="Upload SSH public key").click()
    expect(page.locator("#id_ssh_public_key_body_error")).to_be_visible()
    page.get_by_label("Public key", exact=True).fill(ssh())
    page.get_by_role("button", name="Upload SSH public key").click()
    expect(page.get_by_text("The SSH public key was added.")).to_be_visible()
    page.get_by_role("link", name="Create credential").click()
    page.get_by_label("Service", exact=True).select_option("codecommit.amazonaws.com")
    page.get_by_role("button", name="Create credential").click()
    page.get_by_text("Show", exact=True).click()
    expect(page.get_by_text(f"ada-at-{company.account_id}")).to_be_visible()
    page.get_by_role("link", name="I have saved it").click()
    assert page.evaluate("document.documentElement.scrollWidth") <= width

    page.get_by_role("link", name="Deactivate user").click()
    expect(page.get_by_role("link", name="console session ends.")).to_be_visible()
    page.get_by_role("button", name="Deactivate user").click()
    expect(page.get_by_text("ada is deactivated.")).to_be_visible()
    expect(page.get_by_role("cell", name="Inactive")).to_have_count(3)
    theirs.goto("/console/users/")
    expect(theirs.get_by_role("heading", name="Sign in")).to_be_visible()

    page.goto("/console/groups/devs/")
    page.get_by_role("link", name="Remove", exact=True).click()
    expect(page.get_by_text("Nobody gains or loses anything by it.")).to_be_visible()
    page.get_by_role("button", name="Remove from group").click()
    expect(page.get_by_text("ada is no longer in devs.")).to_be_visible()
