"""The open sessions of a role, on its page and before it is deleted: read from the trail."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from iamconsole.kernel import clock
from tests.console.client import sign_in, with_password
from tests.console.furniture import allowing
from tests.support.tenants import Tenant

PAGES = ("/console/roles/job/tab/sessions/", "/console/roles/job/revoke/", "/console/roles/job/delete/")


@pytest.fixture
def job(tenant: Tenant) -> str:
    """A role that the account trusts."""
    return make(tenant)


def make(tenant: Tenant) -> str:
    trust = {"Effect": "Allow", "Principal": {"AWS": tenant.account_id}, "Action": "sts:AssumeRole"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    arn: str = tenant.run("iam:CreateRole", role_name="job", assume_role_policy_document=document).role.arn
    return arn


def assume(tenant: Tenant, arn: str, name: str) -> None:
    tenant.client("sts").assume_role(RoleArn=arn, RoleSessionName=name, DurationSeconds=900)


def test_open_sessions_are_shown_where_they_end(tenant: Tenant, admin: Client, job: str) -> None:
    assume(tenant, job, "nightly")
    for page in PAGES:
        html = admin.get(page).content.decode()
        assert "nightly" in html, page
        assert "user/admin" in html, page
    assert "1</strong> open session can do nothing more" in admin.get(PAGES[2]).content.decode()


def test_what_was_revoked_or_belonged_to_another_role_of_the_name_is_not_open(
    tenant: Tenant, admin: Client, job: str
) -> None:
    assume(tenant, job, "nightly")
    admin.post("/console/roles/job/revoke/")
    assert "Nobody has a session open" in admin.get(PAGES[0]).content.decode()
    tenant.run("iam:DeleteRolePolicy", role_name="job", policy_name="AWSRevokeOlderSessions")
    assert "nightly" in admin.get(PAGES[0]).content.decode()
    tenant.run("iam:DeleteRole", role_name="job")
    make(tenant)
    assert "Nobody has a session open" in admin.get(PAGES[0]).content.decode()


def test_an_expired_session_is_not_open(
    tenant: Tenant, admin: Client, job: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assume(tenant, job, "nightly")
    later: Any = clock.now() + timedelta(minutes=16)
    monkeypatch.setattr(clock, "now", lambda: later)
    assert "Nobody has a session open" in admin.get(PAGES[0]).content.decode()


def test_a_policy_of_that_name_in_another_form_revokes_nothing(tenant: Tenant, admin: Client, job: str) -> None:
    assume(tenant, job, "nightly")
    own = allowing("s3:GetObject")
    tenant.run("iam:PutRolePolicy", role_name="job", policy_name="AWSRevokeOlderSessions", policy_document=own)
    assert "nightly" in admin.get(PAGES[0]).content.decode()


def test_who_may_not_read_the_trail_is_told_how_sessions_end(tenant: Tenant, job: str) -> None:
    assume(tenant, job, "nightly")
    with_password(tenant, "reader", allowing("iam:Get*", "iam:List*"))
    html = sign_in(tenant, "reader").get(PAGES[0]).content.decode()
    assert "nightly" not in html
    assert "Whoever is trusted can assume the role anew." in html
