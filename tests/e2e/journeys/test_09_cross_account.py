"""A role that another account may take: by a program with the external id, in the browser, and no longer."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.journeys.conftest import Programs
from tests.e2e.journeys.steps import go, menu, outcome, tab
from tests.query.aws import allow, document
from tests.support.tenants import PASSWORD, Tenant, open_account

pytestmark = pytest.mark.e2e
EXTERNAL = "case-4711"


def test_a_role_for_another_account(company: Tenant, app: Any, visitor: Any, program: Programs) -> None:
    auditors = open_account(app)
    key = auditors.user("vera", document(allow("sts:AssumeRole")))
    auditors.run("iam:CreateLoginProfile", user_name="vera", password=PASSWORD)
    company.run("iam:CreatePolicy", policy_name="SeesRoles", policy_document=document(allow("iam:ListRoles")))
    admin = visitor().sign_in(company.alias, "admin")
    a_role(admin, auditors.account_id)

    role = {"RoleArn": f"arn:aws:iam::{company.account_id}:role/Auditor", "RoleSessionName": "vera"}
    sts = program(key, "sts")
    assert outcome(sts.assume_role, **role) == "AccessDenied"
    session = program(sts.assume_role(**role, ExternalId=EXTERNAL)["Credentials"])
    assert outcome(session.list_roles) == "OK"
    assert outcome(session.list_users) == "AccessDenied"
