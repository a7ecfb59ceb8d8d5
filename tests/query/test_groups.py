"""User groups and their members."""

from __future__ import annotations

from typing import Any

import pytest

from tests.query.aws import ADMINISTRATOR, ANYTHING, allow, document, limit, names, refused
from tests.support.tenants import Tenant


@pytest.fixture
def readers(iam: Any) -> dict[str, Any]:
    return iam.create_group(GroupName="Readers", Path="/team/")["Group"]


def test_a_group_is_created_shown_and_listed(iam: Any, readers: dict[str, Any], tenant: Tenant) -> None:
    assert readers["Arn"] == f"arn:aws:iam::{tenant.account_id}:group/team/Readers"
    assert readers["GroupId"].startswith("AGPA")
    shown = iam.get_group(GroupName="readers")
    assert (shown["Group"], shown["Users"]) == (readers, [])
    assert iam.list_groups(PathPrefix="/team/")["Groups"] == [readers]
    assert iam.list_groups(PathPrefix="/TEAM/")["Groups"] == []


def test_names_are_taken_whatever_their_case_and_missing_ones_are_named(iam: Any, readers: Any) -> None:
    with refused("EntityAlreadyExists", "Group with name READERS already exists."):
        iam.create_group(GroupName="READERS")
    with refused("NoSuchEntity", "The group with name nobody cannot be found."):
        iam.get_group(GroupName="nobody")


def test_members_come_and_go_and_adding_twice_changes_nothing(iam: Any, readers: Any) -> None:
    for name in ("ada", "grace"):
        iam.create_user(UserName=name)
        for _ in range(2):
            iam.add_user_to_group(GroupName="Readers", UserName=name)
    assert names(iam.get_group(GroupName="Readers")["Users"], "UserName") == ["ada", "grace"]
    assert iam.list_groups_for_user(UserName="ada")["Groups"] == [readers]
    iam.remove_user_from_group(GroupName="Readers", UserName="ada")
    assert names(iam.get_group(GroupName="Readers")["Users"], "UserName") == ["grace"]
    with refused("NoSuchEntity", "User ada not in group Readers"):
        iam.remove_user_from_group(GroupName="Readers", UserName="ada")


def test_group_and_user_must_exist_to_be_brought_together(iam: Any, readers: Any) -> None:
    with refused("NoSuchEntity", "The user with name nobody cannot be found."):
        iam.add_user_to_group(GroupName="Readers", UserName="nobody")
    with refused("NoSuchEntity", "The group with name nowhere cannot be found."):
        iam.add_user_to_group(GroupName="nowhere", UserName="admin")


def test_what_a_group_grants_holds_as_long_as_one_is_in_it(iam: Any, readers: Any, tenant: Tenant) -> None:
    ada = tenant.client("iam", tenant.user("ada"))
    iam.put_group_policy(GroupName="Readers", PolicyName="p", PolicyDocument=document(allow("iam:List*")))
    for _ in range(2):
        with refused("AccessDenied", "because no identity-based policy allows the iam:ListUsers action"):
            ada.list_users()
        iam.add_user_to_group(GroupName="Readers", UserName="ada")
        ada.list_users()
        iam.remove_user_from_group(GroupName="Readers", UserName="ada")


def test_a_rename_keeps_id_members_and_policies(iam: Any, readers: dict[str, Any]) -> None:
    iam.add_user_to_group(GroupName="Readers", UserName="admin")
    iam.put_group_policy(GroupName="Readers", PolicyName="p", PolicyDocument=ANYTHING)
    iam.update_group(GroupName="Readers", NewGroupName="Writers", NewPath="/")
    shown = iam.get_group(GroupName="Writers")
    assert shown["Group"]["GroupId"] == readers["GroupId"]
    assert shown["Group"]["Arn"].endswith(":group/Writers")
    assert names(shown["Users"], "UserName") == ["admin"]
    assert iam.list_group_policies(GroupName="Writers")["PolicyNames"] == ["p"]
    with refused("NoSuchEntity"):
        iam.get_group(GroupName="Readers")


def test_a_rename_may_change_case_but_not_take_anothers_name(iam: Any, readers: Any) -> None:
    iam.create_group(GroupName="Writers")
    iam.update_group(GroupName="readers", NewGroupName="READERS")
    with refused("EntityAlreadyExists", "Group with name writers already exists."):
        iam.update_group(GroupName="READERS", NewGroupName="writers")


IN_THE_WAY: dict[str, Any] = {
    "must remove users from group first": (
        lambda iam: iam.add_user_to_group(GroupName="Readers", UserName="admin"),
        lambda iam: iam.remove_user_from_group(GroupName="Readers", UserName="admin"),
    ),
    "must detach all policies first": (
        lambda iam: iam.attach_group_policy(GroupName="Readers", PolicyArn=ADMINISTRATOR),
        lambda iam: iam.detach_group_policy(GroupName="Readers", PolicyArn=ADMINISTRATOR),
    ),
    "must delete policies first": (
        lambda iam: iam.put_group_policy(GroupName="Readers", PolicyName="p", PolicyDocument=ANYTHING),
        lambda iam: iam.delete_group_policy(GroupName="Readers", PolicyName="p"),
    ),
}


@pytest.mark.parametrize("text", IN_THE_WAY)
def test_a_group_is_not_deleted_while_something_of_it_is_left(iam: Any, readers: Any, text: str) -> None:
    put, take_away = IN_THE_WAY[text]
    put(iam)
    with refused("DeleteConflict", f"Cannot delete entity, {text}."):
        iam.delete_group(GroupName="Readers")
    take_away(iam)
    iam.delete_group(GroupName="Readers")
    with refused("NoSuchEntity"):
        iam.delete_group(GroupName="Readers")


def test_the_quotas_of_groups(iam: Any, readers: Any, tenant: Tenant) -> None:
    iam.create_group(GroupName="Writers")
    limit(tenant, "GroupsPerAccount", 2)
    with refused("LimitExceeded", "Cannot exceed quota for GroupsPerAccount: 2"):
        iam.create_group(GroupName="third")
    limit(tenant, "GroupsPerUser", 1)
    iam.add_user_to_group(GroupName="Readers", UserName="admin")
    iam.add_user_to_group(GroupName="Readers", UserName="admin")
    with refused("LimitExceeded", "Cannot exceed quota for GroupsPerUser: 1"):
        iam.add_user_to_group(GroupName="Writers", UserName="admin")
