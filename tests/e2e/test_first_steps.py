"""From an empty account to a first denial that is explained, led by the guide; and settings that tell as one types."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import expect

from accounts.models import LoginProfile
from iamconsole.kernel import clock
from tests.support.tenants import Tenant
from tests.support.write_guard import setting_up

pytestmark = pytest.mark.e2e


def test_the_guide_leads_to_the_first_denial(company: Tenant, visitor: Any) -> None:
    page = visitor().sign_in(company.alias, "admin")
    guide = page.get_by_role("region", name="First steps")
    expect(guide).to_contain_text("0 of 5 done")
    expect(guide.locator("[aria-current=step]")).to_contain_text("Secure the root user")
    guide.get_by_role("link", name="Create group").click()
    page.get_by_label("Group name").fill("readers")
    page.get_by_role("button", name="Create group").click()

    page.get_by_role("link", name="Dashboard").first.click()
    expect(guide).to_contain_text("1 of 5 done")
    guide.get_by_role("link", name="Create user").click()
    page.get_by_label("User name").fill("ada")
    expect(page.locator(".picker-chip")).to_have_text(["readers"])
    expect(page.get_by_label("Console access with a generated password")).to_be_checked()
    page.get_by_role("button", name="Create user").click()
    password = page.locator("details.reveal code").first.text_content()

    page.goto("/console/")
    expect(guide).to_contain_text("2 of 5 done")
    guide.get_by_role("link", name="Attach policies").click()
    page.get_by_label("Select IAMUserChangePassword").check()
    page.get_by_role("button", name="Attach policies").click()
    expect(page.get_by_role("heading", name="Attach these policies")).to_be_visible()
    page.get_by_role("button", name="Attach policies").click()

    page.goto("/console/")
    guide.get_by_role("link", name="How to try it").click()
    trial = page.get_by_role("region", name="Your first denial")
    expect(trial).to_contain_text("aws iam list-users --profile ada")
    ada = visitor(viewport={"width": 390, "height": 844}, color_scheme="dark")
    hers = ada.sign_in(company.alias, "ada", password)
    hers.goto("/console/users/")
    expect(hers.get_by_role("heading", name="Access denied")).to_be_visible()

    trial.get_by_role("link", name="Look again").click()
    expect(page.get_by_text("4 of 5 done")).to_be_visible()
    trial.get_by_role("link", name="Why it was denied").click()
    expect(page.locator("main")).to_contain_text("iam:ListUsers")

    page.goto("/console/")
    page.get_by_role("button", name="Put away").click()
    expect(page.get_by_role("heading", name="Security recommendations")).to_be_visible()
    expect(guide).to_have_count(0)
    page.locator("summary", has_text="admin").click()
    page.get_by_role("link", name="First steps").click()
    expect(page.get_by_role("button", name="Show on the dashboard")).to_be_visible()


def test_who_would_fail_a_password_policy_is_told_as_one_types(company: Tenant, visitor: Any) -> None:
    with setting_up():
        profiles = LoginProfile.objects.filter(account_id=company.account_id)
        profiles.update(changed=clock.now() - timedelta(days=100))
    page = visitor().sign_in(company.alias, "admin", path="/console/account/password-policy/")
    told = page.locator("#preview")
    expect(told).to_contain_text("No password expires today.")
    page.get_by_label("Days until a password expires").press_sequentially("90")
    expect(told).to_contain_text("1 of 1 users would fail this policy today")
    page.get_by_label("An expired password takes an administrator to reset").check()
    expect(told).to_contain_text("locked out")
    page.get_by_label("Days until a password expires").fill("101")
    expect(told).to_contain_text("No password expires today.")
