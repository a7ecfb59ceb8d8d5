"""Notifications in a real browser: settings by keyboard, a test message told until it has arrived, a preview."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

from iamconsole.interfaces.workers import notices
from tests.notifications.conftest import hook as hook  # a fixture
from tests.support.tenants import Tenant
from tests.support.webhook_receiver import Receiver

pytestmark = pytest.mark.e2e


def test_a_test_message_arrives_while_one_looks(company: Tenant, visitor: Any, hook: Receiver) -> None:
    page = visitor().sign_in(company.alias, "admin", path="/console/account/")
    page.locator('a[href="/console/account/notifications/"]').click()
    page.get_by_role("button", name="Send a test message").click()
    expect(page.get_by_text("The test message is on its way.")).to_be_visible()
    notices.deliver()
    expect(page.get_by_text("Test message: Webhook: delivered.")).to_be_visible()
    page.reload()  # asks for the same message, and sends no other
    notices.deliver()
    assert len(hook.got) == 1


def test_contacts_are_written_with_the_keyboard_alone(company: Tenant, visitor: Any) -> None:
    phone = visitor(viewport={"width": 390, "height": 844}, color_scheme="dark")
    page = phone.sign_in(company.alias, "admin", path="/console/account/notifications/edit/")
    page.get_by_label("Contacts").focus()
    page.keyboard.type("ops@example.com")
    for _ in range(3):  # days of notice, then the first kind's channels
        page.keyboard.press("Tab")
    page.keyboard.press("Space")
    page.keyboard.press("Control+Home")
    page.get_by_role("button", name="Save settings").press("Enter")
    expect(page.get_by_text("ops@example.com", exact=True)).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    kinds = company.run("iamconsole:GetNotificationSettings").kinds
    assert [kind.channels for kind in kinds if len(kind.channels) < 2] == [["email"]]


def test_whom_it_would_touch_is_told_while_one_types(company: Tenant, visitor: Any) -> None:
    page = visitor().sign_in(company.alias, "admin", path="/console/account/unused-credentials/edit/")
    expect(page.locator("#preview")).to_contain_text("nobody is concerned")
    page.get_by_label("Days without use until the owner is told").fill("999")
    expect(page.locator("#preview")).to_be_empty()
    page.get_by_label("Days without use until the owner is told").fill("30")
    expect(page.locator("#preview")).to_contain_text("in the last 30 days")
    page.get_by_label("Deactivate access keys that nobody uses").check()
    page.get_by_role("button", name="Save settings").click()
    expect(page.get_by_role("heading", name="Unused credentials")).to_be_visible()
    expect(page.get_by_text("On", exact=True)).to_be_visible()
