"""A second factor: a passkey, an authenticator app, and the way back in when the phone is lost."""

from __future__ import annotations

from typing import Any

import pyotp
import pytest
import time_machine
from django.core.cache import cache
from playwright.sync_api import Page, expect

from iamconsole.kernel import clock
from tests.e2e.journeys.conftest import Programs
from tests.e2e.journeys.steps import enrolled_app, menu, outcome, password_step, sign_out
from tests.query.aws import allow, document
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
PHONE = {"width": 390, "height": 844}
WITH_MFA = document(
    allow(["iam:*MFADevice*", "iam:GetUser", "sts:GetSessionToken"]),
    allow("iam:ListUsers", Bool={"aws:MultiFactorAuthPresent": "true"}),
)


@pytest.fixture(autouse=True)
def _here(settings: Any, live_server: Any) -> None:
    settings.IAM_PUBLIC_URL = live_server.url


def test_a_passkey_is_enrolled_and_signs_in(company: Tenant, visitor: Any, program: Programs) -> None:
    page = visitor().sign_in(company.alias, "admin")
    authenticator(page)
    menu(page).get_by_role("link", name="My MFA devices").click()
    page.get_by_role("link", name="Add a passkey or security key").click()
    page.get_by_label("Key name").fill("laptop")
    page.get_by_role("button", name="Register the key").click()
    codes = saved_codes(page)
    expect(page.get_by_role("rowheader", name="laptop")).to_be_visible()
    expect(page.get_by_text("Add a second device")).to_be_visible()
    page.get_by_role("link", name="Try a code").click()
    page.get_by_label("One of your recovery codes").fill(codes.pop())
    page.get_by_role("button", name="Try it").click()
    expect(page.get_by_role("heading", name="Your codes work")).to_be_visible()
    page.get_by_role("link", name="I have saved it").click()
    expect(page.get_by_text("10 codes are left")).to_be_visible()
    (device,) = program(company.admin_key).list_mfa_devices(UserName="admin")["MFADevices"]
    assert device["SerialNumber"].rpartition("/")[2].startswith("laptop")

    sign_out(page)
    page.get_by_role("link", name="Sign in with a passkey").click()
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_role("heading", name="Dashboard")).to_be_visible()

    sign_out(page)
    password_step(page, company.alias, "admin")
    page.get_by_role("button", name="Use a security key or passkey").click()
    expect(page.get_by_role("heading", name="Dashboard")).to_be_visible()


def test_an_app_is_enrolled_and_lost_and_a_recovery_code_leads_to_the_next(
    company: Tenant, visitor: Any, program: Programs
) -> None:
    key = company.user("ada", WITH_MFA)
    company.run("iam:CreateLoginProfile", user_name="ada", password=PASSWORD)
    page = visitor(viewport=PHONE).sign_in(company.alias, "ada", path="/console/mfa/app/")
    app = enrolled_app(page, "pocket")
    assert (app.name, app.issuer) == (f"pocket@{company.alias}", "IAM Console")
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    codes = saved_codes(page)
    assert outcome(program(key).list_users) == "AccessDenied"
    (device,) = program(key).list_mfa_devices()["MFADevices"]

    with time_machine.travel(clock.now().timestamp() + 60, tick=True):
        other = visitor(viewport=PHONE).page
        password_step(other, company.alias, "ada")
        expect(other.get_by_role("heading", name="Verify that it is you")).to_be_visible()
        other.get_by_label("Code of your authenticator app").fill(now(app))
        other.get_by_role("button", name="Verify", exact=True).click()
        expect(other.get_by_role("heading", name="Dashboard")).to_be_visible()

    with time_machine.travel(clock.now().timestamp() + 120, tick=True):
        proof = {"SerialNumber": device["SerialNumber"], "TokenCode": now(app)}
        session = program(key, "sts").get_session_token(**proof)["Credentials"]
        assert outcome(program(session).list_users) == "OK"

    recovered(visitor().page, company, codes[0])
    assert outcome(program(key).list_mfa_devices) == "OK"
    (device,) = program(key).list_mfa_devices()["MFADevices"]
    assert device["SerialNumber"].endswith("mfa/second")
    cache.clear()


def recovered(page: Page, company: Tenant, code: str) -> None:
    """In by a code; the lost phone is struck off, and another one takes its place."""
    password_step(page, company.alias, "ada")
    page.get_by_text("Use a recovery code").click()
    page.get_by_label("Recovery code").fill(code.lower())
    page.get_by_role("button", name="Verify with the recovery code").click()
    expect(page.get_by_role("heading", name="Dashboard")).to_be_visible()
    menu(page).get_by_role("link", name="My MFA devices").click()
    page.get_by_role("link", name="Remove").click()
    page.get_by_role("button", name="Remove").click()
    page.get_by_role("link", name="Add an authenticator app").click()
    enrolled_app(page, "second")


def authenticator(page: Page) -> None:
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})


def saved_codes(page: Page) -> list[str]:
    expect(page.get_by_role("heading", name="Save your recovery codes")).to_be_visible()
    codes = page.locator(".recovery-codes li").all_inner_texts()
    assert len(codes) == 10
    page.get_by_role("link", name="I have saved them").click()
    return codes


def now(app: pyotp.TOTP) -> str:
    return app.at(clock.now())
