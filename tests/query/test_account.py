"""The account itself: alias and summary."""

from __future__ import annotations

from typing import Any

import pytest

from tests.query.aws import ANYTHING, EC2, limit, policy, refused, root_client
from tests.support.keys import issued, uploaded
from tests.support.tenants import Tenant, open_account


def test_a_new_alias_replaces_the_old_one(iam: Any, tenant: Tenant) -> None:
    assert iam.list_account_aliases()["AccountAliases"] == [tenant.alias]
    for alias in ("castle", "castle", "castle-2"):
        iam.create_account_alias(AccountAlias=alias)
        assert iam.list_account_aliases()["AccountAliases"] == [alias]
    with refused("NoSuchEntity", "The account alias castle cannot be found."):
        iam.delete_account_alias(AccountAlias="castle")
    iam.delete_account_alias(AccountAlias="castle-2")
    assert iam.list_account_aliases()["AccountAliases"] == []


def test_an_alias_belongs_to_one_account(iam: Any, app: Any) -> None:
    other = open_account(app)
    with refused("EntityAlreadyExists", f"The account alias {other.alias} already exists."):
        iam.create_account_alias(AccountAlias=other.alias)
    with refused("NoSuchEntity"):
        iam.delete_account_alias(AccountAlias=other.alias)
    other.client("iam").delete_account_alias(AccountAlias=other.alias)
    iam.create_account_alias(AccountAlias=other.alias)


@pytest.mark.parametrize("alias", ["-abc", "abc-", "a--b", "Abc", "a_b", "a" * 64, "123456789012"])
def test_what_no_alias_can_be(iam: Any, alias: str) -> None:
    with refused("ValidationError"):
        iam.create_account_alias(AccountAlias=alias)


def test_the_summary_counts_what_there_is(iam: Any, tenant: Tenant) -> None:
    before = iam.get_account_summary()["SummaryMap"]
    assert before["Users"] == 1
    assert (before["Groups"], before["Roles"], before["Policies"], before["InstanceProfiles"]) == (0, 0, 0, 0)
    assert (before["AccountPasswordPresent"], before["AccountAccessKeysPresent"]) == (1, 0)
    root_client(tenant).upload_signing_certificate(CertificateBody=issued().pem)
    tenant.run("iam:UploadServerCertificate", **uploaded(issued()))
    iam.create_user(UserName="ada")
    for name in ("a", "b"):
        iam.create_group(GroupName=name)
    for name in ("a", "b", "c"):
        iam.create_role(RoleName=name, AssumeRolePolicyDocument=EC2)
    iam.create_instance_profile(InstanceProfileName="a")
    iam.create_policy_version(PolicyArn=policy(iam), PolicyDocument=ANYTHING)
    after = iam.get_account_summary()["SummaryMap"]
    changed = {name: after[name] - before[name] for name in after if after[name] != before[name]}
    assert changed == {
        "AccountAccessKeysPresent": 1,
        "AccountSigningCertificatesPresent": 1,
        "ServerCertificates": 1,
        "Users": 1,
        "Groups": 2,
        "Roles": 3,
        "InstanceProfiles": 1,
        "Policies": 1,
        "PolicyVersionsInUse": 2,
    }


def test_the_summary_tells_the_accounts_own_quotas(iam: Any, tenant: Tenant) -> None:
    default = iam.get_account_summary()["SummaryMap"]
    assert default["UsersQuota"] == 5000
    assert default["AssumeRolePolicySizeQuota"] == 2048
    limit(tenant, "UsersPerAccount", 7)
    assert iam.get_account_summary()["SummaryMap"] == default | {"UsersQuota": 7}
