"""A team is taken on: a policy, a group, its people from a spreadsheet, and the first day of one of them."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.journeys.conftest import Programs
from tests.e2e.journeys.steps import (
    enrolled_app,
    find,
    go,
    handed_over,
    key_of,
    menu,
    new_password,
    outcome,
    password_step,
    tab,
)
from tests.e2e.preparing import picks
from tests.support.tenants import Tenant

pytestmark = pytest.mark.e2e
TEAM = "UserName,Path,Groups,Tags\ngrace,/reporting/,Reporting,team=reporting\nalan,/reporting/,Reporting,\n"
OWN = "arn:aws:iam::*:user/reporting/${aws:username}\narn:aws:iam::*:mfa/*"
HERS = "Orbit-lantern-42-violin"


def test_onboarding_a_team(company: Tenant, visitor: Any, program: Programs, live_server: Any, settings: Any) -> None:
    settings.IAM_PUBLIC_URL = live_server.url
    admin = visitor().sign_in(company.alias, "admin")
    a_policy_by_fields(admin)
    a_group_with_it(admin)
    people_from_a_spreadsheet(admin)
    password, key = credentials_of(admin, "grace")

    first_day(visitor().page, company.alias, password)
    grace = program(key)
    assert outcome(grace.list_users) == "OK"
    assert outcome(grace.create_user, UserName="friend") == "AccessDenied"


def a_policy_by_fields(page: Page) -> None:
    go(page, "Policies")
    page.get_by_role("link", name="Create policy").click()
    page.get_by_label("Policy name").fill("SeesPeople")
    page.get_by_role("button", name="Visual").click()
    page.get_by_label("Service").fill("iam")
    page.get_by_role("button", name="Show actions").click()
    page.get_by_label("Search actions").fill("listusers")
    page.get_by_label("ListUsers", exact=True).check()
    page.get_by_label("ARNs, one a line").fill("*")
    page.get_by_role("button", name="Add statement").click()
    own = page.get_by_role("group", name="Statement 2")
    own.get_by_label("Wildcards and other actions").fill("iam:*MFADevice*")
    own.get_by_label("ARNs, one a line").fill(OWN)
    page.get_by_role("button", name="Plain language").click()
    expect(page.locator(".sentences")).to_contain_text("list users")
    page.get_by_role("button", name="Create policy").click()
    expect(page.get_by_text("Policy SeesPeople was created.")).to_be_visible()


def a_group_with_it(page: Page) -> None:
    go(page, "User groups")
    page.get_by_role("link", name="Create group").first.click()
    page.get_by_label("Group name").fill("Reporting")
    picks("Attach policies", "SeesPeople")(page)
    page.get_by_role("button", name="Create group").click()
    expect(page.get_by_text("Group Reporting was created.")).to_be_visible()


def people_from_a_spreadsheet(page: Page) -> None:
    go(page, "Users")
    page.get_by_role("link", name="Import").click()
    page.get_by_label("CSV file").set_input_files({"name": "team.csv", "mimeType": "text/csv", "buffer": TEAM.encode()})
    page.get_by_role("button", name="Preview").click()
    expect(page.get_by_role("heading", name="2 change")).to_be_visible()
    page.get_by_role("button", name="Import").click()
    expect(page.get_by_text("2 users were imported and cannot sign in yet")).to_be_visible()


def credentials_of(page: Page, name: str) -> tuple[str, dict[str, str]]:
    """A password to be changed and a key, each shown a single time."""
    find(page, name)
    page.get_by_role("link", name=name, exact=True).click()
    tab(page, "Security credentials")
    page.get_by_role("link", name="Enable console access").click()
    page.get_by_role("button", name="Set password").click()
    password = handed_over(page)["Password"]
    page.get_by_role("link", name="I have saved it").click()
    page.get_by_role("button", name="Create access key").click()
    key = key_of(handed_over(page))
    page.reload()
    expect(page.get_by_text("This was done already; what it showed once is not shown again.")).to_be_visible()
    expect(page.get_by_text(key["SecretAccessKey"])).to_have_count(0)
    return password, key


def first_day(page: Page, account: str, password: str) -> None:
    password_step(page, account, "grace", password)
    new_password(page, password, HERS)
    menu(page).get_by_role("link", name="My MFA devices").click()
    page.get_by_role("link", name="Add an authenticator app").click()
    enrolled_app(page, "phone")
    page.get_by_role("link", name="I have saved them").click()
    go(page, "Users")
    page.get_by_role("link", name="alan", exact=True).click()
    expect(page.get_by_role("heading", name="Access denied")).to_be_visible()
    expect(page.get_by_text("is not authorized to perform: iam:GetUser")).to_be_visible()
