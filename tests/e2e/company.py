"""A believable company for pictures and sweeps: people, groups, roles, policies, providers, and a past."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from botocore.exceptions import ClientError
from django.test import Client

from iamconsole.audit.history.recorder import recorder
from tests.decisions.asking import Doors
from tests.e2e.belongings import other_credentials, service, settings, views
from tests.federation.certificates import certified
from tests.federation.saml_idp import SamlIdp, metadata, sent
from tests.mfa.devices import Phone
from tests.sts.sessions import role_arn, trust, user_arn
from tests.support.tenants import PASSWORD, Tenant
from tests.support.write_guard import setting_up

ALIAS = "analytical-engines"
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
NEWCOMER, STRANGER, CAREFUL = "jean.bartik", "barbara.liskov", "grace.hopper"
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
NO_DELETING = json.dumps(
    {"Version": "2012-10-17", "Statement": [{"Sid": "Keep", "Effect": "Deny", "Action": "s3:Delete*", "Resource": "*"}]}
)
QUESTIONS = (
    ("user/ada.lovelace", "s3:GetObject", "arn:aws:s3:::reports/2026-10.pdf"),
    ("user/ada.lovelace", "s3:ListBucket", "arn:aws:s3:::reports"),
    ("user/alan.turing", "s3:GetObject", "arn:aws:s3:::reports/2026-09.pdf"),
    ("user/carol.shaw", "ec2:DescribeInstances", "*"),
    ("user/donald.knuth", "dynamodb:GetItem", "arn:aws:dynamodb:eu-west-1:123456789012:table/proofs"),
    ("role/report-builder", "s3:GetObject", "arn:aws:s3:::reports/2026-10.pdf"),
    ("role/deploy", "ecs:UpdateService", "*"),
)


def furnish(tenant: Tenant) -> dict[str, str]:
    """Fill the account; gives what addresses of pages are made of."""
    tenant.run("iam:CreateAccountAlias", account_alias=ALIAS)
    tenant.alias = ALIAS
    people(tenant)
    arn = policies(tenant)
    roles(tenant)
    scratch = tenant.run("iam:CreatePolicy", policy_name="PipelineReader", policy_document=REPORTS).policy.arn
    things = {"account": tenant.account_id, "alias": ALIAS, "policy": arn, "scratch": scratch}
    things |= providers(tenant)
    things |= credentials(tenant)
    things |= other_credentials(tenant)
    things |= service(tenant)
    things |= views(tenant)
    settings(tenant)
    age()
    things |= history(tenant)
    return things


def people(tenant: Tenant) -> None:
    for group in GROUPS:
        tenant.run("iam:CreateGroup", group_name=group, path="/engineering/" if group == "developers" else "/")
    for index, name in enumerate(NAMES):
        tenant.run("iam:CreateUser", user_name=name, tags=[{"key": "team", "value": list(GROUPS)[index % 5]}])
        if index % 3:
            first = name == NEWCOMER
            tenant.run("iam:CreateLoginProfile", user_name=name, password=PASSWORD, password_reset_required=first)
        if index % 4 != 2:
            tenant.run("iam:CreateAccessKey", user_name=name)
        for place, (group, size) in enumerate(GROUPS.items()):
            if (index * 7 + place * 3) % len(NAMES) < size:
                tenant.run("iam:AddUserToGroup", user_name=name, group_name=group)
    tenant.run("iamconsole:DeactivateUser", user_name="tim.berners")


def policies(tenant: Tenant) -> str:
    """Attached in every way; gives the ARN of the policy that is shown."""
    made = tenant.run(
        "iam:CreatePolicy", policy_name="ReportsReader", description="Read the monthly reports", policy_document=REPORTS
    )
    arn: str = made.policy.arn
    tenant.run("iam:CreatePolicyVersion", policy_arn=arn, policy_document=NEWER)
    tenant.run("iam:AttachGroupPolicy", group_name="data", policy_arn=arn)
    tenant.run("iam:AttachUserPolicy", user_name="ada.lovelace", policy_arn=arn)
    tenant.run("iam:AttachGroupPolicy", group_name="developers", policy_arn="arn:aws:iam::aws:policy/ReadOnlyAccess")
    tenant.run("iam:PutUserPolicy", user_name="ada.lovelace", policy_name="OwnNotebooks", policy_document=REPORTS)
    tenant.run("iam:PutUserPolicy", user_name="alan.turing", policy_name="KeepReports", policy_document=NO_DELETING)
    tenant.run("iam:PutUserPermissionsBoundary", user_name="ada.lovelace", permissions_boundary=arn)
    tenant.run("iam:TagPolicy", policy_arn=arn, tags=[{"key": "owner", "value": "data"}])
    tenant.run("iam:AttachUserPolicy", user_name=CAREFUL, policy_arn="arn:aws:iam::aws:policy/AdministratorAccess")
    return arn


def roles(tenant: Tenant) -> None:
    ec2, admin = laid_out(trust({"Service": "ec2.amazonaws.com"})), laid_out(trust(user_arn(tenant, "admin")))
    for name, trusting in {"report-builder": ec2, "backup": ec2, "deploy": ec2, "incident-response": admin}.items():
        tenant.run(
            "iam:CreateRole", role_name=name, description=f"The {name} job", assume_role_policy_document=trusting
        )
    reports = f"arn:aws:iam::{tenant.account_id}:policy/ReportsReader"
    tenant.run("iam:AttachRolePolicy", role_name="report-builder", policy_arn=reports)
    read_only = "arn:aws:iam::aws:policy/ReadOnlyAccess"
    tenant.run("iam:AttachRolePolicy", role_name="incident-response", policy_arn=read_only)
    tenant.run("iam:CreateInstanceProfile", instance_profile_name="Reports")
    tenant.run("iam:AddRoleToInstanceProfile", instance_profile_name="Reports", role_name="report-builder")
    for workload in ("reports-1", "reports-2"):
        tenant.run("iamconsole:RegisterWorkload", workload_name=workload, instance_profile_name="Reports")


def laid_out(document: str) -> str:
    return json.dumps(json.loads(document), indent=2)


def providers(tenant: Tenant) -> dict[str, str]:
    """One of each kind, and a SAML response of somebody who has two roles to choose from."""
    made = tenant.run("iam:CreateOpenIDConnectProvider", url="https://login.example.com", client_id_list=["console"])
    certificate = certified("idp.example.com")
    tenant.run("iam:CreateSAMLProvider", name="Corp", saml_metadata_document=metadata(certificate))
    saml = f"arn:aws:iam::{tenant.account_id}:saml-provider/Corp"
    offered = []
    for name in ("Analysts", "Operators"):
        trusting = trust({"Federated": saml}, "sts:AssumeRoleWithSAML")
        tenant.run("iam:CreateRole", role_name=name, assume_role_policy_document=trusting)
        offered.append(f"{role_arn(tenant, name)},{saml}")
    response = SamlIdp(certificate, tenant.account_id).signed(Role=offered)
    ticket = Client().post("/saml", {"SAMLResponse": sent(response)}).headers["Location"]
    return {"oidc": made.open_id_connect_provider_arn, "saml": saml, "saml_ticket": ticket.split("/")[-2]}


def credentials(tenant: Tenant) -> dict[str, str]:
    """A second factor, schedules, and a rotation that has begun."""
    phone = Phone.enabled(tenant, CAREFUL, "pocket")
    for name in ("ken.thompson", "vint.cerf"):
        tenant.run("iamconsole:PutRotationSchedule", user_name=name, max_age_days=60)
    rotation = tenant.run("iamconsole:StartKeyRotation", user_name="vint.cerf").key_rotation.rotation_id
    key = tenant.run("iam:ListAccessKeys", user_name="ada.lovelace").access_key_metadata[0].access_key_id
    other = tenant.run("iam:ListAccessKeys", user_name="alan.turing").access_key_metadata[0].access_key_id
    return {"seed": phone.seed, "rotation": rotation, "key": key, "other_key": other}


def history(tenant: Tenant) -> dict[str, str]:
    """Events of several people, some of them refused, and decisions of the last two weeks."""
    stranger, admin = tenant.client(key=tenant.key(STRANGER)), tenant.client()
    admin.update_user(UserName="tony.hoare", NewPath="/emeritus/")
    for attempt in (stranger.list_roles, stranger.list_users):
        with pytest.raises(ClientError) as refused:
            attempt()
    admin.remove_user_from_group(GroupName="developers", UserName="ada.lovelace")
    admin.add_user_to_group(GroupName="developers", UserName="ada.lovelace")
    admin.tag_role(RoleName="backup", Tags=[{"Key": "team", "Value": "ops"}])
    tenant.client("sts").assume_role(RoleArn=role_arn(tenant, "incident-response"), RoleSessionName="admin")
    ask(tenant)
    found = tenant.run("iamconsole:LookupAuditEvents", max_items=50).events
    changed = next(each for each in found if each.event_name == "UpdateUser")
    return {
        "denial": str(refused.value.response["Error"]["Message"]).rpartition(" ")[2],
        "event": str(changed.event_id),
    }


def ask(tenant: Tenant) -> None:
    """Decisions, which are then given a past."""
    from iamconsole.audit.history.models import AccessHistory

    doors = Doors.of(tenant)
    for who, action, resource in QUESTIONS:
        doors.authorize(f"arn:aws:iam::{tenant.account_id}:{who}", action, resource)
    assert recorder.flush()
    with setting_up():
        for index, row in enumerate(AccessHistory.objects.across_accounts("pictures").order_by("pk")):
            for day in range(14):
                past = timedelta(days=day)
                row.pk, row.digest = None, f"{index:016d}{day:016d}"
                row.times = (3 + index * 7 % 23) * (2 + day * 5 % 7) // 3
                row.first_time, row.last_time = row.first_time - past, row.last_time - past
                row.save(force_insert=True)
                row.first_time, row.last_time = row.first_time + past, row.last_time + past


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


def wrong_document() -> str:
    """What somebody types who makes two mistakes."""
    return REPORTS.replace('"Effect": "Allow"', '"Effect": "Alow"').replace("s3:GetObject", "s3:GetObjekt")
