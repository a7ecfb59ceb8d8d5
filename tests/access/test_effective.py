"""What somebody can do, by which chain, and what of it was used."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from accounts.models import Role
from iamconsole.audit.models import AccessHistory, LastAccess
from iamconsole.kernel import clock
from iamconsole.kernel.errors import AccessDenied, InvalidInput, NoSuchEntity
from tests.access.asking import arn_of, user_of
from tests.query.aws import allow, deny, document, policy
from tests.support.tenants import Tenant
from tests.support.write_guard import setting_up

REPORTS = "arn:aws:s3:::reports/*"


def used(tenant: Tenant, name: str, action: str, *, days: int = 1, resource: str = "", allowed: bool = True) -> None:
    """A line of the history: somebody asked for an action some days ago."""
    user, moment = user_of(tenant, name), clock.now() - timedelta(days=days)
    with setting_up():
        LastAccess.objects.create(
            account_id=tenant.account_id,
            principal_id=user.unique_id,
            service=action.partition(":")[0],
            action=action,
            principal=user.arn,
            attempted=moment,
            allowed=moment if allowed else None,
            resource=resource,
        )


def grants(tenant: Tenant, what: str) -> list[Any]:
    return tenant.run("iamconsole:GetEffectiveAccess", policy_source_arn=arn_of(tenant, what)).grants


def test_the_chain_leads_through_the_group(tenant: Tenant, iam: Any) -> None:
    tenant.user("ada", document(allow("sqs:SendMessage") | {"Sid": "Send"}))
    tenant.run("iam:CreateGroup", group_name="devs")
    tenant.run("iam:AddUserToGroup", group_name="devs", user_name="ada")
    arn = policy(iam, "reader", document(allow("s3:Get*", REPORTS), deny("s3:Put*") | {"Sid": "No"}))
    tenant.run("iam:AttachGroupPolicy", group_name="devs", policy_arn=arn)
    told = [(g.service, g.effect, g.holder, g.policy_name, g.sid, g.access_levels) for g in grants(tenant, "user/ada")]
    devs = arn_of(tenant, "group/devs")
    assert told == [
        ("sqs", "Allow", arn_of(tenant, "user/ada"), "p0", "Send", ["Write"]),
        ("s3", "Allow", devs, "reader", "Statement1", ["Read"]),
        ("s3", "Deny", devs, "reader", "No", ["Write", "Permissions management", "Tagging"]),
    ]
    assert [g.policy_uri for g in grants(tenant, "group/devs")] == [arn, arn]


def test_everything_full_services_and_what_is_left_out(tenant: Tenant) -> None:
    statements = (allow("*"), allow("sqs:*"), {"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"})
    tenant.user("ada", document(*statements))
    told = [(g.service, g.is_full, g.all_but) for g in grants(tenant, "user/ada")]
    assert told == [("*", True, []), ("sqs", True, []), ("*", True, ["iam:*"])]


def test_what_a_boundary_or_a_plain_deny_takes_back(tenant: Tenant, iam: Any) -> None:
    tenant.user("ada", document(allow(["s3:GetObject", "s3:PutObject", "sqs:SendMessage"]), deny("s3:PutObject")))
    bound = policy(iam, "limit", document(allow("s3:*")))
    tenant.run("iam:PutUserPermissionsBoundary", user_name="ada", permissions_boundary=bound)
    found = {(g.service, g.effect): (g.known_actions, g.withheld_actions) for g in grants(tenant, "user/ada")}
    assert (found["s3", "Allow"], found["sqs", "Allow"]) == ((2, 1), (1, 1))
    told = tenant.run("iamconsole:GetEffectiveAccess", policy_source_arn=arn_of(tenant, "user/ada"))
    assert told.permissions_boundary == bound


def test_a_deny_under_conditions_or_on_one_resource_takes_nothing_back_for_sure(tenant: Tenant) -> None:
    tenant.user("ada", document(allow("s3:GetObject"), deny("s3:*", REPORTS), deny("s3:*", Bool={"a:b": "true"})))
    assert grants(tenant, "user/ada")[0].withheld_actions == 0


def test_the_last_use_counts_for_every_statement_that_covers_it(tenant: Tenant) -> None:
    statements = (allow("s3:Get*", REPORTS), allow("s3:GetObject", "arn:aws:s3:::other/*"), allow("sqs:*"))
    tenant.user("ada", document(*statements))
    used(tenant, "ada", "s3:GetObject", days=3, resource="arn:aws:s3:::reports/x")
    used(tenant, "ada", "s3:GetObjectAcl", days=5)
    used(tenant, "ada", "sqs:SendMessage", allowed=False)
    read, other, queues = grants(tenant, "user/ada")
    assert (read.last_action, read.used_actions) == ("s3:GetObject", ["s3:GetObject", "s3:GetObjectAcl"])
    assert (other.last_accessed, queues.last_accessed) == (None, None)


def test_the_use_of_a_group_is_its_members(tenant: Tenant) -> None:
    for name in ("ada", "bob", "eve"):
        tenant.user(name)
    tenant.run("iam:CreateGroup", group_name="devs")
    for name in ("ada", "bob"):
        tenant.run("iam:AddUserToGroup", group_name="devs", user_name=name)
    tenant.run("iam:PutGroupPolicy", group_name="devs", policy_name="p", policy_document=document(allow("s3:*")))
    used(tenant, "ada", "s3:GetObject", days=9)
    used(tenant, "bob", "s3:GetObject", days=2)
    used(tenant, "eve", "s3:PutObject")
    (grant,) = grants(tenant, "group/devs")
    assert grant.used_actions == ["s3:GetObject"]
    assert (clock.now() - grant.last_accessed).days == 2
    told = tenant.run("iamconsole:ListLastAccess", policy_source_arn=arn_of(tenant, "group/devs"))
    assert [each.action for each in told.actions] == ["s3:GetObject"]


def test_what_denies_refused_within_a_day(tenant: Tenant) -> None:
    tenant.user("ada", document(deny("s3:Delete*"), allow()))
    row = {"account_id": tenant.account_id, "principal_id": user_of(tenant, "ada").unique_id, "context": "{}"}
    row |= {"verdict": "EXPLICIT_DENY", "statements": "[]", "position": 1, "resource_account_id": tenant.account_id}
    with setting_up():
        for number, (hours, times) in enumerate(((1, 2), (3, 1), (30, 7))):
            moment = clock.now() - timedelta(hours=hours)
            AccessHistory.objects.create(
                **row, action="s3:DeleteObject", digest=str(number), times=times, first_time=moment, last_time=moment
            )
    assert [grant.recent_denials for grant in grants(tenant, "user/ada")] == [3, 0]


def test_a_change_of_a_group_policy_is_seen_at_once(tenant: Tenant) -> None:
    tenant.user("ada")
    tenant.run("iam:CreateGroup", group_name="devs")
    tenant.run("iam:AddUserToGroup", group_name="devs", user_name="ada")
    for service in ("s3", "sqs"):
        body = document(allow(f"{service}:*"))
        tenant.run("iam:PutGroupPolicy", group_name="devs", policy_name="p", policy_document=body)
        assert [grant.service for grant in grants(tenant, "user/ada")] == [service]


def test_services_of_the_account_have_levels_too(tenant: Tenant) -> None:
    tenant.run(
        "iamconsole:RegisterService",
        service_prefix="shop",
        service_name="The shop",
        actions=[{"name": "Buy", "access_level": "Write"}, {"name": "Look", "access_level": "Read"}],
    )
    tenant.user("ada", document(allow("shop:Buy")))
    (grant,) = grants(tenant, "user/ada")
    assert (grant.service_name, grant.access_levels, grant.is_full) == ("The shop", ["Write"], False)


def test_grants_come_in_pages(tenant: Tenant) -> None:
    tenant.user("ada", document(*(allow(f"{service}:*") for service in ("s3", "sqs", "sns"))))
    ada = arn_of(tenant, "user/ada")
    first = tenant.run("iamconsole:GetEffectiveAccess", policy_source_arn=ada, max_items=2)
    rest = tenant.run("iamconsole:GetEffectiveAccess", policy_source_arn=ada, marker=first.marker)
    assert [grant.service for grant in (*first.grants, *rest.grants)] == ["s3", "sqs", "sns"]


@pytest.mark.parametrize("operation", ["GetEffectiveAccess", "ListLastAccess", "ListAssumableRoles"])
def test_nobody_of_another_account_is_told_about(tenant: Tenant, other: Tenant, operation: str) -> None:
    other.user("eve")
    with pytest.raises(AccessDenied):
        tenant.run(f"iamconsole:{operation}", policy_source_arn=arn_of(other, "user/eve"))
    with pytest.raises(NoSuchEntity):
        tenant.run(f"iamconsole:{operation}", policy_source_arn=arn_of(tenant, "user/eve"))


def test_a_detachment_takes_what_nothing_else_allows(tenant: Tenant, iam: Any) -> None:
    keep = document(allow("s3:GetObject", REPORTS), allow("s3:List*", "*", Bool={"aws:SecureTransport": "true"}))
    tenant.user("ada", keep)
    tenant.user("bob")
    arn = policy(iam, "all", document(allow("s3:*"), deny("s3:DeleteBucket")))
    tenant.run("iam:CreateGroup", group_name="devs")
    tenant.run("iam:AttachGroupPolicy", group_name="devs", policy_arn=arn)
    for name in ("ada", "bob"):
        tenant.run("iam:AddUserToGroup", group_name="devs", user_name=name)
    used(tenant, "ada", "s3:GetObject", days=1, resource="arn:aws:s3:::reports/x")
    used(tenant, "ada", "s3:ListAllMyBuckets", days=2)
    used(tenant, "ada", "s3:PutObject", days=3, resource="arn:aws:s3:::reports/x")
    used(tenant, "bob", "s3:GetObject", days=4, resource="arn:aws:s3:::reports/x")
    told = tenant.run("iamconsole:PreviewDetachment", policy_source_arn=arn_of(tenant, "group/devs"), policy_uri=arn)
    lost = [(loss.principal.rpartition("/")[2], loss.action, loss.is_sure) for loss in told.losses]
    assert lost == [
        ("ada", "s3:ListAllMyBuckets", False),
        ("ada", "s3:PutObject", True),
        ("bob", "s3:GetObject", True),
    ]
    assert (told.examined, told.principals, told.denies_lifted) == (2, 2, 1)
    tenant.run("iam:AttachUserPolicy", user_name="bob", policy_arn=arn)
    again = tenant.run("iamconsole:PreviewDetachment", policy_source_arn=arn_of(tenant, "group/devs"), policy_uri=arn)
    assert {loss.principal.rpartition("/")[2] for loss in again.losses} == {"ada"}


def test_only_what_is_attached_there_can_be_detached(tenant: Tenant, iam: Any) -> None:
    arn = policy(iam, "all", document(allow("s3:*")))
    tenant.user("ada", document(allow("s3:*")))
    ada = arn_of(tenant, "user/ada")
    with pytest.raises(NoSuchEntity):
        tenant.run("iamconsole:PreviewDetachment", policy_source_arn=ada, policy_uri=arn)
    assert tenant.run("iamconsole:PreviewDetachment", policy_source_arn=ada, policy_uri="p0").losses == []


def test_a_group_that_goes_and_a_member_who_leaves(tenant: Tenant, iam: Any) -> None:
    """Without a policy all that the group has are meant; with a member, he alone is looked at."""
    tenant.user("ada", document(allow("sqs:SendMessage")))
    tenant.user("bob")
    tenant.run("iam:CreateGroup", group_name="devs")
    for name, actions in {"files": "s3:*", "queues": "sqs:*"}.items():
        text = document(allow(actions))
        tenant.run("iam:PutGroupPolicy", group_name="devs", policy_name=name, policy_document=text)
    for name in ("ada", "bob"):
        tenant.run("iam:AddUserToGroup", group_name="devs", user_name=name)
        used(tenant, name, "s3:GetObject", days=1, resource="arn:aws:s3:::reports/x")
        used(tenant, name, "sqs:SendMessage", days=2)

    def lost(**more: str) -> set[tuple[str, str]]:
        devs = arn_of(tenant, "group/devs")
        told = tenant.run("iamconsole:PreviewDetachment", policy_source_arn=devs, **more)
        return {(loss.principal.rpartition("/")[2], loss.action) for loss in told.losses}

    assert lost() == {("ada", "s3:GetObject"), ("bob", "s3:GetObject"), ("bob", "sqs:SendMessage")}
    assert lost(user_name="Bob") == {("bob", "s3:GetObject"), ("bob", "sqs:SendMessage")}
    assert lost(user_name="bob", policy_uri="files") == {("bob", "s3:GetObject")}
    with pytest.raises(NoSuchEntity):
        lost(user_name="admin")
    with pytest.raises(InvalidInput):
        tenant.run("iamconsole:PreviewDetachment", policy_source_arn=arn_of(tenant, "user/ada"), user_name="ada")


def test_a_role_is_told_by_its_unique_id(tenant: Tenant) -> None:
    trust = document({"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"})
    tenant.run("iam:CreateRole", role_name="deploy", assume_role_policy_document=trust)
    tenant.run("iam:PutRolePolicy", role_name="deploy", policy_name="p", policy_document=document(allow("s3:*")))
    role = Role.objects.get(account_id=tenant.account_id, name="deploy")
    with setting_up():
        LastAccess.objects.create(
            account_id=tenant.account_id,
            principal_id=role.unique_id,
            service="s3",
            action="s3:GetObject",
            principal=role.arn,
            attempted=clock.now(),
            allowed=clock.now(),
        )
    (grant,) = grants(tenant, "role/deploy")
    assert grant.last_action == "s3:GetObject"
