"""A role for another account by the form: the policy appears as one types, is checked, and can be edited as it is."""

from __future__ import annotations

import json
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.support.tenants import Tenant

pytestmark = pytest.mark.e2e
PARTNER = "210000000002"


def trust_of(tenant: Tenant, name: str) -> Any:
    return json.loads(tenant.run("iam:GetRole", role_name=name).role.assume_role_policy_document)["Statement"][0]


def test_a_role_for_another_account(company: Tenant, visitor: Any) -> None:
    page = visitor().sign_in(company.alias, "admin", path="/console/create/role/")
    built = page.locator("#trust-built")
    expect(built).to_contain_text(f"arn:aws:iam::{company.account_id}:root")
    expect(page.get_by_label("Account ID")).to_be_hidden()
    page.get_by_label("Role name").fill("partner")
    page.get_by_label("Another account").check()
    expect(built).to_contain_text("Fill in what the choice needs")
    page.get_by_label("Account ID").fill("2100-0000-0002")
    expect(built).to_contain_text("is let in on its number alone")
    page.get_by_label("External ID").fill("agreed-7")
    expect(built).to_contain_text("nothing found")
    expect(built).to_contain_text("agreed-7")
    page.get_by_label("Require MFA").check()
    expect(built).to_contain_text("aws:MultiFactorAuthPresent")

    built.get_by_role("button", name="Edit visually").click()
    expect(page.get_by_label("A trust policy of your own")).to_be_checked()
    expect(page.get_by_label("Role name")).to_have_value("partner")
    expect(page.get_by_label("Condition key").first).to_have_value("sts:ExternalId")
    page.get_by_role("button", name="Plain language").click()
    expect(page.locator(".sentences")).to_contain_text(PARTNER)
    page.get_by_role("button", name="JSON").click()
    expect(page.locator(".ace_content")).to_contain_text("agreed-7")
    page.get_by_label("Longest session").fill("5")
    page.get_by_role("button", name="Create role").click()
    expect(page.get_by_role("alert")).to_contain_text("This was not saved.")
    expect(page.locator(".ace_content")).to_contain_text("agreed-7")
    page.get_by_label("Longest session").fill("7200")
    page.get_by_role("button", name="Create role").click()
    expect(page.get_by_text("Role partner was created.")).to_be_visible()
    assert trust_of(company, "partner")["Condition"] == {
        "StringEquals": {"sts:ExternalId": "agreed-7"},
        "Bool": {"aws:MultiFactorAuthPresent": "true"},
    }

    page.get_by_role("link", name="Copy", exact=True).click()
    expect(page.get_by_label("Role name")).to_have_value("partner-copy")
    page.get_by_role("button", name="Create role").click()
    expect(page.get_by_text("Role partner-copy was created.")).to_be_visible()
    assert trust_of(company, "partner-copy") == trust_of(company, "partner")


def test_a_policy_of_ones_own_begins_with_the_choice_before(company: Tenant, visitor: Any) -> None:
    page = visitor().sign_in(company.alias, "admin", path="/console/create/role/")
    page.get_by_label("A service", exact=True).check()
    page.get_by_label("Service principal").fill("ec2.amazonaws.com")
    expect(page.locator("#trust-built")).to_contain_text("ec2.amazonaws.com")
    page.get_by_label("A trust policy of your own").check()
    expect(page.locator(".ace_content")).to_contain_text("ec2.amazonaws.com")
    page.get_by_label("This account: its policies say who of it").check()
    expect(page.locator("[data-trust-editor]")).to_be_hidden()
    expect(page.locator("#trust-built")).to_contain_text(f"arn:aws:iam::{company.account_id}:root")
