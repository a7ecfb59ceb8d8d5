"""A service in a real browser: registered, given a key, asked about, and the denial explained."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from iamconsole.audit.history.recorder import recorder
from tests.console.furniture import allowing
from tests.support.tenants import Tenant

pytestmark = pytest.mark.e2e


def register(page: Page) -> None:
    """Fill in the form as somebody does who has never seen it."""
    page.get_by_role("link", name="Services", exact=True).click()
    page.get_by_role("link", name="Register service").click()
    page.get_by_label("Prefix").fill("orders")
    page.get_by_label("Name", exact=True).first.fill("Orders")
    actions = page.get_by_role("group", name="Actions")
    actions.get_by_label("Name").fill("Read")
    actions.get_by_label("Resource types").fill("order")
    expect(page.locator("#checks")).to_contain_text("names the resource type order, which is not declared")
    types = page.get_by_role("group", name="Resource types")
    types.get_by_label("Name").fill("order")
    types.get_by_label("ARN").fill("arn:${Partition}:orders:::order/${OrderId}")
    expect(page.locator("#checks")).to_contain_text("This can be saved as it stands.")
    actions.get_by_role("button", name="Add an action").click()
    actions.get_by_label("Name").last.fill("Cancel")
    actions.get_by_label("Access level").last.select_option("Write")
    page.get_by_role("button", name="Register service").click()
    expect(page.get_by_text("Service orders was registered.")).to_be_visible()


def make_a_key(page: Page) -> None:
    """It is shown once, and then its id alone."""
    page.get_by_role("button", name="Create access key").click()
    page.get_by_text("Show", exact=True).click()
    ident = page.locator(".secrets > div").filter(has_text="Access key ID").locator("code").inner_text()
    expect(page.locator(".secrets > div").filter(has_text="Secret access key").locator("code")).to_be_visible()
    page.get_by_role("link", name="I have saved it").click()
    expect(page.get_by_text(ident)).to_be_visible()


def test_a_service_is_registered_gets_a_key_and_asks(company: Tenant, visitor: Any) -> None:
    company.user("ada", allowing("orders:Cancel"))
    page = visitor().sign_in(company.alias, "admin")
    register(page)
    make_a_key(page)

    page.get_by_role("link", name="Try it").click()
    page.get_by_label("Who", exact=True).fill("user/ada")
    page.get_by_label("Does what").fill("Read")
    page.get_by_label("To which resource").fill("arn:aws:orders:::order/7")
    page.get_by_role("button", name="Ask").click()
    expect(page.get_by_text("Denied", exact=True).last).to_be_visible()
    expect(page.get_by_role("region", name="The same from a shell")).to_contain_text("--aws-sigv4")

    recorder.flush()
    page.get_by_role("region", name="Answer").get_by_role("link").first.click()
    expect(page.get_by_role("heading", name="Why ada was denied")).to_be_visible()
    expect(page.get_by_text("orders:Read").first).to_be_visible()

    page.keyboard.press("Control+k")
    page.keyboard.type("orders:can")
    page.get_by_role("option", name="orders:Cancel").click()
    expect(page.get_by_role("heading", name="orders:Cancel")).to_be_visible()


def test_a_phone_pastes_a_definition(company: Tenant, visitor: Any) -> None:
    phone = visitor(viewport={"width": 390, "height": 844}, color_scheme="dark")
    page = phone.sign_in(company.alias, "admin", path="/console/create/service/")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.get_by_label("Prefix").fill("orders")
    page.get_by_label("Name", exact=True).first.fill("Orders")
    page.get_by_role("button", name="Paste or edit as JSON").click()
    page.get_by_role("textbox", name="Definition").fill('{"Actions": [{"Name": "Read", "AccessLevel": "Read"}]}')
    page.get_by_role("button", name="Edit as a form").click()
    expect(page.get_by_role("group", name="Actions").get_by_label("Name").first).to_have_value("Read")
    page.get_by_role("button", name="Register service").click()
    expect(page.get_by_text("Service orders was registered.")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
