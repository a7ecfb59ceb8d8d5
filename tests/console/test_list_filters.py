"""What the lists of users, groups and roles find and tell beyond their names."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.test import Client

from accounts.models import AccessKey, Role, User
from iamconsole.audit.access import summaries
from iamconsole.audit.access.summaries import Reach
from iamconsole.kernel import clock
from policies.documents.builtin import builtin_policies
from policies.engine import Bound, Policies, PolicyKind, Source, compiled
from tests.console.client import sign_in, with_password
from tests.console.furniture import ALLOW, TRUST, allowing
from tests.console.test_lists import shown
from tests.support.tenants import Tenant
from tests.support.write_guard import setting_up

BUILT_IN = {policy.name: policy.document for policy in builtin_policies()}


def trusting(kind: str, who: str, effect: str = "Allow") -> str:
    statement = {"Effect": effect, "Principal": {kind: who}, "Action": "sts:AssumeRole"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def test_users_by_address(tenant: Tenant, admin: Client) -> None:
    tenant.user("ada", tags=[{"key": "email", "value": "Lovelace@Example.com"}])
    tenant.user("example", tags=[{"key": "team", "value": "lovelace"}])
    assert shown(admin, "/console/users/?q=lovelace@ex") == ["ada"]
    assert shown(admin, "/console/users/?q=lovelace") == ["ada"]
    with_password(tenant, "clerk", allowing("iam:ListUsers"))
    assert shown(sign_in(tenant, "clerk"), "/console/users/?q=lovelace") == []


def test_users_without_a_second_factor(tenant: Tenant, admin: Client) -> None:
    from accounts.models import MFADevice

    tenant.user("ada")
    with setting_up():
        user = User.objects.get(account_id=tenant.account_id, name="ada")
        serial = f"arn:aws:iam::{tenant.account_id}:mfa/ada"
        now = clock.now()
        device = MFADevice(account_id=tenant.account_id, kind="virtual", serial_number=serial, name="ada")
        device.user, device.created, device.enabled = user, now, now
        device.save()
    assert shown(admin, "/console/users/?filter=no-mfa") == ["admin"]
    assert "On" in admin.get("/console/users/?q=ada").content.decode()


def test_users_who_are_idle(tenant: Tenant, admin: Client) -> None:
    old, lately = clock.now() - timedelta(days=100), clock.now() - timedelta(days=80)
    for name in ("new", "old", "busy", "spent"):
        tenant.user(name)
    with setting_up():
        account = {"account_id": tenant.account_id}
        User.objects.filter(**account, name__in=("old", "busy", "spent")).update(created=old)
        AccessKey.objects.filter(**account, user__name="busy").update(last_used=lately)
        AccessKey.objects.filter(**account, user__name="spent").update(last_used=old)
    assert shown(admin, "/console/users/?filter=inactive") == ["old", "spent"]


def test_groups_without_policies(tenant: Tenant, admin: Client) -> None:
    for name in ("bare", "inline", "managed"):
        tenant.run("iam:CreateGroup", group_name=name)
    tenant.run("iam:PutGroupPolicy", group_name="inline", policy_name="p", policy_document=ALLOW)
    arn = "arn:aws:iam::aws:policy/ReadOnlyAccess"
    tenant.run("iam:AttachGroupPolicy", group_name="managed", policy_arn=arn)
    assert shown(admin, "/console/groups/?filter=powerless") == ["bare"]


def test_roles_by_whom_they_trust_and_when_they_were_used(tenant: Tenant, admin: Client) -> None:
    own, other = f"arn:aws:iam::{tenant.account_id}:root", "arn:aws:iam::999999999999:root"
    documents = {
        "everybody": trusting("AWS", "*"),
        "number": trusting("AWS", "999999999999"),
        "other": trusting("AWS", other),
        "own": trusting("AWS", own),
        "refusing": trusting("AWS", other, "Deny"),
        "service": TRUST,
    }
    with setting_up():
        for number, (name, document) in enumerate(documents.items()):
            row = Role(account_id=tenant.account_id, unique_id=f"AROA{tenant.account_id}{number}", name=name)
            row.trust_policy, row.created = document, clock.now() - timedelta(days=100)
            row.last_used = clock.now() - timedelta(days=95 if name == "own" else 5)
            row.save()
        Role.objects.filter(account_id=tenant.account_id, name="other").update(last_used=None)
        Role.objects.filter(account_id=tenant.account_id, name="number").update(last_used=None, created=clock.now())
    assert shown(admin, "/console/roles/?filter=foreign") == ["everybody", "number", "other"]
    assert shown(admin, "/console/roles/?filter=of-service") == ["service"]
    assert shown(admin, "/console/roles/?filter=unused") == ["other", "own"]
    assert shown(admin, "/console/roles/?filter=never-used") == ["number", "other"]


# --- effective access, summed up ---------------------------------------------------------------------


def bound(text: str) -> Bound:
    return Bound(Source(id=text, type="x", name="x"), compiled(text, PolicyKind.IDENTITY))


def of(*texts: str, boundary: str = "") -> summaries.Summary:
    return summaries.summary(
        Policies(identity=tuple(map(bound, texts)), boundary=bound(boundary) if boundary else None)
    )


def saying(effect: str, *actions: str, **more: object) -> str:
    statement = {"Effect": effect, "Action": actions, "Resource": "*", **more}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


WITH_MFA = {"Condition": {"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}}}


@pytest.mark.parametrize(
    ("texts", "reach", "services", "limited"),
    [
        ((), Reach.NOTHING, "", False),
        ((saying("Deny", "s3:*"),), Reach.NOTHING, "", False),
        ((saying("Allow", "s3:GetObject"), saying("Deny", "s3:*")), Reach.NOTHING, "", False),
        ((BUILT_IN["AdministratorAccess"],), Reach.ADMINISTRATOR, "*", False),
        ((BUILT_IN["AdministratorAccess"], saying("Deny", "*", **WITH_MFA)), Reach.ADMINISTRATOR, "*", True),
        ((BUILT_IN["AdministratorAccess"], BUILT_IN["AWSDenyAll"]), Reach.DENIED, "", False),
        ((saying("Allow", "*:*"),), Reach.ADMINISTRATOR, "*", False),
        ((saying("Allow", "*", **WITH_MFA),), Reach.SERVICES, "*", False),
        ((saying("Allow", "*", Resource="arn:aws:s3:::x"),), Reach.SERVICES, "*", False),
        ((saying("Allow", "s3:GetObject", "S3:List*"),), Reach.READ_ONLY, "s3", False),
        ((saying("Allow", "s3:GetObject", "ec2:RunInstances"),), Reach.SERVICES, "ec2 s3", False),
        ((saying("Allow", "mine:ListThings"),), Reach.READ_ONLY, "mine", False),
        ((saying("Allow", "mine:DropThings"),), Reach.SERVICES, "mine", False),
        ((saying("Allow", "s3:*", "ec2:*"), saying("Deny", "ec2:*")), Reach.SERVICES, "s3", True),
    ],
)
def test_policies_in_a_word(texts: tuple[str, ...], reach: Reach, services: str, limited: bool) -> None:
    assert of(*texts) == summaries.Summary(reach, frozenset(services.split()), limited)


@pytest.mark.parametrize("name", ["ReadOnlyAccess", "ViewOnlyAccess", "SecurityAudit", "IAMReadOnlyAccess"])
def test_aws_policies_that_only_read_are_said_to(name: str) -> None:
    assert of(BUILT_IN[name]).reach is Reach.READ_ONLY


def test_power_users_reach_most_services() -> None:
    assert of(BUILT_IN["PowerUserAccess"]) == summaries.Summary(
        Reach.SERVICES, of(BUILT_IN["PowerUserAccess"]).services
    )
    assert "*" in of(BUILT_IN["PowerUserAccess"]).services


def test_a_boundary_cuts_down() -> None:
    everything, reads = BUILT_IN["AdministratorAccess"], saying("Allow", "s3:Get*", "ec2:Describe*")
    assert of(everything, boundary=everything).reach is Reach.ADMINISTRATOR
    assert of(everything, boundary=reads) == summaries.Summary(Reach.READ_ONLY, frozenset({"s3", "ec2"}), limited=True)
    assert of(saying("Allow", "s3:*"), boundary=reads).services == {"s3"}
    assert of(saying("Allow", "sqs:*"), boundary=reads).reach is Reach.NOTHING


def test_the_list_tells_it_to_those_who_may_know(tenant: Tenant, admin: Client) -> None:
    tenant.user("ada", allowing("s3:GetObject", "sqs:SendMessage"))
    tenant.run("iam:CreateGroup", group_name="readers")
    tenant.run("iam:AttachGroupPolicy", group_name="readers", policy_arn="arn:aws:iam::aws:policy/ReadOnlyAccess")
    tenant.user("bob")
    tenant.run("iam:AddUserToGroup", group_name="readers", user_name="bob")
    assert "2 services" in admin.get("/console/users/?q=ada").content.decode()
    assert "Read-only" in admin.get("/console/users/?q=bob").content.decode()
    with_password(tenant, "clerk", allowing("iam:*"))
    html = sign_in(tenant, "clerk").get("/console/users/?q=ada").content.decode()
    assert "Effective access" not in html
    assert "2 services" not in html
