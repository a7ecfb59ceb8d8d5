"""A role that may do everything in IAM is made as narrow as what it did."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

from iamconsole.audit.history.recorder import recorder
from tests.e2e.journeys.conftest import Programs
from tests.e2e.journeys.steps import go, outcome, tab
from tests.query.aws import allow, document, policy, trusting
from tests.support.tenants import Tenant

pytestmark = pytest.mark.e2e


def test_tighten_a_role_from_its_access_history(company: Tenant, visitor: Any, program: Programs) -> None:
    key = company.user("scheduler", document(allow("sts:AssumeRole")))
    role = f"arn:aws:iam::{company.account_id}:role/inventory"
    iam = program(company.admin_key)
    iam.create_role(RoleName="inventory", AssumeRolePolicyDocument=trusting(f"arn:aws:iam::{company.account_id}:root"))
    iam.attach_role_policy(RoleName="inventory", PolicyArn=policy(iam, "Inventory", document(allow("iam:*"))))
    session = program(key, "sts").assume_role(RoleArn=role, RoleSessionName="nightly")["Credentials"]
    inventory = program(session)
    for call in (inventory.list_users, inventory.list_roles, inventory.list_groups):
        assert outcome(call) == "OK"
    assert recorder.flush()

    page = visitor().sign_in(company.alias, "admin")
    go(page, "Roles")
    page.get_by_role("link", name="inventory", exact=True).click()
    tab(page, "Last accessed")
    expect(page.get_by_role("row").filter(has_text="iam:ListRoles")).to_be_visible()
    tab(page, "Activity")
    expect(page.get_by_role("row").filter(has_text="iam:ListGroups").first).to_contain_text("Allowed")
    tab(page, "Effective access")
    page.get_by_role("link", name="Tighten").click()
    expect(page.get_by_text("was narrowed to the actions in use")).to_be_visible()
    expect(page.locator(".ace_content")).to_contain_text("iam:ListRoles")
    expect(page.locator(".ace_content")).not_to_contain_text("iam:*")
    page.get_by_role("button", name="Review and publish").click()
    expect(page.get_by_role("heading", name="Review the new version of Inventory")).to_be_visible()
    expect(page.locator("td.removed").filter(has_text="iam:*")).to_be_visible()
    page.get_by_role("button", name="Publish", exact=True).click()
    expect(page.get_by_text("Inventory has a new default version.")).to_be_visible()

    for call in (inventory.list_users, inventory.list_roles, inventory.list_groups):
        assert outcome(call) == "OK"
    assert outcome(inventory.create_user, UserName="intruder") == "AccessDenied"
