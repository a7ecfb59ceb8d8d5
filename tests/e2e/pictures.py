"""`make screenshots`: the console's pages with a believable company in them, as pictures for docs/screenshots.

Not a test file by name, so that browser tests do not rewrite pictures.
"""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.support.tenants import Tenant
from tests.support.write_guard import setting_up

OUT = Path(__file__).resolve().parents[2] / "docs" / "screenshots"
NAMES = [
    "ada.lovelace",
    "alan.turing",
    "barbara.liskov",
    "carol.shaw",
    "dennis.ritchie",
    "donald.knuth",
    "edsger.dijkstra",
    "frances.allen",
    "grace.hopper",
    "hedy.lamarr",
    "ivan.sutherland",
    "jean.bartik",
    "karen.jones",
    "ken.thompson",
    "leslie.lamport",
    "margaret.hamilton",
    "niklaus.wirth",
    "radia.perlman",
    "robin.milner",
    "shafi.goldwasser",
    "sophie.wilson",
    "tim.berners",
    "tony.hoare",
    "vint.cerf",
    "whitfield.diffie",
]
GROUPS = {"developers": 12, "data": 7, "support": 5, "auditors": 3, "contractors": 4}
REPORTS = """{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Sid": "ReadReports",
      "Effect": "Allow",
      "Action": ["s3:GetObject", "s3:ListBucket"],
      "Resource": ["arn:aws:s3:::reports", "arn:aws:s3:::reports/*"]
    }
  ]
}
"""
NEWER = REPORTS.replace('"s3:ListBucket"]', '"s3:ListBucket", "s3:PutObject"]').replace(
    '/*"]\n', '/*"],\n      "Condition": {"Bool": {"aws:MultiFactorAuthPresent": "true"}}\n'
)
WRONG = REPORTS.replace('"Effect": "Allow"', '"Effect": "Alow"')
TRUST = """{
  "Version": "2012-10-17",
  "Statement": [{"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}]
}
"""


def furnish(tenant: Tenant) -> str:
    """Users, groups, roles and policies; gives the ARN of the policy that is shown."""
    for group in GROUPS:
        tenant.run("iam:CreateGroup", group_name=group, path="/engineering/" if group == "developers" else "/")
    for index, name in enumerate(NAMES):
        tenant.run("iam:CreateUser", user_name=name, tags=[{"key": "team", "value": list(GROUPS)[index % 5]}])
        if index % 3:
            tenant.run("iam:CreateLoginProfile", user_name=name, password="Correct-horse-9")
        if index % 4 != 2:
            tenant.run("iam:CreateAccessKey", user_name=name)
        for place, (group, size) in enumerate(GROUPS.items()):
            if (index * 7 + place * 3) % len(NAMES) < size:
                tenant.run("iam:AddUserToGroup", user_name=name, group_name=group)
    made = tenant.run(
        "iam:CreatePolicy", policy_name="ReportsReader", description="Read the monthly reports", policy_document=REPORTS
    )
    arn = made.policy.arn
    tenant.run("iam:CreatePolicyVersion", policy_arn=arn, policy_document=NEWER)
    tenant.run("iam:AttachGroupPolicy", group_name="data", policy_arn=arn)
    tenant.run("iam:AttachUserPolicy", user_name="ada.lovelace", policy_arn=arn)
    tenant.run("iam:AttachGroupPolicy", group_name="developers", policy_arn="arn:aws:iam::aws:policy/ReadOnlyAccess")
    tenant.run("iam:PutUserPolicy", user_name="ada.lovelace", policy_name="OwnNotebooks", policy_document=REPORTS)
    tenant.run("iam:PutUserPermissionsBoundary", user_name="ada.lovelace", permissions_boundary=arn)
    for role in ("report-builder", "backup", "deploy"):
        tenant.run("iam:CreateRole", role_name=role, description=f"The {role} job", assume_role_policy_document=TRUST)
    age()
    some_history(tenant)
    return arn


