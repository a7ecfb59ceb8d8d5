"""Publish a change of a policy after seeing who loses; three views, completion, drafts, in a real browser."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from iamconsole.audit.history.recorder import recorder
from tests.decisions.asking import Doors, arn
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
    """A policy of two users, one of whom reads by it."""
    made: str = company.client().create_policy(PolicyName="Reports", PolicyDocument=READ)["Policy"]["Arn"]
    for name in ("ci-deployer", "grace"):
        company.run("iam:CreateUser", user_name=name)
        company.run("iam:AttachUserPolicy", user_name=name, policy_arn=made)
    Doors.of(company).authorize(arn(company, "user/ci-deployer"), "s3:GetObject", "arn:aws:s3:::reports/2026")
    assert recorder.flush()
    return made


def typed(page: Page, text: str) -> None:
    """Replace the whole document by typing into the editor."""
    page.locator(".ace_content").click()
    page.locator(".ace_text-input").press("Control+a")
    page.keyboard.insert_text(text)


def test_publish_a_policy_change_after_seeing_who_loses(company: Tenant, visitor: Any, policy: str) -> None:
    admin = visitor()
    page = admin.sign_in(company.alias, "admin", path=f"/console/policies/edit/{policy}")
    changes = page.get_by_label("What publishing changes")
    expect(changes).to_contain_text("users and roles lose what they used")
    typed(page, READ.replace('"s3:GetObject", ', ""))
    expect(changes.get_by_role("link", name="ci-deployer")).to_be_visible()
    expect(changes).to_contain_text("user or role loses what was used")
    expect(page.locator(".draft-state")).to_contain_text("Draft saved")
    page.reload()
    expect(page.locator(".ace_content")).not_to_contain_text("GetObject")
    page.get_by_role("button", name="Review and publish").click()
    expect(page.get_by_role("heading", name="Review the new version of Reports")).to_be_visible()
    expect(page.locator("tbody tr").first).to_contain_text("arn:aws:s3:::reports/2026")
    page.get_by_role("button", name="Back to editing").click()
    expect(page.locator(".ace_content")).to_contain_text("s3:ListBucket")
    page.get_by_role("button", name="Review and publish").click()
    page.get_by_role("button", name="Publish", exact=True).click()
    expect(page.get_by_text("Reports has a new default version.")).to_be_visible()
    page.get_by_role("link", name="Versions").click()
    expect(page.locator("tbody tr").first).to_contain_text("v2")
    expect(page.locator("tbody tr").first).to_contain_text("admin")


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
