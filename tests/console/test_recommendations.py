"""Recommendations: what each is worth, whom it is about, and that its points come back once it was followed."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client

from accounts.models import AccessKey, LoginProfile
from accounts.posture.console import allows_everything
from iamconsole.interfaces.console.pages.recommendations.checks import CHECKS
from iamconsole.kernel import clock
from tests.console.client import sign_in, with_password
from tests.console.furniture import ALLOW, TRUST, allowing
from tests.support.tenants import Tenant
from tests.support.write_guard import setting_up

ADMINISTRATOR = "arn:aws:iam::aws:policy/AdministratorAccess"


def score(client: Client) -> int:
    found = re.search(r'aria-label="(\d+) of 100"', client.get("/console/").content.decode())
    assert found
    return int(found[1])


def test_points_add_up_to_a_hundred() -> None:
    assert sum(check.points for check in CHECKS) == 100
    assert len({check.key for check in CHECKS}) == len(CHECKS)


def test_who_signs_in_without_mfa_is_named_and_costs_points(tenant: Tenant, admin: Client) -> None:
    html = admin.get("/console/").content.decode()
    assert "1 user signs in without MFA" in html  # the administrator himself
    assert '<a href="/console/users/admin/tab/credentials/">admin</a>' in html
    for name in ("bob", "carol", "dan"):
        with_password(tenant, name)
    html = admin.get("/console/").content.decode()
    assert "4 users sign in without MFA" in html
    assert "and 1 more" in html
    assert "dan" in admin.get("/console/recommendations/users-mfa/").content.decode()
    before = score(admin)
    for name in ("bob", "carol", "dan"):
        tenant.run("iam:DeleteLoginProfile", user_name=name)
    assert score(admin) == before  # somebody is left
    assert "1 user signs in without MFA" in admin.get("/console/").content.decode()


PREVIEWS = {
    "/console/bulk/users/?filter=password-only": ("require-mfa", "MFA", "bob"),
    "/console/bulk/roles/?filter=never-used": ("delete", "Delete 1 role", "idle"),
    "/console/bulk/policies/?filter=unused": ("delete", "Delete 1 policy", "Spare"),
    "/console/bulk/users/?filter=old-keys": ("rotate-keys", "Rotate a key of 1 user", "robot"),
}


def test_a_recommendation_previews_its_fix(tenant: Tenant, admin: Client) -> None:
    with_password(tenant, "bob")
    tenant.run("iam:CreateRole", role_name="idle", assume_role_policy_document=TRUST)
    tenant.run("iam:CreatePolicy", policy_name="Spare", policy_document=ALLOW)
    key = tenant.user("robot")["AccessKeyId"]
    with setting_up():
        mine = AccessKey.objects.filter(account_id=tenant.account_id, pk=key)
        mine.update(created=clock.now() - timedelta(days=120))
    html = admin.get("/console/").content.decode()
    for there, (action, title, name) in PREVIEWS.items():
        assert f'action="{there}"' in html, there
        assert f'value="{action}"' in html, there
        preview = admin.post(there, {"action": action, "all_results": "1"}).content.decode()
        assert title in preview, there
        changes = preview.partition('id="skipped"')[0]
        assert f">{name}<" in changes, there
        assert "Nothing has been written yet" in preview, there
    with_password(tenant, "reader", allowing("iam:Get*", "iam:List*"))
    assert "/console/bulk/" not in sign_in(tenant, "reader").get("/console/").content.decode()


@pytest.mark.parametrize(
    ("document", "unlimited"),
    [
        (allowing("*"), True),
        (allowing("*:*"), True),
        (allowing("s3:*"), False),
        (allowing("*", resource="arn:aws:s3:::reports/*"), False),
        (allowing("*", condition='{"Bool": {"aws:MultiFactorAuthPresent": "true"}}'), False),
        (allowing("*").replace("Allow", "Deny"), False),
        (ALLOW, False),
        ('{"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}', True),
        ('{"Statement": {"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}}', False),
    ],
)
def test_what_counts_as_doing_everything(document: str, unlimited: bool) -> None:
    assert allows_everything(document) is unlimited


def test_administrators_by_policies_of_their_own(tenant: Tenant, admin: Client) -> None:
    there = "/console/recommendations/administrators/"

    def named(name: str) -> bool:
        return f'href="/console/users/{name}/"' in admin.get(there).content.decode()

    for name in ("inline", "attached", "own", "grouped", "reader"):
        tenant.run("iam:CreateUser", user_name=name)
    everything = tenant.run("iam:CreatePolicy", policy_name="All", policy_document=allowing("*")).policy.arn
    tenant.run("iam:CreateGroup", group_name="admins")
    tenant.run("iam:AttachGroupPolicy", group_name="admins", policy_arn=ADMINISTRATOR)
    tenant.run("iam:AddUserToGroup", group_name="admins", user_name="grouped")
    tenant.run("iam:PutUserPolicy", user_name="reader", policy_name="p", policy_document=allowing("s3:Get*"))
    tenant.run("iam:PutUserPolicy", user_name="inline", policy_name="p", policy_document=allowing("*"))
    tenant.run("iam:AttachUserPolicy", user_name="attached", policy_arn=ADMINISTRATOR)
    tenant.run("iam:AttachUserPolicy", user_name="own", policy_arn=everything)
    assert [named(name) for name in ("inline", "attached", "own", "grouped", "reader")] == [True] * 3 + [False] * 2
    tenant.run("iam:CreatePolicyVersion", policy_arn=everything, policy_document=allowing("s3:*"), set_as_default=True)
    assert not named("own")


def test_passwords_older_than_the_policy(tenant: Tenant, admin: Client) -> None:
    with_password(tenant, "ada")
    with setting_up():
        mine = LoginProfile.objects.filter(account_id=tenant.account_id, user__name="ada")
        mine.update(changed=clock.now() - timedelta(days=100))
    assert "older than the policy" not in admin.get("/console/").content.decode()
    tenant.run("iam:UpdateAccountPasswordPolicy", max_password_age=90)
    html = admin.get("/console/").content.decode()
    assert "1 password is older than the policy allows" in html
    assert "/console/recommendations/old-passwords/" in html
    tenant.run("iam:UpdateAccountPasswordPolicy", max_password_age=101)
    assert "This is in order" in admin.get("/console/recommendations/old-passwords/").content.decode()


def test_the_score_rises_by_the_points_that_were_promised(tenant: Tenant, admin: Client) -> None:
    before = score(admin)
    tenant.run("iam:CreateRole", role_name="idle", assume_role_policy_document=TRUST)
    points = next(check.points for check in CHECKS if check.key == "unused-roles")
    html = admin.get("/console/").content.decode()
    assert '<a href="/console/roles/idle/">idle</a>' in html
    assert f"+{points} points" in html
    assert score(admin) == before - points
    tenant.run("iam:DeleteRole", role_name="idle")
    assert score(admin) == before


def test_who_may_not_see_everything_is_told_no_score(tenant: Tenant) -> None:
    with_password(tenant, "half", allowing("iam:GetAccountSummary", "iam:ListRoles"))
    html = sign_in(tenant, "half").get("/console/").content.decode()
    assert "Posture score" not in html
    assert "The root user has no MFA" in html
    assert "signs in without MFA" not in html
    assert sign_in(tenant, "half").get("/console/recommendations/users-mfa/").status_code == 403
