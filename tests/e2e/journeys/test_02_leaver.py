"""Somebody leaves: shut out at once, what was shared is replaced, and in the end deleted; the trail has all of it."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from iamconsole.interfaces.workers import rotation
from tests.e2e.journeys.conftest import Programs
from tests.e2e.journeys.steps import collected, find, go, outcome, password_step, tab
from tests.query.aws import allow, document, trusting
from tests.support.tenants import PASSWORD, Tenant

pytestmark = pytest.mark.e2e
LISTS = document(allow("iam:ListUsers"))


def test_a_leaver(company: Tenant, visitor: Any, program: Programs, live_server: Any) -> None:
    hers, shared = company.user("ada", LISTS), company.user("robot", LISTS)
    company.run("iam:CreateLoginProfile", user_name="ada", password=PASSWORD)
    company.run("iam:CreateGroup", group_name="Platform")
    company.run("iam:AddUserToGroup", group_name="Platform", user_name="ada")
    ada = f"arn:aws:iam::{company.account_id}:user/ada"
    company.run("iam:CreateRole", role_name="Release", assume_role_policy_document=trusting(ada))
    laptop = visitor().sign_in(company.alias, "ada", path="/console/users/")
    expect(laptop.get_by_role("heading", name="Users")).to_be_visible()
    session = program(hers, "sts").get_session_token()["Credentials"]
    assert outcome(program(hers).list_users) == "OK"

    page = visitor().sign_in(company.alias, "admin")
    deactivated(page)
    assert outcome(program(hers).list_users) == "InvalidClientTokenId"
    laptop.reload()
    expect(laptop.get_by_role("heading", name="Sign in")).to_be_visible()
    password_step(laptop, company.alias, "ada")
    expect(laptop.get_by_role("heading", name="Your access is deactivated")).to_be_visible()
    laptop.get_by_role("main").get_by_role("button", name="Sign out").click()
    expect(laptop.get_by_role("heading", name="Sign in")).to_be_visible()

    new = rotated(page, live_server, shared)
    assert outcome(program(shared).list_users) == "OK"
    assert outcome(program(new).list_users) == "OK"

    deleted(page)
    assert outcome(program(session).list_users) == "InvalidClientTokenId"
    assert outcome(program(company.admin_key).get_user, UserName="ada") == "NoSuchEntity"
    on_record(page)


def deactivated(page: Page) -> None:
    go(page, "Users")
    find(page, "ada")
    page.get_by_role("link", name="ada", exact=True).click()
    page.get_by_role("link", name="Deactivate").click()
    for consequence in ("access key stops working.", "console session ends.", "whatever else the user has"):
        expect(page.get_by_text(consequence)).to_be_visible()
    page.get_by_role("button", name="Deactivate user").click()
    expect(page.get_by_text("ada is deactivated.")).to_be_visible()
    expect(page.get_by_role("row").filter(has_text="AKIA")).to_contain_text("Inactive")
    expect(page.get_by_role("link", name="Reactivate")).to_be_visible()


def rotated(page: Page, server: Any, key: dict[str, str]) -> dict[str, str]:
    """The key of a robot that the leaver knew is replaced; gives what its program collects."""
    go(page, "Users")
    page.get_by_role("link", name="robot", exact=True).click()
    tab(page, "Security credentials")
    page.get_by_role("link", name="Rotate", exact=True).click()
    page.get_by_role("button", name="Rotate now").click()
    expect(page.get_by_text("The rotation has begun.")).to_be_visible()
    rotation.advance()
    return collected(server, key)


def deleted(page: Page) -> None:
    go(page, "Users")
    page.get_by_role("link", name="ada", exact=True).click()
    page.get_by_role("link", name="Delete").first.click()
    for consequence in ("group loses a member.", "access key stops working.", "trust policy names it"):
        expect(page.get_by_text(consequence)).to_be_visible()
    page.get_by_label("Type ada to confirm").fill("Ada")
    page.get_by_role("button", name="Delete user").click()
    expect(page.get_by_role("heading", name="Delete ada?")).to_be_visible()
    page.get_by_label("Type ada to confirm").fill("ada")
    page.get_by_role("button", name="Delete user").click()
    expect(page.get_by_text("User ada was deleted.")).to_be_visible()


def on_record(page: Page) -> None:
    """All that was done to the leaver, by a click on the name in the last record of it."""
    go(page, "Audit events")
    page.get_by_role("row").filter(has_text="DeleteUser").get_by_role("link", name="user/ada").first.click()
    for event in ("DeactivateUser", "DeleteLoginProfile", "DeleteAccessKey", "DeleteUser"):
        expect(page.get_by_role("row").filter(has_text=event).first).to_contain_text("user/admin")
