"""Users through the Query API with a stock boto3."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.query.aws import (
    ADMINISTRATOR,
    ANYTHING,
    allow,
    deny,
    document,
    limit,
    names,
    policy,
    refused,
    root_client,
    tags,
    trusting,
)
from tests.support.keys import issued, ssh
from tests.support.tenants import PASSWORD, Tenant


def test_a_user_is_created_shown_and_listed(iam: Any, tenant: Tenant) -> None:
    made = iam.create_user(UserName="ada", Path="/team/", Tags=tags(team="red"))["User"]
    assert made["Arn"] == f"arn:aws:iam::{tenant.account_id}:user/team/ada"
    assert made["UserId"].startswith("AIDA")
    assert len(made["UserId"]) == 21
    assert abs(datetime.now(UTC) - made["CreateDate"]) < timedelta(minutes=1)
    assert iam.get_user(UserName="ada")["User"] == made | {"Tags": tags(team="red")}
    assert names(iam.list_users(PathPrefix="/team/")["Users"], "UserName") == ["ada"]


def test_lists_leave_out_tags_and_boundary(iam: Any) -> None:
    iam.create_user(UserName="ada", Tags=tags(team="red"), PermissionsBoundary=ADMINISTRATOR)
    whole = iam.get_user(UserName="ada")["User"]
    assert whole["PermissionsBoundary"] == {
        "PermissionsBoundaryType": "Policy",
        "PermissionsBoundaryArn": ADMINISTRATOR,
    }
    listed = next(user for user in iam.list_users()["Users"] if user["UserName"] == "ada")
    assert whole.keys() - listed.keys() == {"Tags", "PermissionsBoundary"}


@pytest.mark.parametrize("name", ["ada", "ADA", "Ada"])
def test_a_name_is_taken_whatever_its_case(iam: Any, name: str) -> None:
    iam.create_user(UserName="Ada", Path="/one/")
    with refused("EntityAlreadyExists", f"User with name {name} already exists."):
        iam.create_user(UserName=name, Path="/two/")
    assert iam.get_user(UserName=name)["User"]["UserName"] == "Ada"


def test_who_does_not_exist_is_named(iam: Any) -> None:
    for ask in (iam.get_user, iam.delete_user, iam.list_user_tags, iam.list_groups_for_user):
        with refused("NoSuchEntity", "The user with name nobody cannot be found."):
            ask(UserName="nobody")


def test_bad_input_is_refused_in_aws_words(iam: Any) -> None:
    with refused("ValidationError", "1 validation error detected: Value 'a b' at 'userName' failed to satisfy"):
        iam.create_user(UserName="a b")
    with refused("ValidationError", "2 validation errors detected: "):
        iam.create_user(UserName="a b", Path="nowhere")
    with refused("ValidationError", "Member must have length less than or equal to 64"):
        iam.create_user(UserName="a" * 65)


def test_a_path_prefix_is_a_prefix_and_its_case_counts(iam: Any) -> None:
    for name, path in (("a", "/team/"), ("b", "/Team/"), ("c", "/team/red/"), ("d", "/te_m/"), ("e", "/")):
        iam.create_user(UserName=name, Path=path)
    found = {
        prefix: names(iam.list_users(PathPrefix=prefix)["Users"], "UserName")
        for prefix in ("/team/", "/Team/", "/te", "/te_", "/%", "/team/red/", "/none/")
    }
    assert found == {
        "/team/": ["a", "c"],
        "/Team/": ["b"],
        "/te": ["a", "c", "d"],
        "/te_": ["d"],
        "/%": [],
        "/team/red/": ["c"],
        "/none/": [],
    }


def test_a_rename_keeps_id_groups_policies_and_keys(iam: Any, tenant: Tenant) -> None:
    key = tenant.user("ada", document(allow("iam:GetUser")))
    before = iam.get_user(UserName="ada")["User"]
    iam.create_group(GroupName="readers")
    iam.add_user_to_group(GroupName="readers", UserName="ada")
    iam.attach_user_policy(UserName="ada", PolicyArn=policy(iam))
    iam.update_user(UserName="ada", NewUserName="grace", NewPath="/team/")
    after = iam.get_user(UserName="grace")["User"]
    assert after["UserId"] == before["UserId"]
    assert after["Arn"].endswith(":user/team/grace")
    assert names(iam.get_group(GroupName="readers")["Users"], "UserName") == ["grace"]
    assert names(iam.list_attached_user_policies(UserName="grace")["AttachedPolicies"], "PolicyName") == ["p"]
    assert iam.list_user_policies(UserName="grace")["PolicyNames"] == ["p0"]
    assert tenant.client("iam", key).get_user()["User"]["UserName"] == "grace"
    with refused("NoSuchEntity"):
        iam.get_user(UserName="ada")


def test_a_rename_may_change_case_but_not_take_anothers_name(iam: Any) -> None:
    for name in ("ada", "grace"):
        iam.create_user(UserName=name)
    iam.update_user(UserName="ada", NewUserName="ADA")
    assert iam.get_user(UserName="ada")["User"]["UserName"] == "ADA"
    with refused("EntityAlreadyExists", "User with name GRACE already exists."):
        iam.update_user(UserName="ada", NewUserName="GRACE")


def test_trust_policies_follow_a_rename_and_other_policies_do_not(iam: Any) -> None:
    arn = iam.create_user(UserName="ada")["User"]["Arn"]
    iam.create_role(RoleName="r", AssumeRolePolicyDocument=trusting(arn))
    iam.put_user_policy(UserName="admin", PolicyName="names", PolicyDocument=document(allow("iam:*", arn)))
    iam.update_user(UserName="ada", NewUserName="grace")
    new = arn.replace("user/ada", "user/grace")
    trust = iam.get_role(RoleName="r")["Role"]["AssumeRolePolicyDocument"]
    assert trust["Statement"][0]["Principal"] == {"AWS": new}
    kept = iam.get_user_policy(UserName="admin", PolicyName="names")["PolicyDocument"]
    assert kept["Statement"][0]["Resource"] == arn


def test_a_rename_needs_the_permission_on_both_names(tenant: Tenant) -> None:
    here = f"arn:aws:iam::{tenant.account_id}:user/"
    for allowed in (["ada"], ["grace"]):
        helper = tenant.user(f"helper-of-{allowed[0]}", document(allow("iam:UpdateUser", [here + n for n in allowed])))
        tenant.run("iam:CreateUser", user_name=f"other-{allowed[0]}")
    tenant.run("iam:CreateUser", user_name="ada")
    with refused("AccessDenied", f"on resource: {here}ada"):
        tenant.client("iam", helper).update_user(UserName="ada", NewUserName="grace")
    both = tenant.user("both", document(allow("iam:UpdateUser", [f"{here}ada", f"{here}grace"])))
    tenant.client("iam", both).update_user(UserName="ada", NewUserName="grace")


def _login(iam: Any) -> None:
    iam.create_login_profile(UserName="ada", Password=PASSWORD)


def _group(iam: Any) -> None:
    iam.create_group(GroupName="g")
    iam.add_user_to_group(GroupName="g", UserName="ada")


# What is in the way of a deletion → how AWS says so, and how it is taken away again.
IN_THE_WAY: dict[str, Any] = {
    "must delete signing certificates first": (
        lambda iam: iam.upload_signing_certificate(UserName="ada", CertificateBody=issued().pem),
        lambda iam: [
            iam.delete_signing_certificate(UserName="ada", CertificateId=each["CertificateId"])
            for each in iam.list_signing_certificates(UserName="ada")["Certificates"]
        ],
    ),
    "must delete SSH public keys first": (
        lambda iam: iam.upload_ssh_public_key(UserName="ada", SSHPublicKeyBody=ssh()),
        lambda iam: [
            iam.delete_ssh_public_key(UserName="ada", SSHPublicKeyId=each["SSHPublicKeyId"])
            for each in iam.list_ssh_public_keys(UserName="ada")["SSHPublicKeys"]
        ],
    ),
    "must delete service specific credentials first": (
        lambda iam: iam.create_service_specific_credential(UserName="ada", ServiceName="codecommit.amazonaws.com"),
        lambda iam: [
            iam.delete_service_specific_credential(
                UserName="ada", ServiceSpecificCredentialId=each["ServiceSpecificCredentialId"]
            )
            for each in iam.list_service_specific_credentials(UserName="ada")["ServiceSpecificCredentials"]
        ],
    ),
    "must delete login profile first": (_login, lambda iam: iam.delete_login_profile(UserName="ada")),
    "must remove users from group first": (
        _group,
        lambda iam: iam.remove_user_from_group(GroupName="g", UserName="ada"),
    ),
    "must detach all policies first": (
        lambda iam: iam.attach_user_policy(UserName="ada", PolicyArn=ADMINISTRATOR),
        lambda iam: iam.detach_user_policy(UserName="ada", PolicyArn=ADMINISTRATOR),
    ),
    "must delete policies first": (
        lambda iam: iam.put_user_policy(UserName="ada", PolicyName="p", PolicyDocument=ANYTHING),
        lambda iam: iam.delete_user_policy(UserName="ada", PolicyName="p"),
    ),
    "must delete access keys first": (
        lambda iam: iam.create_access_key(UserName="ada"),
        lambda iam: [
            iam.delete_access_key(UserName="ada", AccessKeyId=key["AccessKeyId"])
            for key in iam.list_access_keys(UserName="ada")["AccessKeyMetadata"]
        ],
    ),
}


@pytest.mark.parametrize("text", IN_THE_WAY)
def test_a_user_is_not_deleted_while_something_of_his_is_left(iam: Any, text: str) -> None:
    put, take_away = IN_THE_WAY[text]
    iam.create_user(UserName="ada")
    put(iam)
    with refused("DeleteConflict", f"Cannot delete entity, {text}."):
        iam.delete_user(UserName="ada")
    take_away(iam)
    iam.delete_user(UserName="ada")
    with refused("NoSuchEntity"):
        iam.get_user(UserName="ada")


def test_everything_in_the_way_is_told_one_by_one(iam: Any) -> None:
    iam.create_user(UserName="ada")
    for put, _ in IN_THE_WAY.values():
        put(iam)
    for _, take_away in reversed(IN_THE_WAY.values()):
        with refused("DeleteConflict"):
            iam.delete_user(UserName="ada")
        take_away(iam)
    iam.delete_user(UserName="ada")


def test_a_boundary_is_not_in_the_way_and_a_name_used_again_inherits_nothing(iam: Any) -> None:
    old = iam.create_user(UserName="ada", PermissionsBoundary=ADMINISTRATOR, Tags=tags(a="b"))["User"]
    iam.delete_user(UserName="ada")
    new = iam.create_user(UserName="ada")["User"]
    assert new["UserId"] != old["UserId"]
    assert not {"PermissionsBoundary", "Tags"} & iam.get_user(UserName="ada")["User"].keys()


def test_the_quota_of_users_leaves_out_root(iam: Any, tenant: Tenant) -> None:
    limit(tenant, "UsersPerAccount", 2)  # the administrator is the first
    iam.create_user(UserName="ada")
    with refused("LimitExceeded", "Cannot exceed quota for UsersPerAccount: 2"):
        iam.create_user(UserName="grace")
    iam.delete_user(UserName="ada")
    iam.create_user(UserName="grace")


def test_creating_with_tags_needs_the_permission_to_tag(tenant: Tenant) -> None:
    key = tenant.user("helper", document(allow("iam:CreateUser")))
    helper = tenant.client("iam", key)
    helper.create_user(UserName="plain")
    with refused("AccessDenied", "iam:TagUser"):
        helper.create_user(UserName="tagged", Tags=tags(a="b"))


def test_without_a_name_the_caller_is_meant(tenant: Tenant) -> None:
    me = tenant.client("iam", tenant.user("ada", document(allow("iam:GetUser", "arn:aws:iam::*:user/${aws:username}"))))
    assert me.get_user()["User"]["UserName"] == "ada"
    with refused("AccessDenied"):
        me.get_user(UserName="admin")


def test_root_is_shown_as_aws_shows_it_and_is_no_user_of_the_account(tenant: Tenant) -> None:
    root = root_client(tenant)
    shown = root.get_user()["User"]
    assert shown["Arn"] == f"arn:aws:iam::{tenant.account_id}:root"
    assert shown["UserId"] == tenant.account_id
    assert "UserName" not in shown
    assert names(root.list_users()["Users"], "UserName") == ["admin"]
    with refused("ValidationError"):
        root.get_user(UserName="<root_account>")


def test_an_explicit_deny_binds_users_and_not_root(tenant: Tenant) -> None:
    denied = tenant.client("iam", tenant.user("ada", document(allow(), deny("iam:ListUsers"))))
    with refused("AccessDenied", "with an explicit deny in an identity-based policy"):
        denied.list_users()
    root_client(tenant).list_users()


def test_waiters_know_when_a_user_exists(iam: Any) -> None:
    iam.create_user(UserName="ada")
    iam.get_waiter("user_exists").wait(UserName="ada", WaiterConfig={"Delay": 0, "MaxAttempts": 1})
    with pytest.raises(Exception, match="Max attempts exceeded"):
        iam.get_waiter("user_exists").wait(UserName="nobody", WaiterConfig={"Delay": 0, "MaxAttempts": 1})
