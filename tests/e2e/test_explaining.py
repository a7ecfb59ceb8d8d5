"""Journeys of somebody who asks why: from a refusal to its fix, and from a resource to who can delete it."""

from __future__ import annotations

import re
from typing import Any

import pytest
from botocore.exceptions import ClientError
from playwright.sync_api import expect

from tests.query.aws import allow, deny, document
from tests.support.tenants import Tenant

pytestmark = pytest.mark.e2e


def test_from_a_refusal_to_the_fix_that_mends_it(company: Tenant, visitor: Any) -> None:
    ada = company.client(key=company.user("ada", document(allow("s3:*"))))
    with pytest.raises(ClientError) as refused:
        ada.list_users()
    message = refused.value.response["Error"]["Message"]
    page = visitor().sign_in(company.alias, "admin", path="/console/denied/")
    page.get_by_role("searchbox", name="Authorization id, error message").fill(message)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Why ada was denied")).to_be_visible()
    expect(page.get_by_text("An Allow was needed here")).to_be_visible()
    page.get_by_role("link", name="Simulate this").click()
    expect(page.locator(".verdict")).to_contain_text("Denied")
    page.get_by_role("link", name="Simulate with this change").click()
    expect(page.locator(".verdict")).to_contain_text("Allowed")
    page.go_back()
    page.get_by_role("link", name="Open with this change").click()
    expect(page.get_by_text("nothing has changed yet")).to_be_visible()
    page.get_by_label("Policy name").fill("ListsUsers")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("link", name="ListsUsers")).to_be_visible()
    assert ada.list_users()["Users"]


def test_find_who_can_delete_a_resource(company: Tenant, visitor: Any) -> None:
    company.user("ada", document(allow("s3:*")))
    company.user("bob", document(allow("s3:*"), deny("s3:Delete*") | {"Sid": "NoDelete"}))
    page = visitor().sign_in(company.alias, "admin", path="/console/map/")
    page.get_by_label("Who can").fill("s3:DeleteObject")
    page.get_by_label("On", exact=True).fill("arn:aws:s3:::reports/x")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name=re.compile("Who can s3:DeleteObject"))).to_be_visible()
    expect(page.get_by_role("row").filter(has_text="user/ada")).to_contain_text("Can")
    expect(page.get_by_role("row").filter(has_text="user/bob")).to_contain_text("Blocked")
    page.locator("svg.graph a:has(.node-label)", has_text="ada").click()
    expect(page.locator(".edge--bright").first).to_be_visible()
    page.locator("svg.graph a", has_text="Simulate user/ada without p0").first.press("Enter")
    expect(page.locator(".verdict")).to_contain_text("Denied")


def test_the_pages_fit_a_phone_and_need_no_mouse(company: Tenant, visitor: Any) -> None:
    company.user("ada", document(allow("s3:*"), deny("s3:Delete*")))
    phone = visitor(viewport={"width": 390, "height": 844})
    page = phone.sign_in(company.alias, "admin")
    for address in (
        "/console/map/?action=s3:GetObject&resource=arn:aws:s3:::reports/x",
        "/console/simulator/?who=ada&action=s3:GetObject&action=s3:DeleteObject&key=aws:SourceIp&type=ip&value=10.0.0.1",
        "/console/users/ada/tab/access/",
    ):
        page.goto(address)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, address
    page.goto("/console/simulator/?who=ada&action=s3:GetObject&action=s3:DeleteObject")
    answer = page.locator("details.answer").last
    answer.locator("summary").first.focus()
    page.keyboard.press("Enter")
    expect(answer.get_by_text("Smallest changes that would allow it")).to_be_visible()
