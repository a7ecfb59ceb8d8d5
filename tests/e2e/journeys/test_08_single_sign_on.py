"""Single sign-on from nothing: a provider, a role that trusts it, the button on the sign-in page, and in."""

from __future__ import annotations

import json
from typing import Any

import boto3
import pytest
from botocore import UNSIGNED
from botocore.config import Config
from botocore.exceptions import ClientError
from playwright.sync_api import Page, expect

from tests.e2e.journeys.conftest import Programs
from tests.e2e.journeys.steps import go, outcome, tab, typed
from tests.e2e.preparing import picks
from tests.federation.idp import Idp, serving
from tests.query.aws import allow, document
from tests.signon.oidc_idp import CLIENT, SECRET, CodeIdp
from tests.support.tenants import Tenant

pytestmark = pytest.mark.e2e
PHONE = {"width": 390, "height": 844}


def test_single_sign_on_is_set_up(
    company: Tenant, visitor: Any, program: Programs, live_server: Any, settings: Any
) -> None:
    settings.IAM_TEST_MODE, settings.IAM_PUBLIC_URL = True, live_server.url
    company.run("iam:CreatePolicy", policy_name="SeesUsers", policy_document=document(allow("iam:ListUsers")))
    with serving() as idp:
        CodeIdp(idp)
        page = visitor().sign_in(company.alias, "admin")
        a_provider(page, idp)
        a_role_for_it(page)
        narrowed(page, idp, f"arn:aws:iam::{company.account_id}:oidc-provider/{idp.url.removeprefix('http://')}")
        go(page, "Identity providers")
        page.get_by_role("rowheader").get_by_role("link").click()
        a_token_tried(page, idp.token(aud=CLIENT))
        a_button_for_it(page)

        grace = visitor(viewport=PHONE, color_scheme="dark", elsewhere=(idp.url,)).page
        grace.goto(f"/console/signin/?account={company.alias}")
        grace.get_by_role("link", name="Sign in with Acme").click()
        expect(grace.locator(".account-name")).to_contain_text("Staff")
        grace.goto("/console/users/")
        expect(grace.get_by_role("link", name="admin", exact=True)).to_be_visible()
        grace.goto("/console/roles/")
        expect(grace.get_by_role("heading", name="Access denied")).to_be_visible()

        staff = program(session_for(idp.token(aud=CLIENT), company, live_server.url))
        assert outcome(staff.list_users) == "OK"
        assert outcome(staff.list_roles) == "AccessDenied"
        with pytest.raises(ClientError, match="AccessDenied"):
            session_for(idp.token(aud=CLIENT, sub="stranger"), company, live_server.url)


def a_provider(page: Page, idp: Idp) -> None:
    go(page, "Identity providers")
    page.get_by_role("link", name="Add OpenID Connect").first.click()
    page.get_by_label("Provider URL").fill(idp.url)
    page.get_by_label("Client IDs").fill(CLIENT)
    page.get_by_role("button", name="Check").click()
    expect(page.locator("#findings .badge--ok")).to_have_count(5)
    page.get_by_role("button", name="Add provider").click()


def a_role_for_it(page: Page) -> None:
    page.get_by_role("link", name="Create a role for it").click()
    page.get_by_label("Role name").fill("Staff")
    picks("Attach policies", "SeesUsers")(page)
    page.get_by_role("button", name="Create role").click()
    expect(page.get_by_role("heading", name="Staff")).to_be_visible()


def narrowed(page: Page, idp: Idp, provider: str) -> None:
    """The role is for those with the client's tokens whose subject is known here."""
    name = idp.url.removeprefix("http://")
    condition = {"StringEquals": {f"{name}:aud": CLIENT, f"{name}:sub": "ada"}}
    tab(page, "Trust relationships")
    page.get_by_role("link", name="Edit trust policy").click()
    typed(page, federated(provider, condition))
    page.get_by_role("button", name="Review and save").click()
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("The trust policy of Staff was saved.")).to_be_visible()


def federated(provider: str, condition: dict[str, Any]) -> str:
    statement = {"Effect": "Allow", "Principal": {"Federated": provider}, "Action": "sts:AssumeRoleWithWebIdentity"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement | {"Condition": condition}]}, indent=2)


def a_token_tried(page: Page, token: str) -> None:
    page.get_by_role("link", name="Try a token").click()
    page.get_by_label("Token (JWT)").fill(token)
    page.get_by_role("button", name="Explain").click()
    expect(page.get_by_text("Staff lets it in.")).to_be_visible()
    expect(page.get_by_label("Token (JWT)")).to_have_value("")


def a_button_for_it(page: Page) -> None:
    page.get_by_role("link", name="Console sign-in").click()
    page.get_by_label("Client secret").fill(SECRET)
    page.get_by_label("Label of the button").fill("Acme")
    page.get_by_role("button", name="Save sign-in").click()
    expect(page.get_by_text("The console sign-in was saved.")).to_be_visible()


def session_for(token: str, company: Tenant, url: str) -> dict[str, str]:
    """What a program of the company is given for a token of its provider, without any key."""
    unsigned = Config(signature_version=UNSIGNED, retries={"max_attempts": 0})
    sts = boto3.client("sts", endpoint_url=url, region_name="us-east-1", config=unsigned)
    role = f"arn:aws:iam::{company.account_id}:role/Staff"
    given: dict[str, str] = sts.assume_role_with_web_identity(
        RoleArn=role, RoleSessionName="grace", WebIdentityToken=token
    )["Credentials"]
    return given
