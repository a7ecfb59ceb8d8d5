"""Whatever ends a credential ends it at every door, from the next request on; and who comes after inherits nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.console.client import sign_in
from tests.decisions.asking import Doors
from tests.decisions.test_authenticate import AUTHENTICATE, received
from tests.query.aws import ADMINISTRATOR, ANYTHING, allow, document
from tests.rest.signed import Rest
from tests.sts.sessions import assume, role, trust, user_arn
from tests.support.tenants import PASSWORD, Tenant

QUESTION = {"action": "s3:GetObject", "resource": "arn:aws:s3:::reports/x"}
Key = dict[str, str]
Door = Callable[[Tenant, Key], bool]


def query(tenant: Tenant, key: Key) -> bool:
    try:
        return bool(tenant.client("sts", key).get_caller_identity())
    except ClientError:
        return False


def rest(tenant: Tenant, key: Key) -> bool:
    return Rest(tenant.app, key, service="iamconsole").get("/users").status not in (401, 403)


def decisions(tenant: Tenant, key: Key) -> bool:
    answer = Doors.of(tenant).post(AUTHENTICATE, received(key) | QUESTION)
    return answer.status == 200 and answer.body["decision"] == "allow"


KINDS: dict[str, tuple[Callable[[Any, Tenant], Key], tuple[Door, ...]]] = {
    "GetSessionToken": (lambda sts, _: sts.get_session_token()["Credentials"], (query, decisions)),
    "GetFederationToken": (
        lambda sts, _: sts.get_federation_token(Name="bob", Policy=ANYTHING)["Credentials"],
        (query, decisions),
    ),
    "AssumeRole": (lambda sts, tenant: assume(sts, tenant), (query, rest, decisions)),
}
DELETING_ADA = [
    ("iam:DetachUserPolicy", {"policy_arn": ADMINISTRATOR}),
    ("iam:RemoveUserFromGroup", {"group_name": "g"}),
    ("iam:DeleteUserPolicy", {"policy_name": "p0"}),
    ("iam:DeleteLoginProfile", {}),
    ("iam:DeleteUser", {}),
]


def ada(tenant: Tenant) -> Key:
    """ada, who may do anything, three times over, and assume role app."""
    key = tenant.user("ada", ANYTHING)
    tenant.run("iam:CreateGroup", group_name="g")
    tenant.run("iam:AddUserToGroup", group_name="g", user_name="ada")
    tenant.run("iam:AttachUserPolicy", user_name="ada", policy_arn=ADMINISTRATOR)
    tenant.run("iam:CreateLoginProfile", user_name="ada", password=PASSWORD)
    role(tenant, "app", trust(user_arn(tenant, "ada")), ANYTHING)
    return key


def delete_ada(tenant: Tenant, key: Key) -> None:
    tenant.run("iam:DeleteAccessKey", user_name="ada", access_key_id=key["AccessKeyId"])
    for action, members in DELETING_ADA:
        tenant.run(action, user_name="ada", **members)
    tenant.run("iam:DeleteGroup", group_name="g")


def delete_app(tenant: Tenant) -> None:
    tenant.run("iam:DeleteRolePolicy", role_name="app", policy_name="p0")
    tenant.run("iam:DeleteRole", role_name="app")


@pytest.mark.parametrize("kind", KINDS)
def test_a_session_of_who_is_gone_is_refused_at_every_door(tenant: Tenant, kind: str) -> None:
    make, doors = KINDS[kind]
    long_term = ada(tenant)
    key = make(tenant.client("sts", long_term), tenant)
    assert all(door(tenant, key) for door in doors)
    delete_app(tenant)
    delete_ada(tenant, long_term)
    assert not any(door(tenant, key) for door in doors)
    ada(tenant)  # and again, names and policies and all
    assert not any(door(tenant, key) for door in doors)


def test_a_user_made_again_inherits_nothing(tenant: Tenant) -> None:
    long_term = ada(tenant)
    browser = sign_in(tenant, "ada")
    bearer = Rest(
        tenant.app, headers={"Authorization": f"Bearer {Rest(tenant.app, long_term).post('/tokens').body['Token']}"}
    )
    assert (browser.get("/api/v1/users").status_code, bearer.get("/users").status) == (200, 200)
    delete_ada(tenant, long_term)
    again = tenant.user("ada", document(allow("sts:GetFederationToken")))
    tenant.run("iam:CreateLoginProfile", user_name="ada", password=PASSWORD)
    assert (browser.get("/api/v1/users").status_code, bearer.get("/users").status) == (401, 401)
    iam = tenant.client("iam")
    assert iam.list_attached_user_policies(UserName="ada")["AttachedPolicies"] == []
    assert iam.list_groups_for_user(UserName="ada")["Groups"] == []
    assert iam.list_user_policies(UserName="ada")["PolicyNames"] == ["p0"]
    with pytest.raises(ClientError, match="not authorized to perform: sts:AssumeRole"):
        assume(tenant.client("sts", again), tenant)


def test_a_role_made_again_inherits_nothing(tenant: Tenant) -> None:
    ada(tenant)
    tenant.run("iam:AttachRolePolicy", role_name="app", policy_arn=ADMINISTRATOR)
    tenant.run("iam:CreateInstanceProfile", instance_profile_name="profile")
    tenant.run("iam:AddRoleToInstanceProfile", instance_profile_name="profile", role_name="app")
    tenant.run("iam:RemoveRoleFromInstanceProfile", instance_profile_name="profile", role_name="app")
    tenant.run("iam:DetachRolePolicy", role_name="app", policy_arn=ADMINISTRATOR)
    delete_app(tenant)
    role(tenant, "app", trust(user_arn(tenant, "ada")))
    iam = tenant.client("iam")
    assert iam.list_attached_role_policies(RoleName="app")["AttachedPolicies"] == []
    assert iam.list_role_policies(RoleName="app")["PolicyNames"] == []
    assert iam.list_instance_profiles_for_role(RoleName="app")["InstanceProfiles"] == []
