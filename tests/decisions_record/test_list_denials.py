"""Denials of the account, newest first."""

from __future__ import annotations

from tests.decisions_record.support import Denied
from tests.query.aws import allow
from tests.support.tenants import Tenant


def test_the_newest_first_in_pages(tenant: Tenant, ada: Denied) -> None:
    ids = [ada.denied(operation) for operation in ("list_users", "list_roles", "list_groups")]
    first = tenant.run("iamconsole:ListDenials", max_items=2)
    assert [each.action for each in first.denials] == ["iam:ListGroups", "iam:ListRoles"]
    rest = tenant.run("iamconsole:ListDenials", marker=first.marker)
    assert [each.authorization_id for each in (*first.denials, *rest.denials)] == ids[::-1]
    (oldest,) = rest.denials
    assert (oldest.principal, oldest.evaluated_effect, rest.is_truncated) == (
        f"arn:aws:iam::{tenant.account_id}:user/ada",
        "IMPLICIT_DENY",
        False,
    )


def test_of_one_principal(tenant: Tenant, ada: Denied) -> None:
    ada.denied()
    mine = f"arn:aws:iam::{tenant.account_id}:user/ada"
    assert len(tenant.run("iamconsole:ListDenials", principal=mine).denials) == 1
    assert tenant.run("iamconsole:ListDenials", principal=mine.replace("ada", "bob")).denials == []


def test_another_account_lists_none_of_them(other: Tenant, ada: Denied) -> None:
    ada.denied()
    assert other.run("iamconsole:ListDenials").denials == []


def test_an_inline_policy_is_told_with_its_holder(tenant: Tenant, ada: Denied) -> None:
    tenant.run("iam:CreateGroup", group_name="devs", path="/team/")
    tenant.run("iam:AddUserToGroup", group_name="devs", user_name="ada")
    ada.may(allow("s3:*"))
    body = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sqs:*","Resource":"*"}]}'
    tenant.run("iam:PutGroupPolicy", group_name="devs", policy_name="queues", policy_document=body)
    named = ada.denied()
    holders = {each.name: each.holder for each in ada.explained(named).policies}
    iam = f"arn:aws:iam::{tenant.account_id}"
    assert holders == {"p": f"{iam}:user/ada", "queues": f"{iam}:group/team/devs"}
    tenant.run("iam:DeleteGroupPolicy", group_name="devs", policy_name="queues")
    tenant.run("iam:RemoveUserFromGroup", group_name="devs", user_name="ada")
    tenant.run("iam:DeleteGroup", group_name="devs")
    assert {each.name: each.holder for each in ada.explained(named).policies}["queues"] is None
