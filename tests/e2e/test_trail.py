"""The audit trail: found by a part of a name, and verified while one looks on."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import expect

from iamconsole.audit import inspection, tasks
from iamconsole.interfaces.workers import hints
from tests.support.tenants import Tenant

pytestmark = pytest.mark.e2e


def test_somebody_is_found_by_the_beginning_of_his_name(company: Tenant, visitor: Any) -> None:
    company.run("iam:CreateUser", user_name="ada")
    company.run("iam:CreateGroup", group_name="devs")
    company.run("iam:AddUserToGroup", group_name="devs", user_name="ada")
    page = visitor().sign_in(company.alias, "admin", path="/console/events/")
    search = page.get_by_role("combobox", name=re.compile("^Name, "))
    search.press_sequentially("ad")
    expect(page.locator("#names option")).to_have_count(3)
    assert page.locator("#names option").first.get_attribute("value") == "user/ada"
    search.fill("user/ad")
    search.press("Enter")
    page.wait_for_url(re.compile("q=user"))
    expect(page.get_by_role("link", name="AddUserToGroup")).to_be_visible()
    expect(search).to_have_value("user/ad")


def test_a_verification_shows_how_far_it_is_and_how_it_ends(
    company: Tenant, visitor: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inspection, "AT_ONCE", 1)
    monkeypatch.setattr(hints, "_send_soon", lambda _task: None)
    page = visitor().sign_in(company.alias, "admin", path="/console/events/")
    page.get_by_role("button", name="Verify now").click()
    expect(page.get_by_role("progressbar")).to_be_visible()
    page.reload()
    expect(page.get_by_text("Waiting for a worker")).to_be_visible()
    assert tasks.verify_ordered() == 1
    expect(page.get_by_text("Intact: records 1 to")).to_be_visible()
    expect(page.get_by_role("progressbar")).to_have_count(0)
    expect(page.get_by_role("button", name="Verify now")).to_be_visible()
