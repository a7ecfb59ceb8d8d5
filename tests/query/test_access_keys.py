"""Access keys: two a user, one secret shown once, and the caller's own without a name."""

from __future__ import annotations

from typing import Any

import pytest

from tests.query.aws import allow, document, limit, names, refused, root_client
from tests.support.tenants import Tenant


@pytest.fixture
def ada(iam: Any) -> Any:
    return iam.create_user(UserName="ada")["User"]


def test_a_key_is_created_with_its_secret_and_listed_without(iam: Any, ada: Any) -> None:
    key = iam.create_access_key(UserName="ADA")["AccessKey"]
    assert (key["UserName"], key["Status"]) == ("ada", "Active")
    assert key["AccessKeyId"].startswith("AKIA")
    assert (len(key["AccessKeyId"]), len(key["SecretAccessKey"])) == (20, 40)
    listed = iam.list_access_keys(UserName="ada")["AccessKeyMetadata"]
    assert listed == [{name: key[name] for name in ("UserName", "AccessKeyId", "Status", "CreateDate")}]


def test_a_new_key_can_do_what_its_user_can(iam: Any, tenant: Tenant) -> None:
    first = tenant.user("ada", document(allow("iam:ListUsers")))
    second = iam.create_access_key(UserName="ada")["AccessKey"]
    for key in (first, second):
        tenant.client("iam", key).list_users()
        who = tenant.client("sts", key).get_caller_identity()
        assert who["Arn"] == f"arn:aws:iam::{tenant.account_id}:user/ada"
        assert (who["Account"], who["UserId"][:4]) == (tenant.account_id, "AIDA")


def test_an_inactive_key_is_unknown_until_it_is_active_again(iam: Any, tenant: Tenant) -> None:
    key = tenant.user("ada", document(allow("iam:ListUsers")))
    mine = tenant.client("iam", key)
    for _ in range(2):
        iam.update_access_key(UserName="ada", AccessKeyId=key["AccessKeyId"], Status="Inactive")
        with refused("InvalidClientTokenId"):
            mine.list_users()
        with refused("InvalidClientTokenId"):
            tenant.client("sts", key).get_caller_identity()
        assert iam.list_access_keys(UserName="ada")["AccessKeyMetadata"][0]["Status"] == "Inactive"
        iam.update_access_key(UserName="ada", AccessKeyId=key["AccessKeyId"], Status="Active")
        mine.list_users()
    iam.delete_access_key(UserName="ada", AccessKeyId=key["AccessKeyId"])
    with refused("InvalidClientTokenId"):
        mine.list_users()
    with refused("NoSuchEntity", f"The Access Key with id {key['AccessKeyId']} cannot be found"):
        iam.delete_access_key(UserName="ada", AccessKeyId=key["AccessKeyId"])


def test_a_key_belongs_to_its_user(iam: Any, ada: Any, tenant: Tenant) -> None:
    mine = tenant.admin_key["AccessKeyId"]
    for ask, members in ((iam.delete_access_key, {}), (iam.update_access_key, {"Status": "Inactive"})):
        with refused("NoSuchEntity", f"The Access Key with id {mine} cannot be found"):
            ask(UserName="ada", AccessKeyId=mine, **members)
    with refused("NoSuchEntity", "The user with name nobody cannot be found."):
        iam.create_access_key(UserName="nobody")


def test_a_third_key_is_refused_and_inactive_ones_count(iam: Any, ada: Any) -> None:
    made = [iam.create_access_key(UserName="ada")["AccessKey"]["AccessKeyId"] for _ in range(2)]
    iam.update_access_key(UserName="ada", AccessKeyId=made[0], Status="Inactive")
    with refused("LimitExceeded", "Cannot exceed quota for AccessKeysPerUser: 2"):
        iam.create_access_key(UserName="ada")
    iam.delete_access_key(UserName="ada", AccessKeyId=made[0])
    iam.create_access_key(UserName="ada")


def test_an_operator_may_allow_more_keys_or_fewer(iam: Any, ada: Any, tenant: Tenant) -> None:
    limit(tenant, "AccessKeysPerUser", 3)
    made = [iam.create_access_key(UserName="ada")["AccessKey"]["AccessKeyId"] for _ in range(3)]
    limit(tenant, "AccessKeysPerUser", 1)
    for key in made[:2]:
        iam.delete_access_key(UserName="ada", AccessKeyId=key)
        with refused("LimitExceeded", "Cannot exceed quota for AccessKeysPerUser: 1"):
            iam.create_access_key(UserName="ada")


def test_no_caller_can_set_a_key_to_expired(iam: Any, tenant: Tenant) -> None:
    with refused("InvalidInput"):
        iam.update_access_key(AccessKeyId=tenant.admin_key["AccessKeyId"], Status="Expired")
    with refused("ValidationError", "Member must satisfy enum value set"):
        iam.update_access_key(AccessKeyId=tenant.admin_key["AccessKeyId"], Status="Lost")


def test_without_a_name_the_callers_own_keys_are_meant(tenant: Tenant) -> None:
    own = document(allow("iam:*AccessKey*", "arn:aws:iam::*:user/${aws:username}"))
    key = tenant.user("ada", own)
    me = tenant.client("iam", key)
    made = me.create_access_key()["AccessKey"]
    assert made["UserName"] == "ada"
    assert set(names(me.list_access_keys()["AccessKeyMetadata"], "AccessKeyId")) == {
        key["AccessKeyId"],
        made["AccessKeyId"],
    }
    me.update_access_key(AccessKeyId=made["AccessKeyId"], Status="Inactive")
    me.delete_access_key(AccessKeyId=made["AccessKeyId"])
    with refused("AccessDenied"):
        me.create_access_key(UserName="admin")


def test_root_manages_its_own_keys_without_a_name(tenant: Tenant) -> None:
    root = root_client(tenant)
    made = root.create_access_key()["AccessKey"]
    assert "UserName" not in made
    listed = root.list_access_keys()["AccessKeyMetadata"]
    assert len(listed) == 2
    assert not any("UserName" in key for key in listed)
    assert "UserName" not in root.get_access_key_last_used(AccessKeyId=made["AccessKeyId"])
    assert tenant.client("sts", made).get_caller_identity()["Arn"].endswith(":root")
    root.delete_access_key(AccessKeyId=made["AccessKeyId"])
    root.list_access_keys(UserName="admin")


def test_the_last_use_is_told(iam: Any, tenant: Tenant) -> None:
    key = tenant.user("ada")
    never = iam.get_access_key_last_used(AccessKeyId=key["AccessKeyId"])
    assert never["UserName"] == "ada"
    assert never["AccessKeyLastUsed"] == {"ServiceName": "N/A", "Region": "N/A"}
    tenant.client("sts", key).get_caller_identity()
    used = iam.get_access_key_last_used(AccessKeyId=key["AccessKeyId"])["AccessKeyLastUsed"]
    assert (used["ServiceName"], used["Region"]) == ("sts", "us-east-1")
    assert used["LastUsedDate"] >= iam.get_user(UserName="ada")["User"]["CreateDate"]
    with refused("NoSuchEntity", "The Access Key with id AKIAABSENTABSENT1234 cannot be found"):
        iam.get_access_key_last_used(AccessKeyId="AKIAABSENTABSENT1234")
