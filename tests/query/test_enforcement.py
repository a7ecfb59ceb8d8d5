"""From nothing to something and back: what each change lets a user do, on the very next call."""

from __future__ import annotations

from typing import Any

import pytest

from tests.query.aws import ANYTHING, allow, deny, document, policy, refused, tags
from tests.support.tenants import Tenant


class Ada:
    """A user with a key, whose one inline policy is rewritten as the story goes on."""

    def __init__(self, tenant: Tenant) -> None:
        self.admin = tenant.client("iam")
        self.iam = tenant.client("iam", tenant.user("ada"))
        self.sts = tenant.client("sts", tenant.key("ada"))

    def may(self, *statements: dict[str, Any]) -> None:
        self.admin.put_user_policy(UserName="ada", PolicyName="p", PolicyDocument=document(*statements))


@pytest.fixture
def ada(tenant: Tenant) -> Ada:
    return Ada(tenant)


def denied(action: str) -> Any:
    return refused("AccessDenied", f"is not authorized to perform: iam:{action} on resource: ")


def test_a_new_user_can_do_nothing_but_ask_who_he_is(ada: Ada) -> None:
    for action in ("ListUsers", "ListRoles", "ListPolicies"):
        with denied(action):
            getattr(ada.iam, f"list_{action[4:].lower()}")()
    with denied("GetAccountSummary"):
        ada.iam.get_account_summary()
    with denied("CreateUser"):
        ada.iam.create_user(UserName="x")
    with denied("GetUser"):
        ada.iam.get_user()
    assert ada.sts.get_caller_identity()["Arn"].endswith(":user/ada")


def test_not_even_a_deny_keeps_him_from_asking_who_he_is(ada: Ada) -> None:
    ada.may(deny())
    ada.sts.get_caller_identity()


def test_denied_before_it_is_told_whether_something_exists(ada: Ada) -> None:
    for name in ("admin", "nobody"):
        with denied("DeleteUser"):
            ada.iam.delete_user(UserName=name)


def test_a_grant_grants_that_and_nothing_else(ada: Ada) -> None:
    ada.may(allow("iam:ListUsers"))
    ada.iam.list_users()
    with denied("ListRoles"):
        ada.iam.list_roles()


def test_a_deny_beats_an_allow_where_its_condition_holds(ada: Ada) -> None:
    ada.may(allow("iam:*"), deny("iam:ListRoles", "*", IpAddress={"aws:SourceIp": "127.0.0.0/8"}))
    with refused("AccessDenied", "with an explicit deny in an identity-based policy"):
        ada.iam.list_roles()
    ada.iam.list_groups()
    ada.may(allow("iam:*"), deny("iam:ListRoles", "*", IpAddress={"aws:SourceIp": "10.0.0.0/8"}))
    ada.iam.list_roles()


def test_variables_mean_the_caller(ada: Ada) -> None:
    ada.may(allow("iam:GetUser", "arn:aws:iam::*:user/${aws:username}"))
    ada.iam.get_user(UserName="ada")
    with denied("GetUser"):
        ada.iam.get_user(UserName="admin")


def test_tags_of_the_caller_count_as_of_now(ada: Ada) -> None:
    ada.may(allow("iam:List*", "*", StringEquals={"aws:PrincipalTag/team": "red"}))
    with denied("ListUsers"):
        ada.iam.list_users()
    ada.admin.tag_user(UserName="ada", Tags=tags(team="red"))
    ada.iam.list_users()
    ada.admin.tag_user(UserName="ada", Tags=tags(team="blue"))
    with denied("ListUsers"):
        ada.iam.list_users()


def test_every_way_to_a_right_is_a_way_to_lose_it(ada: Ada) -> None:
    arn = policy(ada.admin, "p", document(allow("iam:ListUsers")))
    ada.admin.create_group(GroupName="g")
    ada.admin.put_group_policy(GroupName="g", PolicyName="p", PolicyDocument=document(allow("iam:ListUsers")))
    mine, groups = {"UserName": "ada", "PolicyArn": arn}, {"GroupName": "g", "UserName": "ada"}
    for give, take, members in (
        (ada.admin.attach_user_policy, ada.admin.detach_user_policy, mine),
        (ada.admin.add_user_to_group, ada.admin.remove_user_from_group, groups),
    ):
        give(**members)
        ada.iam.list_users()
        take(**members)
        with denied("ListUsers"):
            ada.iam.list_users()


def test_a_boundary_limits_from_the_next_call_on(ada: Ada) -> None:
    ada.may(allow())
    bounding = policy(ada.admin, "b", document(allow("iam:List*")))
    ada.admin.put_user_permissions_boundary(UserName="ada", PermissionsBoundary=bounding)
    ada.iam.list_users()
    with denied("CreateGroup"):
        ada.iam.create_group(GroupName="g")
    ada.admin.create_policy_version(PolicyArn=bounding, PolicyDocument=ANYTHING, SetAsDefault=True)
    ada.iam.create_group(GroupName="g")
    ada.admin.delete_user_permissions_boundary(UserName="ada")
    ada.iam.create_group(GroupName="g2")
