"""Second factors in a real browser: Chromium's virtual authenticator, the QR code on the page, a recovery code."""

from __future__ import annotations

import io
from typing import Any

import pyotp
import pytest
import zxingcpp
from django.core.cache import cache
from PIL import Image
from playwright.sync_api import Page, expect

from iamconsole.kernel import clock
from tests.support.tenants import PASSWORD, Tenant

pytestmark = pytest.mark.e2e
AUTHENTICATOR = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture(autouse=True)
def _here(settings: Any, live_server: Any) -> None:
    settings.IAM_PUBLIC_URL = live_server.url


def authenticator(page: Page) -> None:
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})


def password_step(page: Page, tenant: Tenant) -> None:
    page.goto("/console/")
    page.get_by_label("Account ID or alias").fill(tenant.alias)
    page.get_by_label("User name").fill("admin")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()


def sign_out(page: Page) -> None:
    page.goto("/console/")
    page.locator(".menu summary").last.click()
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/signin/")


def test_a_passkey_is_enrolled_signs_in_and_a_recovery_code_stands_in_for_it(company: Tenant, visitor: Any) -> None:
    admin = visitor()
    page = admin.sign_in(company.alias, "admin")
    authenticator(page)
    page.locator(".menu summary").last.click()
    page.get_by_role("link", name="My MFA devices").click()
    page.get_by_role("link", name="Add a passkey or security key").click()
    page.get_by_label("Key name").fill("laptop")
    page.get_by_role("button", name="Register the key").click()
    expect(page.get_by_role("heading", name="Save your recovery codes")).to_be_visible()
    codes = page.locator(".recovery-codes li").all_inner_texts()
    assert len(codes) == 10
    page.get_by_role("link", name="I have saved them").click()
    expect(page.get_by_role("rowheader", name="laptop")).to_be_visible()
    expect(page.get_by_text("Add a second device")).to_be_visible()
    page.get_by_role("link", name="Try a code").click()
    page.get_by_label("One of your recovery codes").fill(codes.pop())
    page.get_by_role("button", name="Try it").click()
    expect(page.get_by_role("heading", name="Your codes work")).to_be_visible()
    page.get_by_role("link", name="I have saved it").click()
    expect(page.get_by_text("10 codes are left")).to_be_visible()

    sign_out(page)
    page.get_by_role("link", name="Sign in with a passkey").click()
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_role("heading", name="Dashboard")).to_be_visible()

    sign_out(page)
    password_step(page, company)
    page.get_by_role("button", name="Use a security key or passkey").click()
    expect(page.get_by_role("heading", name="Dashboard")).to_be_visible()

    sign_out(page)
    password_step(page, company)
    page.get_by_text("Use a recovery code").click()
    page.get_by_label("Recovery code").fill(codes[0].lower())
    page.get_by_role("button", name="Verify with the recovery code").click()
    expect(page.get_by_role("heading", name="Dashboard")).to_be_visible()


def test_an_app_is_enrolled_by_the_qr_code_and_its_code_signs_in(company: Tenant, visitor: Any) -> None:
    page = visitor(viewport={"width": 390, "height": 844}).sign_in(company.alias, "admin", path="/console/mfa/app/")
    page.get_by_label("Device name").fill("pocket")
    page.get_by_role("button", name="Next").click()
    codes, now = pyotp.parse_uri(photographed(page)), clock.now().timestamp()
    assert isinstance(codes, pyotp.TOTP)
    assert (codes.name, codes.issuer) == (f"pocket@{company.alias}", "IAM Console")
    assert page.locator("code.seed").inner_text() == codes.secret
    page.get_by_label("First code").fill(codes.at(now - 30))
    page.get_by_label("Next code").fill(codes.at(now))
    page.get_by_role("button", name="Enable this device").click()
    expect(page.get_by_role("heading", name="Save your recovery codes")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390

    other = visitor(viewport={"width": 390, "height": 844}).page
    password_step(other, company)
    expect(other.get_by_role("heading", name="Verify that it is you")).to_be_visible()
    other.get_by_label("Code of your authenticator app").fill(codes.at(clock.now().timestamp() + 30))
    other.get_by_role("button", name="Verify", exact=True).click()
    expect(other.get_by_role("heading", name="Dashboard")).to_be_visible()
    cache.clear()


def photographed(page: Page) -> str:
    """What a phone reads from the picture on the screen."""
    (found,) = zxingcpp.read_barcodes(Image.open(io.BytesIO(page.locator("img.qr").screenshot())))
    return str(found.text)