def some_history(tenant: Tenant) -> None:
    """Events of several people, some of them refused."""
    stranger, admin = tenant.client(key=tenant.key("edsger.dijkstra")), tenant.client()
    admin.update_user(UserName="tony.hoare", NewPath="/emeritus/")
    for attempt in (stranger.list_roles, stranger.list_users):
        with pytest.raises(ClientError):
            attempt()
    admin.remove_user_from_group(GroupName="developers", UserName="ada.lovelace")
    admin.add_user_to_group(GroupName="developers", UserName="ada.lovelace")
    admin.tag_role(RoleName="backup", Tags=[{"Key": "team", "Value": "ops"}])


def age() -> None:
    """Give rows a past: keys of all ages, activity here and there."""
    from accounts.models import AccessKey, LoginProfile, User

    with setting_up():
        everyone = User.objects.across_accounts("pictures")
        for index, user in enumerate(everyone.filter(is_root=False).order_by("pk")):
            born = user.created - timedelta(days=(index * 37) % 420)
            User.objects.filter(account=user.account, pk=user.pk).update(created=born)
            for key in AccessKey.objects.filter(user=user):
                made = key.created - timedelta(days=(index * 31) % 220)
                used = key.created - timedelta(days=(index * 5) % 60, hours=index)
                AccessKey.objects.filter(user=user, pk=key.pk).update(created=made, last_used=used)
            LoginProfile.objects.filter(user=user).update(last_used=user.created - timedelta(days=index, hours=3))


@pytest.mark.e2e
def test_pictures(company: Tenant, visitor: Any) -> None:
    company.run("iam:CreateAccountAlias", account_alias="analytical-engines")
    company.alias = "analytical-engines"
    arn = furnish(company)
    OUT.mkdir(parents=True, exist_ok=True)
    light = visitor(color_scheme="light")
    light.page.goto("/console/")
    shoot(light, "sign-in")
    light.sign_in(company.alias, "admin")
    shoot(light, "dashboard")
    light.page.goto("/console/users/")
    for name in ("alan.turing", "carol.shaw", "dennis.ritchie"):
        light.page.get_by_label(f"Select {name}").check()
    shoot(light, "users")
    for picture, path in {
        "user": "/console/users/ada.lovelace/",
        "credentials": "/console/users/ada.lovelace/tab/credentials/",
        "delete": "/console/users/ada.lovelace/delete/",
        "create-user": "/console/create/user/",
        "versions": f"/console/policies/versions/{arn}",
        "policy-visual": f"/console/policies/edit/{arn}?view=visual",
        "policy-review": f"/console/policies/edit/{arn}?version=v2&review=",
        "events": "/console/events/",
    }.items():
        light.page.goto(path)
        shoot(light, picture)
    light.page.goto(f"/console/policies/edit/{arn}")
    light.page.locator(".ace_content").wait_for()
    light.page.evaluate("text => ace.edit(document.querySelector('.editor')).setValue(text, -1)", WRONG)
    light.page.locator("[data-finding]").first.wait_for()
    shoot(light, "policy-editor")
    dark = visitor(color_scheme="dark")
    dark.sign_in(company.alias, "admin", path="/console/users/ada.lovelace/")
    shoot(dark, "user-dark")
    dark.page.goto(f"/console/policies/{arn}")
    dark.page.locator(".ace_content").wait_for()
    shoot(dark, "policy-dark")
    phone = visitor(color_scheme="light", viewport={"width": 390, "height": 844})
    phone.sign_in(company.alias, "admin", path="/console/users/")
    shoot(phone, "users-phone")
    phone.page.goto("/console/users/ada.lovelace/")
    shoot(phone, "user-phone")


def shoot(visitor: Any, name: str) -> None:
    """One picture, once fonts and editor have settled."""
    visitor.page.wait_for_load_state("networkidle")
    visitor.page.screenshot(path=OUT / f"{name}.png")
