"""Why was I denied? From the error of a program to the fix, which only one may make who may."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError
from playwright.sync_api import expect

from tests.e2e.journeys.conftest import Programs
from tests.e2e.journeys.steps import go, outcome
from tests.query.aws import allow, document
from tests.support.tenants import PASSWORD, Tenant

pytestmark = pytest.mark.e2e
EXPLAINS = document(allow(["iamconsole:ListDenials", "iamconsole:ExplainDenial", "iamconsole:ExplainAccess"]))


def test_from_an_access_denied_to_its_fix(company: Tenant, visitor: Any, program: Programs) -> None:
    ada = program(company.user("ada", document(allow("s3:*"))))
    company.user("helpdesk", EXPLAINS)
    company.run("iam:CreateLoginProfile", user_name="helpdesk", password=PASSWORD)
    with pytest.raises(ClientError) as refused:
        ada.list_users()
    message = refused.value.response["Error"]["Message"]

    helper = visitor().sign_in(company.alias, "helpdesk")
    address = told_why(helper, message)
    fix = helper.get_by_role("button", name="Open with this change")
    expect(fix).to_have_attribute("aria-disabled", "true")
    expect(helper.get_by_role("link", name="Open with this change")).to_have_count(0)

    page = visitor().sign_in(company.alias, "admin", path=address)
    expect(page.get_by_role("heading", name="Why ada was denied")).to_be_visible()
    page.get_by_role("link", name="Simulate this").click()
    expect(page.locator(".verdict")).to_contain_text("Denied")
    page.get_by_role("link", name="Simulate with this change").click()
    expect(page.locator(".verdict")).to_contain_text("Allowed")
    page.go_back()
    page.get_by_role("link", name="Open with this change").click()
    expect(page.get_by_text("nothing has changed yet")).to_be_visible()
    assert outcome(ada.list_users) == "AccessDenied"
    page.get_by_label("Policy name").fill("ListsUsers")
    page.get_by_role("button", name="Review and save").click()
    expect(page.get_by_role("region", name="What saving changes")).to_contain_text("gains something: ada")
    assert outcome(ada.list_users) == "AccessDenied"
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("link", name="ListsUsers")).to_be_visible()
    assert outcome(ada.list_users) == "OK"
    assert outcome(ada.list_roles) == "AccessDenied"


def told_why(page: Any, message: str) -> str:
    """Paste the whole message; gives the address of the page, for somebody else to open."""
    go(page, "Denied")
    page.get_by_role("searchbox", name="Authorization id, error message").fill(message)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Why ada was denied")).to_be_visible()
    expect(page.get_by_text("An Allow was needed here")).to_be_visible()
    return str(page.url)
