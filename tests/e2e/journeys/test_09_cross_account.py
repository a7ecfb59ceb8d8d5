"""Roles that another account may take: one for its program, one for its people; and no longer."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.journeys.conftest import Programs
from tests.e2e.journeys.steps import go, menu, outcome, tab
from tests.e2e.preparing import picks
from tests.query.aws import allow, document
from tests.support.tenants import PASSWORD, Tenant, open_account

pytestmark = pytest.mark.e2e
EXTERNAL = "case-4711"
PHONE = {"width": 390, "height": 844}


def test_roles_for_another_account(company: Tenant, app: Any, visitor: Any, program: Programs) -> None:
    auditors = open_account(app)
    key = auditors.user("vera", document(allow("sts:AssumeRole")))
    auditors.run("iam:CreateLoginProfile", user_name="vera", password=PASSWORD)
    company.run("iam:CreatePolicy", policy_name="SeesRoles", policy_document=document(allow("iam:ListRoles")))
    admin = visitor().sign_in(company.alias, "admin")
    a_role(admin, "Collector", auditors.account_id, external_id=EXTERNAL)
    a_role(admin, "Auditor", auditors.account_id)
    tab(admin, "Sessions")
    link = admin.locator("code", has_text="/switch-role/").inner_text()

    sts, role = program(key, "sts"), f"arn:aws:iam::{company.account_id}:role/Collector"
    asked = {"RoleArn": role, "RoleSessionName": "vera"}
    assert outcome(sts.assume_role, **asked) == "AccessDenied"
    session = program(sts.assume_role(**asked, ExternalId=EXTERNAL)["Credentials"])
    assert outcome(session.list_roles) == "OK"
    assert outcome(session.list_users) == "AccessDenied"

    vera = visitor(viewport=PHONE, color_scheme="dark").sign_in(auditors.alias, "vera", path=link)
    switched(vera, company)
    revoked(admin, "Auditor")
    vera.reload()
    expect(vera.get_by_role("heading", name="Access denied")).to_be_visible()
    assert outcome(session.list_roles) == "OK"
    revoked(admin, "Collector")
    assert outcome(session.list_roles) == "AccessDenied"

    vera.goto("/console/")
    menu(vera).get_by_role("button", name="Switch back").click()
    expect(vera.locator(".account-name")).to_have_text("vera")
    deleted(admin, "Auditor")
    menu(vera).get_by_role("button", name="Audit").click()
    expect(vera.get_by_role("heading", name="Access denied")).to_be_visible()


def a_role(page: Page, name: str, account_id: str, *, external_id: str = "") -> None:
    go(page, "Roles")
    page.get_by_role("link", name="Create role").first.click()
    page.get_by_label("Role name").fill(name)
    page.get_by_label("Another account").check()
    page.get_by_label("Account ID").fill(account_id)
    page.get_by_label("External ID").fill(external_id)
    picks("Attach policies", "SeesRoles")(page)
    page.get_by_role("button", name="Create role").click()
    expect(page.get_by_text(f"Role {name} was created.")).to_be_visible()


def switched(page: Page, company: Tenant) -> None:
    """With the link that the administrator copied."""
    page.get_by_label("Display name").fill("Audit")
    page.get_by_label("Colour").select_option("orange")
    page.get_by_role("button", name="Switch role").click()
    expect(page.locator(".role-button--orange")).to_contain_text("Audit")
    expect(menu(page)).to_contain_text(f"{company.account_id}:assumed-role/Auditor/vera")
    page.goto("/console/roles/")
    expect(page.get_by_text("Collector")).to_be_visible()


def revoked(page: Page, name: str) -> None:
    go(page, "Roles")
    page.get_by_role("link", name=name, exact=True).click()
    tab(page, "Sessions")
    page.get_by_role("link", name="Revoke sessions").click()
    page.get_by_role("button", name="Revoke sessions").click()
    expect(page.get_by_text(f"The sessions of {name} that were issued until now were ended.")).to_be_visible()


def deleted(page: Page, name: str) -> None:
    page.get_by_role("navigation", name="Breadcrumbs").get_by_role("link", name="Roles").click()
    page.get_by_role("link", name=name, exact=True).click()
    page.get_by_role("link", name="Delete").first.click()
    page.get_by_label(f"Type {name} to confirm").fill(name)
    page.get_by_role("button", name="Delete role").click()
    expect(page.get_by_text(f"Role {name} was deleted.")).to_be_visible()
