"""Versions of managed policies."""

from __future__ import annotations

from typing import Any

import pytest

from tests.query.aws import ANYTHING, allow, document, limit, names, policy, refused
from tests.support.tenants import Tenant


@pytest.fixture
def arn(iam: Any) -> str:
    return policy(iam)


def _numbers(iam: Any, arn: str) -> list[str]:
    return names(iam.list_policy_versions(PolicyArn=arn)["Versions"], "VersionId")


def test_versions_are_added_listed_and_shown(iam: Any, arn: str) -> None:
    text = document(allow("iam:ListUsers"))
    made = iam.create_policy_version(PolicyArn=arn, PolicyDocument=text)["PolicyVersion"]
    assert (made["VersionId"], made["IsDefaultVersion"]) == ("v2", False)
    assert "Document" not in made
    listed = iam.list_policy_versions(PolicyArn=arn)["Versions"]
    assert [(v["VersionId"], v["IsDefaultVersion"]) for v in listed] == [("v2", False), ("v1", True)]
    assert not any("Document" in version for version in listed)
    shown = iam.get_policy_version(PolicyArn=arn, VersionId="v2")["PolicyVersion"]
    assert shown["Document"]["Statement"][0]["Action"] == "iam:ListUsers"


def test_the_default_version_is_the_one_that_counts(iam: Any, arn: str, tenant: Tenant) -> None:
    ada = tenant.client("iam", tenant.user("ada"))
    iam.attach_user_policy(UserName="ada", PolicyArn=arn)
    ada.list_roles()
    only_users = document(allow("iam:ListUsers"))
    iam.create_policy_version(PolicyArn=arn, PolicyDocument=only_users, SetAsDefault=True)
    assert iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"] == "v2"
    ada.list_users()
    with refused("AccessDenied"):
        ada.list_roles()
    for _ in range(2):
        iam.set_default_policy_version(PolicyArn=arn, VersionId="v1")
    ada.list_roles()


def test_numbers_are_never_used_again(iam: Any, arn: str) -> None:
    for number in range(2, 6):
        iam.create_policy_version(PolicyArn=arn, PolicyDocument=ANYTHING)
        iam.delete_policy_version(PolicyArn=arn, VersionId=f"v{number}")
    assert iam.create_policy_version(PolicyArn=arn, PolicyDocument=ANYTHING)["PolicyVersion"]["VersionId"] == "v6"
    assert _numbers(iam, arn) == ["v6", "v1"]


def test_the_newest_comes_first_past_ten(iam: Any, arn: str) -> None:
    for number in range(2, 12):
        iam.create_policy_version(PolicyArn=arn, PolicyDocument=ANYTHING)
        if number < 9:
            iam.delete_policy_version(PolicyArn=arn, VersionId=f"v{number}")
    assert _numbers(iam, arn) == ["v11", "v10", "v9", "v1"]


def test_a_sixth_version_is_refused(iam: Any, arn: str, tenant: Tenant) -> None:
    for _ in range(4):
        iam.create_policy_version(PolicyArn=arn, PolicyDocument=ANYTHING)
    with refused("LimitExceeded", "A managed policy can have up to 5 versions."):
        iam.create_policy_version(PolicyArn=arn, PolicyDocument=ANYTHING)
    limit(tenant, "VersionsPerPolicy", 6)
    iam.create_policy_version(PolicyArn=arn, PolicyDocument=ANYTHING)
    with refused("LimitExceeded", "A managed policy can have up to 6 versions."):
        iam.create_policy_version(PolicyArn=arn, PolicyDocument=ANYTHING)


def test_the_quotas_of_versions(iam: Any, arn: str, tenant: Tenant) -> None:
    limit(tenant, "PolicyVersionsInUse", 1)
    with refused("LimitExceeded", "Cannot exceed quota for PolicyVersionsInUse: 1"):
        iam.create_policy_version(PolicyArn=arn, PolicyDocument=ANYTHING)
    limit(tenant, "PolicySize", 10)
    with refused("LimitExceeded", "Cannot exceed quota for PolicySize: 10"):
        iam.create_policy_version(PolicyArn=arn, PolicyDocument=ANYTHING)
    assert iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"] == "v1"
    assert _numbers(iam, arn) == ["v1"]


def test_the_default_version_is_not_deleted(iam: Any, arn: str) -> None:
    with refused("DeleteConflict", "Cannot delete the default version of a policy."):
        iam.delete_policy_version(PolicyArn=arn, VersionId="v1")


@pytest.mark.parametrize("version", ["v2", "v1.x", "v" + "9" * 40, "v" + "9" * 5000])
def test_versions_that_do_not_exist(iam: Any, arn: str, version: str) -> None:
    for ask in (iam.get_policy_version, iam.delete_policy_version, iam.set_default_policy_version):
        with refused("NoSuchEntity", "does not exist or is not attachable."):
            ask(PolicyArn=arn, VersionId=version)


@pytest.mark.parametrize("version", ["1", "v0", "v01", "v", "V1"])
def test_what_no_version_id_can_be(iam: Any, arn: str, version: str) -> None:
    with refused("ValidationError", "at 'versionId' failed to satisfy constraint"):
        iam.get_policy_version(PolicyArn=arn, VersionId=version)


def test_a_malformed_version_changes_nothing(iam: Any, arn: str) -> None:
    with refused("MalformedPolicyDocument"):
        iam.create_policy_version(PolicyArn=arn, PolicyDocument="{}", SetAsDefault=True)
    assert _numbers(iam, arn) == ["v1"]
