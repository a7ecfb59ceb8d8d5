"""A link to a role, switching to it, back, and to it again from the menu, in the browser."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.support.tenants import Tenant, open_account

pytestmark = pytest.mark.e2e
ALLOW = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"%s","Resource":"*"}]}'
TRUST = """{"Version":"2012-10-17","Statement":[
{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::%s:user/admin"},"Action":"sts:AssumeRole"}]}"""


def menu(page: Page) -> Any:
    """The account menu, opened."""
    page.locator("summary", has=page.locator(".account-name")).click()
    return page.locator(".menu-panel").filter(has=page.locator(".menu-who"))


def test_a_link_to_a_role_of_another_account(company: Tenant, app: Any, visitor: Any) -> None:
    other = open_account(app)
    other.run("iam:CreateRole", role_name="Auditor", assume_role_policy_document=TRUST % company.account_id)
    other.run("iam:PutRolePolicy", role_name="Auditor", policy_name="p", policy_document=ALLOW % "iam:List*")
    link = f"/console/switch-role/?account={other.alias}&roleName=Auditor&displayName=Audit"
    admin = visitor(viewport={"width": 390, "height": 844}, color_scheme="dark")
    page = admin.sign_in(company.alias, "admin", path=link)
    page.get_by_label("Colour").select_option("orange")
    page.get_by_role("button", name="Switch role").click()
    expect(page.locator(".role-button--orange")).to_contain_text("Audit")
    expect(menu(page)).to_contain_text(f"{other.account_id}:assumed-role/Auditor/admin")
    page.goto("/console/roles/")
    expect(page.get_by_role("link", name="Auditor")).to_be_visible()

    menu(page).get_by_role("button", name="Switch back").click()
    expect(page.locator(".account-name")).to_have_text("admin")
    menu(page).get_by_role("button", name="Audit").click()
    expect(page.locator(".role-button--orange")).to_be_visible()

    other.run("iam:DeleteRolePolicy", role_name="Auditor", policy_name="p")
    other.run("iam:DeleteRole", role_name="Auditor")
    page.goto("/console/groups/")
    expect(page.get_by_text("The session of the role has ended.")).to_be_visible()
    expect(page.locator(".account-name")).to_have_text("admin")
