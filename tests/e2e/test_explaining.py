"""The pages that explain access, on a telephone and without a mouse."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

from tests.query.aws import allow, deny, document
from tests.support.tenants import Tenant

pytestmark = pytest.mark.e2e


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
