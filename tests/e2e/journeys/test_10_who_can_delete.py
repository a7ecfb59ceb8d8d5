"""Who can delete this? From the map to the path, to the world without one policy of it, to the cut."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.e2e.journeys.conftest import Programs
from tests.e2e.journeys.steps import go, outcome
from tests.query.aws import allow, deny, document, policy
from tests.support.tenants import Tenant

pytestmark = pytest.mark.e2e


def test_find_who_can_delete_a_resource(company: Tenant, visitor: Any, program: Programs) -> None:
    iam = program(company.admin_key)
    for group in ("Operators", "Payroll"):
        iam.create_group(GroupName=group)
    iam.attach_group_policy(GroupName="Operators", PolicyArn=policy(iam, "Operates", document(allow("iam:*"))))
    ada, bob = program(company.user("ada")), program(company.user("bob", document(deny("iam:Delete*") | {"Sid": "No"})))
    for name in ("ada", "bob"):
        iam.add_user_to_group(GroupName="Operators", UserName=name)

    page = visitor().sign_in(company.alias, "admin")
    go(page, "Access map")
    page.get_by_label("Who can").fill("iam:DeleteGroup")
    page.get_by_label("On", exact=True).fill(f"arn:aws:iam::{company.account_id}:group/Payroll")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name=re.compile("Who can iam:DeleteGroup"))).to_be_visible()
    expect(page.get_by_role("row").filter(has_text="user/ada")).to_contain_text("Can")
    expect(page.get_by_role("row").filter(has_text="user/bob")).to_contain_text("Blocked")
    map_ = page.url
    page.locator("svg.graph a:has(.node-label)", has_text="ada").click()
    expect(page.locator(".edge--bright").first).to_be_visible()
    page.locator("svg.graph a", has_text="Simulate user/ada without Operates").first.press("Enter")
    expect(page.locator(".verdict")).to_contain_text("Denied")

    page.get_by_role("link", name="Where it is attached").click()
    page.get_by_role("row").filter(has_text="Operators").get_by_role("link", name="Detach").click()
    expect(page.get_by_role("heading", name="Detach Operates from Operators?")).to_be_visible()
    expect(page.get_by_text("lose only what they did not use")).to_be_visible()
    assert outcome(ada.list_groups) == "OK"
    page.get_by_role("button", name="Detach policy").click()
    for who in (ada, bob):
        assert outcome(who.delete_group, GroupName="Payroll") == "AccessDenied"
    page.goto(map_)
    expect(page.get_by_role("row").filter(has_text="user/ada")).to_have_count(0)
    assert outcome(iam.delete_group, GroupName="Payroll") == "OK"
