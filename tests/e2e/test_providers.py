"""Single sign-on from nothing: a provider, a role that trusts it, the button on the sign-in page, and in."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

from tests.federation.idp import serving
from tests.signon.oidc_idp import CLIENT, SECRET, CodeIdp
from tests.support.tenants import Tenant

pytestmark = pytest.mark.e2e


def test_single_sign_on_is_set_up(company: Tenant, visitor: Any, live_server: Any, settings: Any) -> None:
    settings.IAM_TEST_MODE, settings.IAM_PUBLIC_URL = True, live_server.url
    with serving() as idp:
        CodeIdp(idp)
        page = visitor().sign_in(company.alias, "admin", path="/console/identity-providers/")
        page.get_by_role("link", name="Add OpenID Connect").first.click()
        page.get_by_label("Provider URL").fill(idp.url)
        page.get_by_label("Client IDs").fill(CLIENT)
        page.get_by_role("button", name="Check").click()
        expect(page.locator("#findings .badge--ok")).to_have_count(5)
        page.get_by_role("button", name="Add provider").click()

        page.get_by_role("link", name="Create a role for it").click()
        page.get_by_label("Role name").fill("Staff")
        expect(page.get_by_label("Audience")).to_have_value(CLIENT)
        expect(page.locator("#trust-built")).to_contain_text("sts:AssumeRoleWithWebIdentity")
        page.get_by_role("button", name="Create role").click()
        expect(page.get_by_role("heading", name="Staff")).to_be_visible()

        name = idp.url.removeprefix("http://")
        arn = f"arn:aws:iam::{company.account_id}:oidc-provider/{name}"
        page.goto(f"/console/identity-providers/{arn}")
        page.get_by_role("link", name="Try a token").click()
        page.get_by_label("Token (JWT)").fill(idp.token(aud=CLIENT))
        page.get_by_role("button", name="Explain").click()
        expect(page.get_by_text("Staff lets it in.")).to_be_visible()
        expect(page.get_by_label("Token (JWT)")).to_have_value("")

        page.get_by_role("link", name="Console sign-in").click()
        page.get_by_label("Client secret").fill(SECRET)
        page.get_by_label("Label of the button").fill("Acme")
        page.get_by_role("button", name="Save sign-in").click()
        expect(page.get_by_text("The console sign-in was saved.")).to_be_visible()

        grace = visitor(viewport={"width": 390, "height": 844}, color_scheme="dark").page
        grace.goto(f"/console/signin/?account={company.alias}")
        grace.get_by_role("link", name="Sign in with Acme").click()
        expect(grace.locator(".account-name")).to_contain_text("Staff")
