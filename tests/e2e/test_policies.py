"""The policy editor in a real browser: three views of one document, and completion."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.e2e.journeys.steps import typed
from tests.support.tenants import Tenant

pytestmark = pytest.mark.e2e
READ = """{
  "Version": "2012-10-17",
  "Statement": [
    {"Sid": "Read", "Effect": "Allow", "Action": ["s3:GetObject", "s3:ListBucket"], "Resource": "*"}
  ]
}
"""


@pytest.fixture
def policy(company: Tenant) -> str:
    made: str = company.client().create_policy(PolicyName="Reports", PolicyDocument=READ)["Policy"]["Arn"]
    return made


def test_from_view_to_view(company: Tenant, visitor: Any, policy: str) -> None:
    admin = visitor()
    page = admin.sign_in(company.alias, "admin", path=f"/console/policies/edit/{policy}")
    typed(page, READ.replace("Read", "Reading"))
    page.get_by_role("button", name="Visual").click()
    expect(page.get_by_label("Name (Sid)")).to_have_value("Reading")
    page.get_by_label("Search actions").fill("putobject")
    expect(page.get_by_label("PutObject", exact=True)).to_be_visible()
    expect(page.get_by_label("GetObject", exact=True)).to_be_hidden()
    page.get_by_label("PutObject", exact=True).check()
    page.get_by_role("button", name="Add condition").click()
    page.get_by_label("Condition key").fill("aws:SourceIp")
    page.get_by_label("Operator").select_option("IpAddress")
    page.get_by_label("Values, one a line").fill("192.0.2.0/24")
    page.get_by_role("button", name="Plain language").click()
    expect(page.locator(".sentences")).to_contain_text(
        "put object in Amazon S3 on every resource, if the caller's address"
    )
    page.get_by_role("button", name="JSON").click()
    expect(page.locator(".ace_content")).to_contain_text("192.0.2.0/24")


def test_a_service_shows_its_actions_once_it_is_chosen(company: Tenant, visitor: Any) -> None:
    admin = visitor()
    page = admin.sign_in(company.alias, "admin", path="/console/create/policy/?view=visual")
    page.get_by_role("button", name=re.compile("^Add statement")).click()
    page.get_by_label("Service").last.fill("sqs")
    page.get_by_label("Service").last.blur()
    expect(page.get_by_text("Amazon SQS")).to_be_visible()
    expect(page.locator(".statement")).to_have_count(2)


def test_words_are_completed(company: Tenant, visitor: Any, policy: str) -> None:
    admin = visitor()
    page = admin.sign_in(company.alias, "admin", path=f"/console/policies/edit/{policy}")
    typed(page, '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "')
    page.keyboard.type("s3:GetObjectAc", delay=60)
    popup = page.locator(".ace_autocomplete")
    expect(popup).to_contain_text("GetObjectAcl")
    page.keyboard.press("Enter")
    expect(page.locator(".editor .ace_content")).to_contain_text('"s3:GetObjectAcl')
