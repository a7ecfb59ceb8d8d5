"""A policy is made narrower, once it is known who would lose what."""

from __future__ import annotations

import json
from typing import Any

import pytest
from playwright.sync_api import expect

from iamconsole.audit.history.recorder import recorder
from tests.e2e.journeys.conftest import Programs
from tests.e2e.journeys.steps import go, outcome, tab, typed
from tests.query.aws import policy
from tests.support.tenants import Tenant

pytestmark = pytest.mark.e2e


def granting(*actions: str) -> str:
    statement = {"Sid": "Read", "Effect": "Allow", "Action": list(actions), "Resource": "*"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]}, indent=2) + "\n"


def test_publish_a_policy_change_after_seeing_who_loses(company: Tenant, visitor: Any, program: Programs) -> None:
    iam = program(company.admin_key)
    arn = policy(iam, "Directory", granting("iam:ListUsers", "iam:ListRoles", "iam:ListGroups"))
    deployer, grace = program(company.user("ci-deployer")), program(company.user("grace"))
    for name in ("ci-deployer", "grace"):
        iam.attach_user_policy(UserName=name, PolicyArn=arn)
    assert outcome(deployer.list_users) == "OK"
    assert recorder.flush()

    page = visitor().sign_in(company.alias, "admin")
    go(page, "Policies")
    page.get_by_role("link", name="Directory", exact=True).click()
    page.get_by_role("link", name="Edit").click()
    changes = page.get_by_label("What publishing changes")
    expect(changes).to_contain_text("users and roles lose what they used")
    typed(page, granting("iam:ListRoles"))
    expect(changes.get_by_role("link", name="ci-deployer")).to_be_visible()
    expect(changes).to_contain_text("user or role loses what was used")
    expect(page.locator(".draft-state")).to_contain_text("Draft saved")
    page.reload()
    expect(page.locator(".ace_content")).not_to_contain_text("ListUsers")
    page.get_by_role("button", name="Review and publish").click()
    expect(page.get_by_role("heading", name="Review the new version of Directory")).to_be_visible()
    expect(page.locator("tbody tr").first).to_contain_text("ci-deployer")
    page.get_by_role("button", name="Back to editing").click()
    assert outcome(deployer.list_users) == "OK"

    typed(page, granting("iam:ListUsers", "iam:ListGroups"))
    expect(changes).to_contain_text("0 users and roles lose what they used")
    page.get_by_role("button", name="Review and publish").click()
    page.get_by_role("button", name="Publish", exact=True).click()
    expect(page.get_by_text("Directory has a new default version.")).to_be_visible()
    tab(page, "Versions")
    expect(page.locator("tbody tr").first).to_contain_text("v2")
    expect(page.locator("tbody tr").first).to_contain_text("admin")
    for reader in (deployer, grace):
        assert outcome(reader.list_users) == "OK"
        assert outcome(reader.list_roles) == "AccessDenied"
